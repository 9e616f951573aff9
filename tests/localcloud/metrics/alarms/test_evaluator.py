"""Alarms through the API, on a clock that the tests move: when they change their state, and whom they tell."""

import asyncio
import json
from pathlib import Path

import pytest

from shopfast_obs.localcloud.interface import QueueDepth, Scope
from tests.analysis.metrics.test_alarms import DERIVED, DOCUMENTED, TREATMENTS
from tests.localcloud.metrics.alarms.conftest import TOPIC, World
from tests.localcloud.service_clients import START, HandClock, RecordingApplication, client, running


def test_every_documented_row_gives_its_state_through_the_api(world: World) -> None:
    """Points and alarms by API, one metric a row; RETAIN is shown with an alarm that is OK and one that is ALARM."""
    rows = DOCUMENTED + DERIVED
    for n, (row, needed, _) in enumerate(rows):
        for place, mark in enumerate(row):
            if mark != "-":
                world.put({"0": 0.0, "X": 2.0}[mark], START - 300 + 60 * place, f"m{n}")
        for missing in TREATMENTS:
            settings = {"EvaluationPeriods": 3, "DatapointsToAlarm": needed, "TreatMissingData": missing}
            world.alarm(f"{n} {missing}", MetricName=f"m{n}", **settings)
    for previous in ("OK", "ALARM"):
        for n in range(len(rows)):
            for missing in TREATMENTS:
                world.cloudwatch.set_alarm_state(AlarmName=f"{n} {missing}", StateValue=previous, StateReason="test")
                world.services.cloudwatch.region(Scope()).evaluator.evaluate_now(f"{n} {missing}")
        for n, (row, needed, states) in enumerate(rows):
            found = [world.state(f"{n} {missing}") for missing in TREATMENTS]
            assert found == states.replace("RETAIN", previous).split(), (row, needed)


def test_an_alarm_is_evaluated_when_it_is_made_and_at_each_minute(world: World) -> None:
    """It reads points from before it was there, and only whole minutes."""
    world.put(5.0, START - 60)
    world.alarm()
    assert world.state() == "ALARM"
    world.put(0.0, START + 5)
    world.pass_time(59)
    assert world.state() == "ALARM"
    world.pass_time(1)
    assert world.state() == "OK"


def test_a_change_of_state_is_told_once_in_awss_words(world: World) -> None:
    """The topic gets the message; staying in a state is silent; the history says so."""
    world.put(5.0, START - 60)
    world.alarm(AlarmDescription="too much", Dimensions=[], OKActions=[TOPIC], Unit="None")
    world.put(6.0)
    world.pass_time(60)
    world.put(0.0)
    world.pass_time(60)
    (topic, subject, text), (_, back, _) = world.published(2)
    assert (topic, subject, back) == (TOPIC, 'ALARM: "a" in US East (N. Virginia)', 'OK: "a" in US East (N. Virginia)')
    message = json.loads(text)
    assert (message["AlarmName"], message["NewStateValue"], message["OldStateValue"]) == (
        "a",
        "ALARM",
        "INSUFFICIENT_DATA",
    )
    assert message["StateChangeTime"] == "2027-01-15T08:00:00.000+0000"
    assert message["Trigger"]["MetricName"] == "m"
    assert (message["Trigger"]["Statistic"], message["Trigger"]["Threshold"]) == ("SUM", 1.0)
    assert "5.0" in message["NewStateReason"]
    history = world.cloudwatch.describe_alarm_history(AlarmName="a", HistoryItemType="StateUpdate")["AlarmHistoryItems"]
    assert [item["HistorySummary"] for item in history] == [
        "Alarm updated from ALARM to OK",
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
    ]
    assert json.loads(history[0]["HistoryData"])["newState"]["stateReasonData"]["recentDatapoints"] == [0.0]


def test_a_jump_of_the_clock_is_evaluated_minute_by_minute(world: World) -> None:
    """An alarm that fired and recovered in between has done both."""
    world.alarm()
    for minute, value in enumerate([0.0, 5.0, 5.0, 0.0]):
        world.put(value, START + 60 * minute)
    world.pass_time(240)
    history = world.cloudwatch.describe_alarm_history(AlarmName="a", HistoryItemType="StateUpdate")["AlarmHistoryItems"]
    assert [(item["HistorySummary"].split()[-1], item["Timestamp"].timestamp() - START) for item in history] == [
        ("OK", 240),
        ("ALARM", 120),
        ("OK", 60),
    ]


def test_short_periods_are_evaluated_every_ten_seconds(world: World) -> None:
    """On a high-resolution metric."""
    world.alarm(Period=10)
    world.cloudwatch.put_metric_data(
        Namespace="N", MetricData=[{"MetricName": "m", "Value": 5.0, "Timestamp": START + 3, "StorageResolution": 1}]
    )
    world.pass_time(9)
    assert world.state() == "INSUFFICIENT_DATA"
    world.pass_time(1)
    assert world.state() == "ALARM"


def test_an_alarm_on_math_watches_the_expression(world: World) -> None:
    """An error rate; its notification carries the queries."""
    stat = {"Stat": "Sum", "Period": 60}
    metrics = [
        {"Id": "e", "Expression": "100 * errors / MAX([errors, calls])", "Label": "rate"},
        *(
            {"Id": n, "MetricStat": {"Metric": {"Namespace": "N", "MetricName": n}, **stat}, "ReturnData": False}
            for n in ("errors", "calls")
        ),
    ]
    world.put(6.0, START - 60, "errors")
    world.put(10.0, START - 60, "calls")
    world.alarm(Metrics=metrics, Threshold=50.0)
    assert world.state() == "ALARM"
    trigger = json.loads(world.published(1)[0][2])["Trigger"]
    assert [query["Id"] for query in trigger["Metrics"]] == ["e", "errors", "calls"]
    world.put(100.0, START, "calls")
    world.put(1.0, START, "errors")
    world.pass_time(60)
    assert world.state() == "OK"


