"""Log alarms through the API: the query runs on its schedule, and its results decide."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shopfast_obs.localcloud.interface import Scope
from shopfast_obs.localcloud.telemetry_services import TelemetryServices
from tests.localcloud.service_clients import START, HandClock, RecordingApplication, client, running

TOPIC = "arn:aws:sns:us-east-1:000000000000:alarms"
ROLE = "arn:aws:iam::000000000000:role/alarms"


@dataclass
class World:
    """A cloud with the log group `g` and a clock by hand."""

    services: TelemetryServices
    clock: HandClock
    application: RecordingApplication
    cloudwatch: Any
    logs: Any

    def alarm(self, made: str = "count(*)", query: str = "filter level = 'ERROR'", **more: Any) -> None:
        """A log alarm that looks at five minutes every five minutes."""
        schedule = {"ScheduleExpression": "rate(5 minutes)", "StartTimeOffset": 300, **more.pop("schedule", {})}
        scheduled = {
            "QueryString": query, "AggregationExpression": made, "LogGroupIdentifiers": ["g"],
            "ScheduledQueryRoleARN": ROLE, "ScheduleConfiguration": schedule,
        }  # fmt: skip
        settings = {
            "QueryResultsToEvaluate": 1, "QueryResultsToAlarm": 1, "Threshold": 1.0, "AlarmActions": [TOPIC],
            "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching",
        }  # fmt: skip
        self.cloudwatch.put_log_alarm(AlarmName="l", ScheduledQueryConfiguration=scheduled, **{**settings, **more})

    def log(self, *levels: str, host: str = "a") -> None:
        """Lines of these levels, now."""
        lines = [f'{{"level": "{level}", "host": "{host}"}}' for level in levels]
        events = [{"timestamp": int(self.clock.time * 1000), "message": line} for line in lines]
        self.logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=events)

    def pass_time(self, minutes: float) -> str:
        """The alarm's state after that time."""
        self.clock.time += 60 * minutes
        self.services.cloudwatch.tick()
        (alarm,) = self.cloudwatch.describe_alarms(AlarmTypes=["LogAlarm"])["LogAlarms"]
        return str(alarm["StateValue"])


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """At a time that is a multiple of five minutes."""
    clock, application = HandClock(), RecordingApplication()
    clock.time = START // 300 * 300
    with running(tmp_path, clock, application) as services:
        made = World(services, clock, application, client(services, "cloudwatch"), client(services, "logs"))
        application.logs.add("g", "s")
        assert services.cloudwatch.region(Scope())
        yield made


def test_an_alarm_follows_what_its_query_counts(world: World) -> None:
    """It is looked at when its schedule says so, goes back when the window is clean, and notifies."""
    world.alarm()
    assert world.pass_time(0) == "INSUFFICIENT_DATA"
    world.log("ERROR", "INFO", "ERROR")
    assert world.pass_time(4) == "INSUFFICIENT_DATA"
    assert world.pass_time(1) == "ALARM"
    assert world.pass_time(5) == "OK"
    history = world.cloudwatch.describe_alarm_history(AlarmTypes=["LogAlarm"], HistoryItemType="StateUpdate")
    said = [item["HistorySummary"] for item in history["AlarmHistoryItems"]]
    assert said == ["Alarm updated from ALARM to OK", "Alarm updated from INSUFFICIENT_DATA to ALARM"]


def test_each_group_of_the_results_is_evaluated_for_itself(world: World) -> None:
    """Two results in a row of one host, not one of each."""
    world.alarm("count(*) by host", QueryResultsToEvaluate=2, QueryResultsToAlarm=2)
    for host in "ab":
        world.log("ERROR", "ERROR", host=host)
        assert world.pass_time(5) == "OK"
    world.log("ERROR", "ERROR", host="b")
    assert world.pass_time(5) == "ALARM"


def test_metric_alarms_and_log_alarms_are_listed_apart(world: World) -> None:
    """Without a type only metric alarms are told."""
    world.alarm()
    assert not world.cloudwatch.describe_alarms()["MetricAlarms"]
    (alarm,) = world.cloudwatch.describe_alarms(AlarmTypes=["LogAlarm"])["LogAlarms"]
    assert alarm["ScheduledQueryConfiguration"]["AggregationExpression"] == "count(*)"
    world.cloudwatch.delete_alarms(AlarmNames=["l"])
    assert not world.cloudwatch.describe_alarms(AlarmTypes=["LogAlarm"])["LogAlarms"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"query": "filter ="}, "cannot be read"),
        ({"schedule": {"ScheduleExpression": "cron(0 2 * * *)"}}, "must be a rate"),
        ({"schedule": {"EndTimeOffset": 300}}, "EndTimeOffset must be less"),
        ({"QueryResultsToAlarm": 2}, "QueryResultsToAlarm must be 1 to"),
        ({"ComparisonOperator": "LessThanLowerThreshold"}, "not a comparison operator of log alarms"),
        ({"ActionLogLineCount": 5, "ActionLogLineRoleArn": ROLE}, "does not have ActionLogLineCount"),
    ],
)
def test_what_is_wrong_or_not_there_is_refused(world: World, more: dict[str, Any], said: str) -> None:
    """With its reason."""
    with pytest.raises(ClientError, match=said):
        world.alarm(**more)


def test_mute_rules_are_an_empty_list_and_cannot_be_made(world: World) -> None:
    """An alarm that somebody muted would still notify here."""
    assert world.cloudwatch.list_alarm_mute_rules()["AlarmMuteRuleSummaries"] == []
    rule = {"Schedule": {"Expression": "cron(0 2 * * *)", "Duration": "PT1H"}}
    with pytest.raises(ClientError, match="does not have PutAlarmMuteRule"):
        world.cloudwatch.put_alarm_mute_rule(Name="m", Rule=rule)
