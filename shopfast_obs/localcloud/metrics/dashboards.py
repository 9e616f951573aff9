"""Dashboards: kept as they are put, one set for all regions of an account; nobody draws them here."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import orjson

from shopfast_obs.localcloud.interface import Clock, Scope
from shopfast_obs.localcloud.protocol.wire import AwsError
from shopfast_obs.localcloud.state.group_commit import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS account_dashboards (
    account TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, modified REAL NOT NULL, PRIMARY KEY (account, name)
);
"""
Parameters = Mapping[str, Any]


class Dashboards:
    """The operations on dashboards."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def operations(self, scope: Scope) -> dict[str, Callable[[Parameters], dict[str, Any]]]:
        """The operations of an account."""
        return {
            "PutDashboard": partial(self.put, scope.account),
            "GetDashboard": partial(self.get, scope.account),
            "ListDashboards": partial(self.entries, scope.account),
            "DeleteDashboards": partial(self.delete, scope.account),
        }

    def put(self, account: str, parameters: Parameters) -> dict[str, Any]:
        """Keep a dashboard whose body is JSON."""
        name, body = parameters["DashboardName"], parameters["DashboardBody"]
        try:
            orjson.loads(body)
        except ValueError:
            raise AwsError("InvalidParameterInput", "The field DashboardBody must be a valid JSON object.") from None
        row = (account, name, body, self._clock.now())
        self._database.write(lambda c: c.execute("INSERT OR REPLACE INTO account_dashboards VALUES (?, ?, ?, ?)", row))
        return {"DashboardValidationMessages": []}

    def get(self, account: str, parameters: Parameters) -> dict[str, Any]:
        """One dashboard."""
        for name, body, _ in self._rows(account):
            if name == parameters["DashboardName"]:
                return {"DashboardName": name, "DashboardArn": _arn(account, name), "DashboardBody": body}
        raise AwsError("ResourceNotFound", f"Dashboard {parameters['DashboardName']} does not exist", 404)

    def entries(self, account: str, parameters: Parameters) -> dict[str, Any]:
        """All dashboards of a prefix."""
        prefix = parameters.get("DashboardNamePrefix", "")
        entries = [
            {
                "DashboardName": name,
                "DashboardArn": _arn(account, name),
                "LastModified": modified,
                "Size": len(body.encode()),
            }
            for name, body, modified in self._rows(account)
            if name.startswith(prefix)
        ]
        return {"DashboardEntries": entries}

    def delete(self, account: str, parameters: Parameters) -> dict[str, Any]:
        """Forget dashboards, all or none."""
        names = parameters["DashboardNames"]
        unknown = sorted(set(names) - {name for name, _, _ in self._rows(account)})
        if unknown:
            raise AwsError("ResourceNotFound", f"Dashboard {unknown[0]} does not exist", 404)

        def job(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "DELETE FROM account_dashboards WHERE account = ? AND name = ?", [(account, name) for name in names]
            )

        self._database.write(job)
        return {}

    def _rows(self, account: str) -> list[tuple[str, str, float]]:
        with self._database.reading() as connection:
            query = "SELECT name, body, modified FROM account_dashboards WHERE account = ? ORDER BY name"
            return connection.execute(query, (account,)).fetchall()


def _arn(account: str, name: str) -> str:
    return f"arn:aws:cloudwatch::{account}:dashboard/{name}"
