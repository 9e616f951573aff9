"""Cloud Control's UpdateResource for what a stack has made, as the CDK's hot-swap calls it. MiniStack's own knows only
what Cloud Control itself created."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import NamedTuple

from shopfast_obs.localcloud.ministack.untyped import Untyped

Record = dict[str, Untyped]


class _Found(NamedTuple):
    stack: str
    logical_id: str
    resource: Record


def updating_stacks(own: Callable[[Record], Untyped]) -> Callable[[Record], Untyped]:
    """UpdateResource that looks into the stacks, too. As on AWS the stack does not notice: it has drifted."""
    from ministack.core.responses import error_response_json, json_response
    from ministack.services import cloudcontrol
    from ministack.services.cloudformation import provisioners

    def update(data: Record) -> Untyped:
        kind, identifier = str(data.get("TypeName")), str(data.get("Identifier"))
        known = cloudcontrol._resource_key(kind, identifier) in cloudcontrol._resources
        found = None if known else _in_stacks(kind, identifier)
        if found is None:
            return own(data)
        old = found.resource.get("Properties") or {}
        try:
            patch = json.loads(data.get("PatchDocument") or "[]")
            new = cloudcontrol._apply_json_patch(copy.deepcopy(old), patch)
            provisioners._update_resource(kind, identifier, old, new, found.stack, found.logical_id)
        except (ValueError, cloudcontrol._PatchError) as problem:
            return error_response_json("InvalidRequestException", str(problem), 400)
        model = {"type_name": kind, "identifier": identifier, "resource_model": json.dumps(new)}
        event = cloudcontrol._record_request(cloudcontrol._progress_event("UPDATE", "SUCCESS", **model))
        return json_response({"ProgressEvent": event})

    return update


def _in_stacks(kind: str, identifier: str) -> _Found | None:
    """A stack's resource by type and physical id."""
    from ministack.services import cloudformation

    for name, stack in cloudformation._stacks.items():
        for logical_id, resource in (stack.get("_resources") or {}).items():
            if resource.get("ResourceType") == kind and resource.get("PhysicalResourceId") == identifier:
                return _Found(name, logical_id, resource)
    return None
