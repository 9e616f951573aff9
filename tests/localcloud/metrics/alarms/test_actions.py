"""What follows a change of an alarm: functions, events on the bus, and composite alarms that wait for a suppressor."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shopfast_obs.localcloud.interface import Scope
from tests.localcloud.metrics.alarms.conftest import TOPIC, World
from tests.localcloud.service_clients import START, client

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f"
ARN = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:"


def settled(world: World) -> None:
    """Wait for what was started; nothing is started after it."""
    world.services.cloudwatch.close()


def test_a_function_gets_awss_event(world: World) -> None:
    """Old and new state, and the metrics of the alarm."""
    world.put(5.0, START - 60)
    world.alarm(AlarmActions=[FUNCTION], AlarmDescription="too much", Dimensions=[])
    settled(world)
    ((arn, event),) = world.application.invoked
    assert arn == FUNCTION
    assert {k: event[k] for k in ("source", "alarmArn", "accountId", "region")} == {
        "source": "aws.cloudwatch", "alarmArn": ARN + "a", "accountId": "000000000000", "region": "us-east-1",
    }  # fmt: skip
    data = event["alarmData"]
    assert (data["alarmName"], data["state"]["value"], data["previousState"]["value"]) == (
        "a",
        "ALARM",
        "INSUFFICIENT_DATA",
    )
    assert json.loads(data["state"]["reasonData"])["recentDatapoints"] == [5.0]
    (metric,) = data["configuration"]["metrics"]
    assert metric["metricStat"] == {
        "metric": {"namespace": "N", "name": "m", "dimensions": {}}, "period": 60, "stat": "Sum",
    }  # fmt: skip
    assert data["configuration"]["description"] == "too much"


def test_the_bus_hears_of_states_and_of_configurations(world: World) -> None:
    """As EventBridge documents them; also of alarms without actions."""
    metrics: list[dict[str, Any]] = [
        {"Id": "m1", "MetricStat": {"Metric": {"Namespace": "N", "MetricName": "m"}, "Period": 60, "Stat": "Sum"},
         "ReturnData": False},
        {"Id": "e1", "Expression": "m1 * 2", "Label": "twice"},
    ]  # fmt: skip
    world.put(5.0, START - 60)
    world.alarm(Metrics=metrics, AlarmActions=[], ActionsEnabled=False)
    world.cloudwatch.delete_alarms(AlarmNames=["a"])
    settled(world)
    assert [(scope, source, kind) for scope, source, kind, _ in world.application.events] == [
        (Scope(), "aws.cloudwatch", "CloudWatch Alarm Configuration Change"),
        (Scope(), "aws.cloudwatch", "CloudWatch Alarm State Change"),
        (Scope(), "aws.cloudwatch", "CloudWatch Alarm Configuration Change"),
    ]
    created, changed, deleted = (event for *_, event in world.application.events)
    assert changed["resources"] == [ARN + "a"]
    detail = changed["detail"]
    assert (detail["alarmName"], detail["state"]["value"]) == ("a", "ALARM")
    assert [m["id"] for m in detail["configuration"]["metrics"]] == ["m1", "e1"]
    assert detail["configuration"]["metrics"][1] == {
        "id": "e1", "returnData": True, "label": "twice", "expression": "m1 * 2",
    }  # fmt: skip
    assert [event["detail"]["operation"] for event in (created, deleted)] == ["create", "delete"]
    assert created["detail"]["configuration"]["evaluationPeriods"] == 1


def composite(world: World, wait: int, extension: int) -> None:
    """An alarm over `a`, suppressed by `s`."""
    world.alarm("a", AlarmActions=[])
    world.alarm("s", MetricName="s", AlarmActions=[], TreatMissingData="notBreaching")
    world.cloudwatch.put_composite_alarm(
        AlarmName="c", AlarmRule="ALARM(a)", AlarmActions=[TOPIC], OKActions=[TOPIC], ActionsSuppressor="s",
        ActionsSuppressorWaitPeriod=wait, ActionsSuppressorExtensionPeriod=extension,
    )  # fmt: skip


def suppressed_by(world: World) -> str:
    """What keeps the actions of the composite alarm."""
    (alarm,) = world.cloudwatch.describe_alarms(AlarmNames=["c"], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    return str(alarm.get("ActionsSuppressedBy", ""))


def set_state(world: World, name: str, state: str) -> None:
    """Set a state by hand, and let the composite alarm see it."""
    world.cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")
    world.pass_time(10)


def test_actions_wait_for_the_suppressor_and_run_without_it(world: World) -> None:
    """After the wait period nothing has come: the actions run."""
    composite(world, wait=20, extension=30)
    world.application.published.clear()
    set_state(world, "a", "ALARM")
    assert (world.state("c"), suppressed_by(world), world.application.published) == ("ALARM", "WaitPeriod", [])
    world.pass_time(10)
    world.pass_time(10)
    assert suppressed_by(world) == ""
    ((_, subject, _),) = world.published(1)
    assert subject.startswith('ALARM: "c"')


def test_a_suppressor_in_alarm_keeps_the_actions_and_a_while_longer(world: World) -> None:
    """Alarm, then the extension period, then what is still true is told."""
    composite(world, wait=20, extension=30)
    world.put(5.0)  # the alarm below stays in ALARM at the next minute
    world.application.published.clear()
    set_state(world, "s", "ALARM")
    set_state(world, "a", "ALARM")
    assert suppressed_by(world) == "Alarm"
    set_state(world, "s", "OK")
    assert suppressed_by(world) == "ExtensionPeriod"
    world.pass_time(20)
    assert (suppressed_by(world), world.application.published) == ("ExtensionPeriod", [])
    world.pass_time(10)
    assert suppressed_by(world) == ""
    assert len(world.published(1)) == 1
    settled(world)
    told = [e["detail"]["state"] for *_, e in world.application.events if e["detail"]["alarmName"] == "c"]
    assert [s.get("actionsSuppressedBy") for s in told if s["value"] == "ALARM"] == ["Alarm"]


def test_a_composite_alarm_looks_at_alarms_that_are_there(world: World) -> None:
    """And keeps them from being deleted."""
    world.alarm("a")
    for parameters, said in (
        ({"AlarmRule": "ALARM(x) OR OK(y)"}, r"alarms \[x, y\] in the alarm rule do not exist"),
        ({"AlarmRule": "ALARM(a)", "ActionsSuppressor": "a"}, "go with an ActionsSuppressor"),
    ):
        with pytest.raises(ClientError, match=said):
            world.cloudwatch.put_composite_alarm(AlarmName="c", **parameters)
    world.cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule=f'ALARM("{ARN}a")')
    with pytest.raises(ClientError, match="composite alarm"):
        world.cloudwatch.delete_alarms(AlarmNames=["a"])
    world.cloudwatch.delete_alarms(AlarmNames=["a", "c"])


def test_an_alarm_on_a_band_breaches_outside_of_it(world: World) -> None:
    """No band, no state; then above or below what was learned, as the comparison says."""
    metrics: list[dict[str, Any]] = [
        {"Id": "m1", "MetricStat": {"Metric": {"Namespace": "N", "MetricName": "m"}, "Period": 60, "Stat": "Average"}},
        {"Id": "ad1", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)", "Label": "expected"},
    ]
    band = {"ThresholdMetricId": "ad1", "Metrics": metrics, "EvaluationPeriods": 1}
    common = {"AlarmActions": [], **band}
    for name, comparison in (
        ("both", "LessThanLowerOrGreaterThanUpperThreshold"),
        ("low", "LessThanLowerThreshold"),
        ("high", "GreaterThanUpperThreshold"),
    ):
        world.cloudwatch.put_metric_alarm(AlarmName=name, ComparisonOperator=comparison, **common)
    assert world.state("both") == "INSUFFICIENT_DATA"
    for minute in range(20):
        world.put(10.0 + minute % 2, START + 60 * minute)
    world.pass_time(20 * 60)
    assert [world.state(name) for name in ("both", "low", "high")] == ["OK"] * 3
    world.put(50.0)
    world.pass_time(60)
    assert [world.state(name) for name in ("both", "low", "high")] == ["ALARM", "OK", "ALARM"]
    reason = world.cloudwatch.describe_alarms(AlarmNames=["high"])["MetricAlarms"][0]["StateReason"]
    assert reason.startswith("Thresholds Crossed: 1 datapoint [50.0 (")
    assert "greater than the upper thresholds [11.5]" in reason
    with pytest.raises(ClientError, match="do not go together"):
        world.cloudwatch.put_metric_alarm(AlarmName="x", ComparisonOperator="GreaterThanThreshold", **common)


def test_alarms_of_another_region_are_others(world: World) -> None:
    """Same name, own metric, own state."""
    there = client(world.services, "cloudwatch", region="eu-west-1")
    world.put(5.0, START - 60)
    world.alarm()
    settings = {"EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold"}
    there.put_metric_alarm(
        AlarmName="a",
        Namespace="N",
        MetricName="m",
        Statistic="Sum",
        Period=60,
        TreatMissingData="notBreaching",
        **settings,
    )
    (alarm,) = there.describe_alarms()["MetricAlarms"]
    assert (alarm["StateValue"], alarm["AlarmArn"].split(":")[3], world.state()) == ("OK", "eu-west-1", "ALARM")
    there.delete_alarms(AlarmNames=["a"])
    assert world.state() == "ALARM"
    assert there.get_waiter("alarm_exists").config.max_attempts > 0
