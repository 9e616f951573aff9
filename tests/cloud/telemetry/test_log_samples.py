"""The beginnings of many log groups in few calls."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from shopfast_obs.cloud.aws import AwsCloud
from shopfast_obs.cloud.aws_calls import Calls
from shopfast_obs.cloud.interface import Target
from shopfast_obs.cloud.telemetry import log_samples
from shopfast_obs.model.telemetry import TimeRange
from tests import aws_clients

START = int(time.time()) - 600
WINDOW = TimeRange(START, START + 900)
THEN = TimeRange(1_800_000_000, 1_800_000_900)


@pytest.fixture
def logs() -> Iterator[Any]:
    """CloudWatch Logs with sixty groups, the last one empty."""
    with mock_aws():
        client = aws_clients.client("logs")
        for number in range(60):
            client.create_log_group(logGroupName=f"g{number}")
            client.create_log_stream(logGroupName=f"g{number}", logStreamName="s")
            lines = [{"timestamp": (START + n) * 1000 + 7, "message": f"{number} says {n}\n"} for n in (1, 2)]
            if number < 59:
                client.put_log_events(logGroupName=f"g{number}", logStreamName="s", logEvents=lines)
        yield client


def test_many_groups_are_queried_together(logs: Any) -> None:
    """Two queries for sixty groups; a group that does not exist is empty, as is one without events."""
    cloud = AwsCloud(Target("aws", "eu-west-1"), lambda _: logs)
    groups = [f"g{number}" for number in range(60)] + ["nowhere"]
    found = cloud.excerpts(groups, WINDOW, 100)
    assert [event.message for event in found["g7"].events] == ["7 says 1", "7 says 2"]
    assert (found["g7"].events[0].timestamp, found["g7"].events[0].stream) == (START + 1.007, "s")
    assert found["g59"] == found["nowhere"] == log_samples.Excerpt()
    assert cloud.api_calls["logs:StartQuery"] == 2
    assert "logs:FilterLogEvents" not in cloud.api_calls


def test_few_groups_are_read_one_by_one(logs: Any) -> None:
    """That costs nothing; what is over the limit is said."""
    cloud = AwsCloud(Target("aws", "eu-west-1"), lambda _: logs)
    found = cloud.excerpts(["g1", "g2"], WINDOW, 1)
    assert [event.message for event in found["g1"].events] == ["1 says 1"]
    assert found["g1"].cut
    assert "logs:StartQuery" not in cloud.api_calls


class Insights:
    """Logs Insights over groups that hold so many events each."""

    def __init__(self, **counts: int) -> None:
        self._counts = counts
        self.asked: list[list[str]] = []
        self.status = "Complete"

    def get_paginator(self, _: str) -> Insights:
        """Itself: the groups are one page."""
        return self

    def paginate(self) -> list[dict[str, Any]]:
        """All groups."""
        return [{"logGroups": [{"logGroupName": name} for name in self._counts]}]

    def start_query(self, logGroupNames: list[str], limit: int, **_: Any) -> dict[str, str]:  # noqa: N803 - AWS's name
        """A query; its id is its place."""
        self.asked.append(logGroupNames)
        return {"queryId": str(len(self.asked) - 1)}

    def get_query_results(self, queryId: str) -> dict[str, Any]:  # noqa: N803
        """The first ten thousand lines of its groups."""
        groups = self.asked[int(queryId)]
        rows = [
            [
                {"field": "@timestamp", "value": "2027-01-15 08:00:01.500"},
                {"field": "@log", "value": f"123456789012:{group}"},
                {"field": "@message", "value": f"{n}"},
            ]
            for group in groups
            for n in range(self._counts[group])
        ]
        return {"status": self.status, "results": rows[: log_samples.LINES]}


def test_a_full_result_is_asked_again_in_halves() -> None:
    """Until nothing is missing, or one group fills it alone."""
    insights = Insights(quiet=10, loud=log_samples.LINES + 5, other=20, last=1)
    found = log_samples.queried(Calls(lambda _: insights), ["quiet", "loud", "other", "last"], THEN, 50_000)
    assert len(found["quiet"].events) == 10
    assert not found["quiet"].cut
    assert (len(found["loud"].events), found["loud"].cut) == (log_samples.LINES, True)
    assert len(found["other"].events) == 20
    assert len(insights.asked) == 5


def test_a_refused_or_failed_query_is_said_for_its_groups() -> None:
    """Rules that wanted these logs say so."""
    failed = Insights(g=1)
    failed.status = "Failed"
    assert "Failed" in log_samples.queried(Calls(lambda _: failed), ["g"], THEN, 5)["g"].refused

    class Denied(Insights):
        def start_query(self, **_: Any) -> dict[str, str]:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "StartQuery")

    refused = log_samples.queried(Calls(lambda _: Denied(g=1)), ["g"], THEN, 5)["g"].refused
    assert re.search("logs:StartQuery was refused: AccessDenied", refused)
