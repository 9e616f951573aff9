"""A cloud with one log group, on a clock that the tests move."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.localcloud.interface import LogFilter, Scope
from shopfast_obs.localcloud.telemetry_services import TelemetryServices
from tests.localcloud.service_clients import REGION, START, HandClock, RecordingApplication, client, running

NOW = int(START * 1000)


@dataclass
class LogWorld:
    """The group `g` with the stream `s`, and clients."""

    services: TelemetryServices
    clock: HandClock
    application: RecordingApplication
    logs: Any
    cloudwatch: Any

    def put(self, *messages: str, at: int = NOW, stream: str = "s", group: str = "g") -> Any:
        """Put messages, a millisecond apart."""
        events = [{"timestamp": at + n, "message": text} for n, text in enumerate(messages)]
        return self.logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)

    def metric_filter(self, pattern: str, group: str = "g", **transformation: Any) -> None:
        """Give the group a metric filter on N/m."""
        own = {"metricNamespace": "N", "metricName": "m", "metricValue": "1", **transformation}
        entry = LogFilter("f", pattern, {"metricTransformations": [own]})
        self.application.logs.add(group, "s", metric_filters=(entry,))

    def subscription(self, pattern: str, destination: str, **more: Any) -> None:
        """Give the group a subscription filter."""
        entry = LogFilter("sub", pattern, {"destinationArn": destination, **more})
        self.application.logs.add("g", "s", subscription_filters=(entry,))

    def statistics(self, name: str, namespace: str = "N", **dimensions: str) -> list[tuple[float, float]]:
        """(sum, samples) of each minute of a metric."""
        points = self.cloudwatch.get_metric_statistics(
            Namespace=namespace, MetricName=name, Dimensions=[{"Name": k, "Value": v} for k, v in dimensions.items()],
            StartTime=START - 3600, EndTime=START + 3600, Period=60, Statistics=["Sum", "SampleCount"],
        )["Datapoints"]  # fmt: skip
        return [(p["Sum"], p["SampleCount"]) for p in sorted(points, key=lambda p: p["Timestamp"])]

    def query(self, text: str, start: int = -3600, end: int = 3600, **more: Any) -> Any:
        """The answer to a query of Logs Insights, once it is complete."""
        groups = {} if {"logGroupNames", "logGroupIdentifiers"} & more.keys() else {"logGroupName": "g"}
        asked = {"startTime": int(START) + start, "endTime": int(START) + end, "queryString": text, **groups, **more}
        query_id = self.logs.start_query(**asked)["queryId"]
        for _ in range(500):
            answer = self.logs.get_query_results(queryId=query_id)
            if answer["status"] not in ("Scheduled", "Running"):
                break
            time.sleep(0.01)
        return answer

    def rows(self, text: str, **more: Any) -> list[dict[str, str]]:
        """The rows of a query, without their pointers."""
        answer = self.query(text, **more)
        assert answer["status"] == "Complete", answer
        return [{c["field"]: c["value"] for c in row if c["field"] != "@ptr"} for row in answer["results"]]

    def region(self, region: str, service: str = "logs") -> Any:
        """A client of another region."""
        return client(self.services, service, region=region)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LogWorld]:
    """One group with one stream, both empty."""
    clock, application = HandClock(), RecordingApplication()
    application.logs.add("g", "s")
    with running(tmp_path, clock, application) as services:
        yield LogWorld(services, clock, application, client(services, "logs"), client(services, "cloudwatch"))


__all__ = ["NOW", "REGION", "Scope"]
