"""CloudWatch Logs of an account: real clients of botocore, whose requests are answered here as AWS documents it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from shopfast_obs.analysis.logs.insights.query import read_query
from shopfast_obs.cloud.aws import AwsCloud
from shopfast_obs.cloud.interface import Target
from shopfast_obs.localcloud.logs.fields import record
from shopfast_obs.localcloud.logs.store import Event
from shopfast_obs.model.telemetry import LogEvent
from tests import aws_clients

ACCOUNT = "123456789012"
PAGE = 10_000


class _Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, *_: object, **__: object) -> list[bytes]:
        """The content at once."""
        return [self._content]


class InsightsAccount:
    """Log groups with their events. `calls` counts operations, `queries` are the texts that were asked, `refusals` maps
    operations to error codes with which they answer, `statuses` are those before a query is complete."""

    def __init__(self, groups: Mapping[str, Sequence[LogEvent]], classes: Mapping[str, str] | None = None) -> None:
        self.groups, self.classes = groups, classes or {}
        self.calls: Counter[str] = Counter()
        self.queries: list[dict[str, Any]] = []
        self.refusals: dict[str, list[str]] = {}
        self.statuses = ["Scheduled", "Running"]
        self.page = PAGE  # rows of one answer
        self.volumes = {name: sum(len(one.message) + 26 for one in events) for name, events in groups.items()}
        self._answers: dict[str, dict[str, Any]] = {}
        self._waiting: dict[str, list[str]] = {}
        self._client = aws_clients.client("logs")
        self._client.meta.events.register("before-send.logs.*", self._answered)

    def cloud(self, region: str = "us-east-1") -> AwsCloud:
        """The account as the package sees it."""
        return AwsCloud(Target("aws", region), self.client)

    def client(self, service: str) -> Any:
        """The client of a service."""
        return self._client if service == "logs" else self

    def get_paginator(self, _: str) -> InsightsAccount:
        """Of GetMetricData."""
        return self

    def paginate(self, MetricDataQueries: Sequence[Mapping[str, Any]], **asked: Any) -> list[dict[str, Any]]:  # noqa: N803
        """The bytes that each group took in, in one point."""
        self.calls["GetMetricData"] += 1
        found = []
        for query in MetricDataQueries:
            name = query["MetricStat"]["Metric"]["Dimensions"][0]["Value"]
            found.append({"Id": query["Id"], "Timestamps": [asked["StartTime"]], "Values": [self.volumes[name]]})
        return [{"MetricDataResults": found}]

    def _answered(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        name = request.headers["X-Amz-Target"].decode().rpartition(".")[2]
        self.calls[name] += 1
        asked = orjson.loads(request.body)
        code = next(iter(self.refusals.get(name, ())), "")
        if code:
            self.refusals[name] = self.refusals[name][1:] or [code]
        status, body = (400, _error(code)) if code and code != "none" else getattr(self, f"_{name}")(asked)
        headers = {"content-type": "application/x-amz-json-1.1"}
        return AWSResponse(request.url, status, headers, _Body(orjson.dumps(body)))

    def _DescribeLogGroups(self, asked: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:  # noqa: N802 - AWS's names
        start = int(asked.get("nextToken", 0))
        names = sorted(self.groups)
        listed = [
            {"logGroupName": name, "storedBytes": 7, "logGroupClass": self.classes.get(name, "STANDARD")}
            for name in names[start : start + 50]
        ]
        more = {"nextToken": str(start + 50)} if len(names) > start + 50 else {}
        return 200, {"logGroups": listed} | more

    def _StartQuery(self, asked: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:  # noqa: N802
        names, text = asked["logGroupNames"], asked["queryString"]
        if len(names) > 50 or len(text) > 10_000 or not 1 <= asked.get("limit", 1) <= 100_000:
            return 400, _error("InvalidParameterException")
        if len({self.classes.get(name, "STANDARD") for name in names}) > 1:
            return 400, _error("InvalidParameterException")
        self.queries.append(dict(asked))
        id_ = str(len(self.queries))
        self._answers[id_] = self._run(asked)
        self._waiting[id_] = list(self.statuses)
        return 200, {"queryId": id_}

    def _run(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        start, end = asked["startTime"] * 1000, asked["endTime"] * 1000 + 999
        events = [one for name in asked["logGroupNames"] for one in self.groups[name]]
        known = [one for one in map(_stored, range(len(events)), events) if start <= one.timestamp <= end]
        dice = random.Random(len(known))  # what is of one millisecond comes in any order
        known.sort(key=lambda one: (-one.timestamp, dice.random()))
        matched = [0]

        def count() -> None:
            matched[0] += 1

        rows = read_query(asked["queryString"]).run((record(ACCOUNT, one) for one in known), asked["limit"], count)
        told = {
            "recordsMatched": float(matched[0]),
            "recordsScanned": float(len(known)),
            "bytesScanned": float(sum(len(one.message) for one in known)),
        }
        return {"rows": [[{"field": k, "value": v} for k, v in row.values] for row in rows], "statistics": told}

    def _GetQueryResults(self, asked: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:  # noqa: N802
        found, waiting = self._answers[asked["queryId"]], self._waiting[asked["queryId"]]
        if waiting:
            return 200, {"status": waiting.pop(0), "results": [], "statistics": {}}
        start = int(asked.get("nextToken", 0))
        body = {
            "status": "Complete",
            "results": found["rows"][start : start + self.page],
            "statistics": found["statistics"],
        }
        more = {"nextToken": str(start + self.page)} if len(found["rows"]) > start + self.page else {}
        return 200, body | more

    def _FilterLogEvents(self, asked: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:  # noqa: N802
        name = asked["logGroupName"]
        if self.classes.get(name, "STANDARD") != "STANDARD":
            return 400, _error("InvalidOperationException")
        streams = asked.get("logStreamNames")
        found = [
            {
                "timestamp": round(one.timestamp * 1000),
                "message": one.message,
                "logStreamName": one.stream,
                "eventId": "1",
            }
            for one in self.groups[name]
            if asked["startTime"] <= round(one.timestamp * 1000) <= asked["endTime"]
            and (not streams or one.stream in streams)
        ]
        return 200, {"events": found[:PAGE]}


def _stored(number: int, one: LogEvent) -> Event:
    milliseconds = round(one.timestamp * 1000)
    return Event(number, milliseconds, milliseconds, one.message, one.group, one.stream)


def _error(code: str) -> dict[str, str]:
    return {"__type": code, "message": f"{code} at {datetime.now(UTC):%Y}"}
