"""X-Ray groups: named filter expressions."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Mapping
from typing import Any

from shopfast_obs.localcloud.interface import Scope
from shopfast_obs.localcloud.protocol.wire import AwsError
from shopfast_obs.localcloud.xray.records import Record, Records
from shopfast_obs.localcloud.xray.traces import filter_of

MAX_GROUPS = 25
ALPHABET = string.ascii_uppercase + string.digits
OFF = {"InsightsEnabled": False, "NotificationsEnabled": False}
Parameters = Mapping[str, Any]


class Groups:
    """Keeps the groups of an account and region; the default one is always there."""

    def __init__(self, records: Records, scope: Scope) -> None:
        self._records = records
        self._scope = scope

    @property
    def operations(self) -> Mapping[str, Callable[[Parameters], Record]]:
        """The operations of the API."""
        return {
            "CreateGroup": self.create,
            "UpdateGroup": self.update,
            "DeleteGroup": self.delete,
            "GetGroup": self.get,
            "GetGroups": lambda _: {"Groups": self.all()},
        }

    def all(self) -> list[Record]:
        """Every group as the API describes it."""
        default = {"GroupName": "Default", "GroupARN": self._arn("Default"), "InsightsConfiguration": OFF}
        return [default, *self._records.all()]

    def expressions(self) -> dict[str, str]:
        """The expressions by name and by ARN."""
        return {
            group[key]: group.get("FilterExpression", "") for group in self.all() for key in ("GroupName", "GroupARN")
        }

    def create(self, parameters: Parameters) -> Record:
        """A new group; its expression must be one."""
        name = parameters["GroupName"]
        groups = self.all()
        if any(group["GroupName"] == name for group in groups):
            raise AwsError("InvalidRequestException", f"Group with name {name} already exists.")
        if len(groups) > MAX_GROUPS:
            raise AwsError("InvalidRequestException", f"An account can have {MAX_GROUPS} groups.")
        suffix = "".join(secrets.choice(ALPHABET) for _ in range(26))
        group = {"GroupName": name, "GroupARN": self._arn(f"{name}/{suffix}"), "InsightsConfiguration": OFF}
        return self._put({**group, **_settings(parameters, OFF)})

    def update(self, parameters: Parameters) -> Record:
        """The group with what was changed."""
        group = self._found(parameters)
        return self._put({**group, **_settings(parameters, group["InsightsConfiguration"])})

    def get(self, parameters: Parameters) -> Record:
        """One group, by name or ARN."""
        return {"Group": self._found(parameters)}

    def delete(self, parameters: Parameters) -> Record:
        """Forget a group."""
        self._records.delete(self._found(parameters)["GroupName"])
        return {}

    def _found(self, parameters: Parameters) -> Record:
        wanted = {parameters.get("GroupName"), parameters.get("GroupARN")} - {None}
        for group in self.all():
            if wanted & {group["GroupName"], group["GroupARN"]}:
                return group
        raise AwsError("InvalidRequestException", "Group not found.")

    def _put(self, group: Record) -> Record:
        self._records.put(group["GroupName"], group)
        return {"Group": group}

    def _arn(self, name: str) -> str:
        return self._scope.arn("xray", f"group/{name}")


def _settings(parameters: Parameters, insights: Mapping[str, Any]) -> Record:
    expression = parameters.get("FilterExpression", "")
    filter_of(expression, {})
    settings: Record = {"FilterExpression": expression} if "FilterExpression" in parameters else {}
    return settings | {"InsightsConfiguration": {**insights, **(parameters.get("InsightsConfiguration") or {})}}
