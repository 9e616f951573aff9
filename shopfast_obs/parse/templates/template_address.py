"""Where in a template that people write a property of a resource belongs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.parse.dialects import sam
from shopfast_obs.parse.dialects.interface import is_serverless, mapping

Address = tuple[str, ...]


def address(document: Mapping[str, Any], logical_id: str, property_name: str) -> Address | None:
    """The keys that lead to the property (`Timeout`, `RedrivePolicy.maxReceiveCount`) in a CloudFormation template, a
    SAM template or a serverless.yml; None for a resource that a tool makes, and that stands in none of them."""
    if is_serverless(document):
        from shopfast_obs.parse.dialects import serverless

        return serverless.address(document, logical_id, property_name)
    entry = mapping(document.get("Resources")).get(logical_id)
    if entry is None:
        return None
    names = sam.WRITTEN.get(str(mapping(entry).get("Type")), {})
    return ("Resources", logical_id, "Properties", *names.get(property_name, property_name).split("."))
