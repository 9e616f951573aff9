"""A cloud with alarms, on a clock that the tests move."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.localcloud.telemetry_services import TelemetryServices
from tests.localcloud.service_clients import HandClock, RecordingApplication, client, running

TOPIC = "arn:aws:sns:us-east-1:000000000000:alarms"


@dataclass
class World:
    """A cloud with a clock by hand; `pass_time` moves it and waits until what became due was evaluated."""

    services: TelemetryServices
    clock: HandClock
    application: RecordingApplication
    cloudwatch: Any

    def put(self, value: float, at: float | None = None, name: str = "m") -> None:
        when = self.clock.time if at is None else at
        self.cloudwatch.put_metric_data(
            Namespace="N", MetricData=[{"MetricName": name, "Value": value, "Timestamp": when}]
        )

    def alarm(self, name: str = "a", **more: Any) -> None:
        settings = {
            "Namespace": "N", "MetricName": "m", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1,
            "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold", "AlarmActions": [TOPIC],
        }  # fmt: skip
        if "Metrics" in more or "ExtendedStatistic" in more:
            del settings["Statistic"]
        if "Metrics" in more:
            settings = {k: v for k, v in settings.items() if k not in ("Namespace", "MetricName", "Period")}
        self.cloudwatch.put_metric_alarm(AlarmName=name, **{**settings, **more})

    def pass_time(self, seconds: float) -> None:
        self.clock.time += seconds
        self.services.cloudwatch.tick()

    def state(self, name: str = "a") -> str:
        answer = self.cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        return str([*answer["MetricAlarms"], *answer["CompositeAlarms"]][0]["StateValue"])

    def published(self, count: int) -> list[tuple[str, str, str]]:
        for _ in range(200):
            if len(self.application.published) >= count:
                break
            time.sleep(0.01)
        return self.application.published


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty cloud at a full minute."""
    clock, application = HandClock(), RecordingApplication()
    with running(tmp_path, clock, application) as services:
        yield World(services, clock, application, client(services, "cloudwatch"))
