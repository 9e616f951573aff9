"""X-Ray groups: named filter expressions."""

from __future__ import annotations

import secrets
import sqlite3
import string
from collections.abc import Mapping
from typing import Any

import orjson

from shopfast_obs.localcloud.awsprotocol import AwsError
from shopfast_obs.localcloud.groupcommit import Database
from shopfast_obs.localcloud.xray.traces import filter_of

SCHEMA = "CREATE TABLE IF NOT EXISTS xray_groups (name TEXT PRIMARY KEY, record TEXT NOT NULL);"
MAX_GROUPS = 25
ALPHABET = string.ascii_uppercase + string.digits
DEFAULT = {
    "GroupName": "Default",
    "GroupARN": "arn:aws:xray:us-east-1:000000000000:group/Default",
    "InsightsConfiguration": {"InsightsEnabled": False, "NotificationsEnabled": False},
}
Parameters = Mapping[str, Any]


class Groups:
    """Keeps the groups; the default one is always there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[dict[str, Any]]:
        """Every group as the API describes it."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT record FROM xray_groups ORDER BY name").fetchall()
        return [DEFAULT, *(orjson.loads(record) for (record,) in rows)]

    def expressions(self) -> dict[str, str]:
        """The expressions by name and by ARN."""
        return {
            group[key]: group.get("FilterExpression", "") for group in self.all() for key in ("GroupName", "GroupARN")
        }

    def create(self, parameters: Parameters) -> dict[str, Any]:
        """A new group; its expression must be one."""
        name = parameters["GroupName"]
        groups = self.all()
        if any(group["GroupName"] == name for group in groups):
            raise AwsError("InvalidRequestException", f"Group with name {name} already exists.")
        if len(groups) > MAX_GROUPS:
            raise AwsError("InvalidRequestException", f"An account can have {MAX_GROUPS} groups.")
        suffix = "".join(secrets.choice(ALPHABET) for _ in range(26))
        group = {"GroupName": name, "GroupARN": f"arn:aws:xray:us-east-1:000000000000:group/{name}/{suffix}"}
        return self._put({**group, **_settings(parameters)})

    def update(self, parameters: Parameters) -> dict[str, Any]:
        """The group with what was changed."""
        return self._put({**self._found(parameters), **_settings(parameters)})

    def get(self, parameters: Parameters) -> dict[str, Any]:
        """One group, by name or ARN."""
        return {"Group": self._found(parameters)}

    def delete(self, parameters: Parameters) -> dict[str, Any]:
        """Forget a group."""
        name = self._found(parameters)["GroupName"]
        self._database.write(lambda connection: connection.execute("DELETE FROM xray_groups WHERE name = ?", (name,)))
        return {}

    def list(self, _: Parameters) -> dict[str, Any]:
        """All groups on one page."""
        return {"Groups": self.all()}

    def _found(self, parameters: Parameters) -> dict[str, Any]:
        wanted = {parameters.get("GroupName"), parameters.get("GroupARN")} - {None}
        for group in self.all():
            if wanted & {group["GroupName"], group["GroupARN"]}:
                return group
        raise AwsError("InvalidRequestException", "Group not found.")

    def _put(self, group: dict[str, Any]) -> dict[str, Any]:
        record = (group["GroupName"], orjson.dumps(group).decode())

        def job(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO xray_groups VALUES (?, ?)", record)

        self._database.write(job)
        return {"Group": group}


def _settings(parameters: Parameters) -> dict[str, Any]:
    expression = parameters.get("FilterExpression", "")
    filter_of(expression, {})
    settings: dict[str, Any] = {"FilterExpression": expression} if "FilterExpression" in parameters else {}
    chosen = parameters.get("InsightsConfiguration") or {}
    return settings | {"InsightsConfiguration": {**DEFAULT["InsightsConfiguration"], **chosen}}  # type: ignore[dict-item]
