"""Dashboards: kept as they are put; nobody draws them here."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from shopfast_obs.localcloud.awsprotocol import AwsError
from shopfast_obs.localcloud.groupcommit import Database
from shopfast_obs.localcloud.interface import Clock

SCHEMA = "CREATE TABLE IF NOT EXISTS dashboards (name TEXT PRIMARY KEY, body TEXT NOT NULL, modified REAL NOT NULL);"
Parameters = Mapping[str, Any]


class Dashboards:
    """The operations on dashboards."""

    def __init__(self, database: Database, clock: Clock, arn_prefix: str) -> None:
        self._database = database
        self._clock = clock
        self._arn_prefix = arn_prefix
        self.operations: dict[str, Callable[[Parameters], dict[str, Any]]] = {
            "PutDashboard": self.put,
            "GetDashboard": self.get,
            "ListDashboards": self.entries,
            "DeleteDashboards": self.delete,
        }

    def put(self, parameters: Parameters) -> dict[str, Any]:
        """Keep a dashboard whose body is JSON."""
        name, body = parameters["DashboardName"], parameters["DashboardBody"]
        try:
            orjson.loads(body)
        except ValueError:
            raise AwsError("InvalidParameterInput", "The field DashboardBody must be a valid JSON object.") from None
        row = (name, body, self._clock.now())
        self._database.write(lambda c: c.execute("INSERT OR REPLACE INTO dashboards VALUES (?, ?, ?)", row))
        return {"DashboardValidationMessages": []}

    def get(self, parameters: Parameters) -> dict[str, Any]:
        """One dashboard."""
        for name, body, _ in self._rows():
            if name == parameters["DashboardName"]:
                return {"DashboardName": name, "DashboardArn": self._arn_prefix + name, "DashboardBody": body}
        raise AwsError("ResourceNotFound", f"Dashboard {parameters['DashboardName']} does not exist", 404)

    def entries(self, parameters: Parameters) -> dict[str, Any]:
        """All dashboards of a prefix."""
        prefix = parameters.get("DashboardNamePrefix", "")
        entries = [
            {
                "DashboardName": name,
                "DashboardArn": self._arn_prefix + name,
                "LastModified": modified,
                "Size": len(body.encode()),
            }
            for name, body, modified in self._rows()
            if name.startswith(prefix)
        ]
        return {"DashboardEntries": entries}

    def delete(self, parameters: Parameters) -> dict[str, Any]:
        """Forget dashboards, all or none."""
        names = parameters["DashboardNames"]
        unknown = sorted(set(names) - {name for name, _, _ in self._rows()})
        if unknown:
            raise AwsError("ResourceNotFound", f"Dashboard {unknown[0]} does not exist", 404)

        def job(connection: sqlite3.Connection) -> None:
            connection.executemany("DELETE FROM dashboards WHERE name = ?", [(name,) for name in names])

        self._database.write(job)
        return {}

    def _rows(self) -> list[tuple[str, str, float]]:
        with self._database.reading() as connection:
            return connection.execute("SELECT name, body, modified FROM dashboards ORDER BY name").fetchall()