def test_a_percentile_of_few_samples_keeps_the_state_when_asked(world: World) -> None:
    """p90 needs 100 samples."""
    for name, choice in (("ignores", "ignore"), ("evaluates", "evaluate")):
        world.alarm(name, ExtendedStatistic="p90", EvaluateLowSampleCountPercentile=choice)
        world.cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="test")
    world.put(9.0)
    world.pass_time(60)
    assert (world.state("ignores"), world.state("evaluates")) == ("OK", "ALARM")


def test_dimensions_must_match_exactly(world: World) -> None:
    """An alarm on a dimension without data is dead, as on AWS."""
    world.put(5.0, START - 60)
    world.alarm(Dimensions=[{"Name": "Function", "Value": "f"}])
    assert world.state() == "INSUFFICIENT_DATA"


def test_a_state_that_was_set_lasts_until_the_next_evaluation(world: World) -> None:
    """And its actions run."""
    world.put(0.0, START - 60)
    world.alarm()
    world.cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="drill")
    assert (world.state(), len(world.published(1))) == ("ALARM", 1)
    world.put(0.0)
    world.pass_time(60)
    assert world.state() == "OK"


def test_composite_alarms_follow_their_children(world: World) -> None:
    """Also through another composite alarm; metric alarms alone are described by default."""
    world.alarm("one")
    world.alarm("two")
    rule = 'ALARM("one") AND NOT OK(two)'
    world.cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule=rule, AlarmActions=[TOPIC])
    world.cloudwatch.put_composite_alarm(AlarmName="above", AlarmRule="ALARM(both)")
    assert world.state("both") == "OK"
    world.put(5.0)
    world.pass_time(60)
    assert (world.state("both"), world.state("above")) == ("ALARM", "ALARM")
    assert len(world.cloudwatch.describe_alarms()["MetricAlarms"]) == 2
    assert world.cloudwatch.describe_alarms()["CompositeAlarms"] == []
    assert len(world.published(3)) == 3


def test_queue_depths_are_sampled_on_the_clock_and_through_a_jump(world: World) -> None:
    """Three minutes of depth are three points, so an alarm over three minutes fires after a jump."""
    world.application.depths = [QueueDepth("dead", visible=4, in_flight=1, oldest_age=30.0)]
    world.alarm(
        Namespace="AWS/SQS", MetricName="ApproximateNumberOfMessagesVisible", Statistic="Maximum", EvaluationPeriods=3,
        Dimensions=[{"Name": "QueueName", "Value": "dead"}],
    )  # fmt: skip
    world.pass_time(180)
    assert world.state() == "ALARM"


def test_a_message_that_waits_grows_older_with_a_moved_clock(world: World) -> None:
    """Five minutes on, it has waited for five minutes."""
    world.application.depths = [QueueDepth("slow", visible=1, in_flight=0, oldest_age=2.0, oldest_sent=100.0)]
    world.alarm(
        Namespace="AWS/SQS", MetricName="ApproximateAgeOfOldestMessage", Statistic="Maximum", Threshold=300,
        Dimensions=[{"Name": "QueueName", "Value": "slow"}],
    )  # fmt: skip
    world.pass_time(240)
    assert world.state() == "OK"
    world.pass_time(180)
    assert world.state() == "ALARM"


def test_a_moved_clock_is_noticed_by_itself(tmp_path: Path) -> None:
    """The services look at the clock four times a second."""
    clock, application = HandClock(), RecordingApplication()
    with running(tmp_path, clock, application) as services:
        asyncio.run(services.start())
        world = World(services, clock, application, client(services, "cloudwatch"))
        world.alarm()
        world.put(5.0)
        clock.time += 60
        assert len(world.published(1)) == 1


BY_FUNCTION = [{"Id": "q", "Expression": 'SELECT SUM(Errors) FROM SCHEMA("L", Fn) GROUP BY Fn', "Period": 60}]


def errors(world: World, function: str, value: float) -> None:
    """A point of a function's errors in this minute."""
    dimensions = [{"Name": "Fn", "Value": function}]
    data = {"MetricName": "Errors", "Value": value, "Timestamp": world.clock.time, "Dimensions": dimensions}
    world.cloudwatch.put_metric_data(Namespace="L", MetricData=[data])


def test_an_alarm_on_metrics_insights_has_the_state_of_its_worst_series(world: World) -> None:
    """Each group is evaluated for itself: two errors here and none there are no average of one."""
    world.alarm(Metrics=BY_FUNCTION, Threshold=1.0)
    errors(world, "calm", 0)
    errors(world, "broken", 2)
    world.pass_time(60)
    assert world.state() == "ALARM"
    errors(world, "calm", 0)
    errors(world, "broken", 0)
    world.pass_time(60)
    assert world.state() == "OK"


@pytest.mark.parametrize(("whole", "state"), [(True, "INSUFFICIENT_DATA"), (False, "ALARM")])
def test_a_new_alarm_warms_up(world: World, whole: bool, state: str) -> None:
    """For the whole period, or until it has data for an evaluation."""
    period = {"WarmUpPeriodDurationInMinutes": 3, "OnlyStartEvaluatingAfterWarmUpPeriodEnds": whole}
    world.alarm(WarmUpConfiguration=period, EvaluationPeriods=2, TreatMissingData="breaching")
    assert world.state() == "INSUFFICIENT_DATA"
    for _ in range(2):
        world.put(5)
        world.pass_time(60)
    assert world.state() == state
    world.put(5)
    world.pass_time(60)
    assert world.state() == "ALARM"
