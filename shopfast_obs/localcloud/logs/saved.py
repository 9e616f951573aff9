"""Saved queries, and the lists of what nobody can make here: policies of the account, indexes, anomaly detectors."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from shopfast_obs.localcloud.interface import Clock, Scope
from shopfast_obs.localcloud.protocol.operations import Operation, Operations
from shopfast_obs.localcloud.protocol.wire import AwsError
from shopfast_obs.localcloud.state.group_commit import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS saved_queries (
    id TEXT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, definition TEXT NOT NULL
);
"""
PUT = "INSERT OR REPLACE INTO saved_queries (id, account, region, name, definition) VALUES (?, ?, ?, ?, ?)"
ALL = "SELECT definition FROM saved_queries WHERE account = ? AND region = ? ORDER BY name, id"
DELETE = "DELETE FROM saved_queries WHERE id = ? AND account = ? AND region = ?"
PAGE = 1000
KEPT = ("queryLanguage", "name", "queryString", "logGroupNames", "parameters")
# Lists that are empty because nothing here makes what they hold, by the operation and the member of its answer.
EMPTY = {
    "DescribeAccountPolicies": "accountPolicies",
    "DescribeIndexPolicies": "indexPolicies",
    "DescribeFieldIndexes": "fieldIndexes",
    "ListLogAnomalyDetectors": "anomalyDetectors",
    "ListScheduledQueries": "scheduledQueries",
}
# What would make them, and what would be ignored if it were accepted.
REFUSED = {
    "PutAccountPolicy": "no policy is applied to all log groups: give each group its own",
    "PutIndexPolicy": "queries have no field indexes: they read every event, and find the same",
    "CreateLogAnomalyDetector": "nothing looks for anomalies in logs",
    "CreateScheduledQuery": "queries run when they are asked, and for log alarms",
}
Parameters = Mapping[str, Any]
Result = dict[str, Any]


class SavedQueries:
    """The queries that people keep, and what is refused in a sentence."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def operations(self, scope: Scope) -> Operations:
        """The operations of an account and region."""
        empty: dict[str, Operation] = {name: _empty(member) for name, member in EMPTY.items()}
        refused: dict[str, Operation] = {name: _refused(name, why) for name, why in REFUSED.items()}
        return {
            **empty,
            **refused,
            "PutQueryDefinition": lambda p: self.put(scope, p),
            "DescribeQueryDefinitions": lambda p: self.describe(scope, p),
            "DeleteQueryDefinition": lambda p: self.delete(scope, p),
        }

    def put(self, scope: Scope, parameters: Parameters) -> Result:
        """Keep a query, or change one by its id; raises AwsError for an id that is not there."""
        id_ = parameters.get("queryDefinitionId")
        if id_ and all(saved["queryDefinitionId"] != id_ for saved in self._all(scope)):
            raise AwsError("ResourceNotFoundException", "The specified query definition does not exist.")
        id_ = id_ or str(uuid.uuid4())
        said = {"queryLanguage": "CWLI", **{name: parameters[name] for name in KEPT if name in parameters}}
        definition = {**said, "queryDefinitionId": id_, "lastModified": int(self._clock.now() * 1000)}
        row = (id_, scope.account, scope.region, parameters["name"], json.dumps(definition))
        self._database.write(lambda connection: connection.execute(PUT, row))
        return {"queryDefinitionId": id_}

    def describe(self, scope: Scope, parameters: Parameters) -> Result:
        """A page of the queries whose names begin so."""
        prefix, language = parameters.get("queryDefinitionNamePrefix", ""), parameters.get("queryLanguage")
        found = [saved for saved in self._all(scope) if saved["name"].startswith(prefix)]
        found = [saved for saved in found if language in (None, saved["queryLanguage"])]
        start, size = _start(parameters.get("nextToken")), parameters.get("maxResults") or PAGE
        page, more = found[start : start + size], len(found) > start + size
        return {"queryDefinitions": page} | ({"nextToken": str(start + size)} if more else {})

    def delete(self, scope: Scope, parameters: Parameters) -> Result:
        """Delete a query; whether there was one."""
        row = (parameters["queryDefinitionId"], scope.account, scope.region)
        gone = self._database.write(lambda connection: connection.execute(DELETE, row).rowcount)
        if not gone:
            raise AwsError("ResourceNotFoundException", "The specified query definition does not exist.")
        return {"success": True}

    def _all(self, scope: Scope) -> Sequence[Result]:
        with self._database.reading() as connection:
            rows = connection.execute(ALL, (scope.account, scope.region)).fetchall()
        return [json.loads(text) for (text,) in rows]


def _empty(member: str) -> Operation:
    return lambda _: {member: []}


def _refused(name: str, why: str) -> Operation:
    def refuse(_: Parameters) -> Result:
        raise AwsError("UnknownOperationException", f"The local cloud does not have {name}: {why}.", 404)

    return refuse


def _start(token: str | None) -> int:
    if token and not token.isdecimal():
        raise AwsError("InvalidParameterException", "The specified nextToken is invalid.")
    return int(token or 0)
