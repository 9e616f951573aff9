"""What the cloud's own services write ends in the stores, and no call of theirs fails."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.localcloud.interface import Measurement
from shopfast_obs.localcloud.telemetry_services import TelemetryServices
from tests.localcloud.service_clients import START, HandClock, RecordingApplication, client, running


@pytest.fixture
def application() -> RecordingApplication:
    """Remembers log events."""
    return RecordingApplication()


@pytest.fixture
def services(tmp_path: Path, application: RecordingApplication) -> Iterator[TelemetryServices]:
    """Empty services."""
    with running(tmp_path, HandClock(), application) as opened:
        yield opened


def total(services: TelemetryServices, namespace: str, name: str, **dimensions: str) -> float:
    """The sum of a metric around the start."""
    points = client(services, "cloudwatch").get_metric_statistics(
        Namespace=namespace, MetricName=name, Dimensions=[{"Name": k, "Value": v} for k, v in dimensions.items()],
        StartTime=START - 3600, EndTime=START + 3600, Period=7200, Statistics=["Sum"],
    )["Datapoints"]  # fmt: skip
    return float(sum(point["Sum"] for point in points))


def emf(**root: Any) -> str:
    """A log event with metric n."""
    directive = {"Namespace": "shop", "Dimensions": [["service"]], "Metrics": [{"Name": "n", "Unit": "Count"}]}
    return json.dumps({"_aws": {"Timestamp": START * 1000, "CloudWatchMetrics": [directive]}, "service": "s", **root})


def test_metrics_are_stored_at_their_time(services: TelemetryServices) -> None:
    """The cloud's own unless one is given."""
    errors = partial(Measurement, "AWS/Lambda", "Errors", {"FunctionName": "f"})
    services.telemetry.put_metrics([errors(1.0, "Count"), errors(2.0, "Count", START - 60)])
    assert total(services, "AWS/Lambda", "Errors", FunctionName="f") == 3.0


def test_log_lines_go_on_and_emf_becomes_metrics(
    services: TelemetryServices, application: RecordingApplication
) -> None:
    """Rejected lines stay in the log and are counted for their group."""
    lines = ["hello", emf(n=2), emf(n=[3, 4]), emf(n="x"), emf(n=1)[:-3]]
    services.telemetry.put_log_events("/aws/lambda/f", "s", [(START, line) for line in lines])
    events = client(services, "logs").get_log_events(logGroupName="/aws/lambda/f", logStreamName="s")["events"]
    assert [event["message"] for event in events] == lines
    assert total(services, "AWS/Logs", "IncomingLogEvents", LogGroupName="/aws/lambda/f") == 5.0
    assert total(services, "shop", "n", service="s") == 9.0
    assert total(services, "AWS/Logs", "EMFValidationErrors", LogGroupName="/aws/lambda/f") == 1.0
    assert total(services, "AWS/Logs", "EMFParsingErrors", LogGroupName="/aws/lambda/f") == 1.0


def test_segments_are_stored_and_bad_ones_survived(services: TelemetryServices) -> None:
    """A caller never sees an error."""
    trace_id = f"1-{int(START):08x}-{1:024x}"
    good = {"id": f"{1:016x}", "trace_id": trace_id, "name": "n", "start_time": START, "end_time": START + 1}
    services.telemetry.put_segments([{"id": "x"}, good])
    assert len(client(services, "xray").batch_get_traces(TraceIds=[trace_id])["Traces"]) == 1


def test_a_directory_that_fails_loses_no_event(tmp_path: Path) -> None:
    """Events and metrics are stored before anything else is told."""
    application = RecordingApplication()
    application.logs.wrote = None  # type: ignore[assignment]
    with running(tmp_path, HandClock(), application) as services:
        services.telemetry.put_log_events("g", "s", [(START, emf(n=2))])
        assert total(services, "shop", "n", service="s") == 2.0
