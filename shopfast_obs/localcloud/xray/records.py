"""What an account and region has set in X-Ray: groups, sampling rules, policies, tags and the like, by their names."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

import orjson

from shopfast_obs.localcloud.interface import Scope
from shopfast_obs.localcloud.state.group_commit import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS xray_records (
    account TEXT NOT NULL, region TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, record TEXT NOT NULL,
    PRIMARY KEY (account, region, kind, name)
) WITHOUT ROWID;
"""
Record = dict[str, Any]


class Records:
    """The records of one kind."""

    def __init__(self, database: Database, scope: Scope, kind: str) -> None:
        self._database = database
        self._where = (scope.account, scope.region, kind)

    def all(self) -> list[Record]:
        """Every record, by name."""
        query = "SELECT record FROM xray_records WHERE account = ? AND region = ? AND kind = ? ORDER BY name"
        with self._database.reading() as connection:
            return [orjson.loads(record) for (record,) in connection.execute(query, self._where)]

    def get(self, name: str) -> Record | None:
        """One record, or None."""
        query = "SELECT record FROM xray_records WHERE account = ? AND region = ? AND kind = ? AND name = ?"
        with self._database.reading() as connection:
            row = connection.execute(query, (*self._where, name)).fetchone()
        return None if row is None else dict(orjson.loads(row[0]))

    def put(self, name: str, record: Mapping[str, Any]) -> None:
        """Keep a record, in place of the one with its name."""
        row = (*self._where, name, orjson.dumps(record).decode())

        def job(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO xray_records VALUES (?, ?, ?, ?, ?)", row)

        self._database.write(job)

    def delete(self, name: str) -> None:
        """Forget a record."""
        query = "DELETE FROM xray_records WHERE account = ? AND region = ? AND kind = ? AND name = ?"
        self._database.write(lambda connection: connection.execute(query, (*self._where, name)))
