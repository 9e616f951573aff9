"""How alarms are made, refused, found and deleted, and what a restart leaves of them."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shopfast_obs.cloud.aws import AwsCloud
from shopfast_obs.cloud.interface import Target
from shopfast_obs.localcloud.interface import Scope
from shopfast_obs.model.telemetry import TimeRange
from tests.localcloud.metrics.alarms.conftest import TOPIC, World
from tests.localcloud.service_clients import START, HandClock, RecordingApplication, client, running


def test_reports_read_the_history_of_all_alarms_at_once(world: World) -> None:
    """Metric alarms and composite ones, in the window only; oldest first."""
    world.alarm()
    world.cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule="ALARM(a)")
    for minute, value in enumerate([0.0, 5.0, 5.0, 0.0]):
        world.put(value, START + 60 * minute)
    world.pass_time(240)
    cloud = AwsCloud(Target("aws", "us-east-1"), lambda _: world.cloudwatch)
    found = cloud.alarm_history(TimeRange(START + 90, START + 300))
    assert [(change.timestamp - START, change.state) for change in found["a"]] == [(120, "ALARM"), (240, "OK")]
    assert [change.state for change in found["both"]] == ["ALARM", "OK"]
    assert cloud.alarm_changes("a", TimeRange(START + 90, START + 300)) == found["a"]
    assert cloud.alarm_history(TimeRange(START - 900, START - 600)) == {}


def test_disabled_actions_change_the_state_in_silence(world: World) -> None:
    """Until they are enabled."""
    world.alarm()
    world.cloudwatch.disable_alarm_actions(AlarmNames=["a"])
    world.cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="drill")
    world.cloudwatch.enable_alarm_actions(AlarmNames=["a"])
    world.cloudwatch.set_alarm_state(AlarmName="a", StateValue="OK", StateReason="drill")
    world.cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="drill")
    assert len(world.published(1)) == 1


def test_an_action_that_fails_is_in_the_history(world: World) -> None:
    """And the next one still runs."""
    world.alarm(AlarmActions=["arn:aws:automate:us-east-1:ec2:stop", TOPIC])
    world.cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="drill")
    assert len(world.published(1)) == 1
    world.services.cloudwatch.close()
    items = world.cloudwatch.describe_alarm_history(AlarmName="a", HistoryItemType="Action")["AlarmHistoryItems"]
    assert sorted(item["HistorySummary"].split(" action")[0] for item in items) == [
        "Failed to execute",
        "Successfully executed",
    ]


def test_alarms_and_their_states_survive_a_restart(tmp_path: Path) -> None:
    """Also the silence: a restart changes no state and repeats no action."""
    clock, application = HandClock(), RecordingApplication()
    with running(tmp_path, clock, application) as services:
        world = World(services, clock, application, client(services, "cloudwatch"))
        world.put(5.0, START - 60)
        world.alarm(Tags=[{"Key": "team", "Value": "shop"}])
        assert len(world.published(1)) == 1
    with running(tmp_path, clock, application) as services:
        again = World(services, clock, application, client(services, "cloudwatch"))
        again.pass_time(5)
        assert (again.state(), len(application.published)) == ("ALARM", 1)
        arn = again.cloudwatch.describe_alarms()["MetricAlarms"][0]["AlarmArn"]
        assert again.cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "team", "Value": "shop"}]


def test_a_new_configuration_keeps_the_state(world: World) -> None:
    """And is evaluated at once."""
    world.put(5.0, START - 60)
    world.alarm()
    world.alarm(Threshold=9.0)
    assert world.state() == "OK"
    history = world.cloudwatch.describe_alarm_history(AlarmName="a", HistoryItemType="ConfigurationUpdate")
    assert [item["HistorySummary"] for item in history["AlarmHistoryItems"]] == [
        'Alarm "a" updated',
        'Alarm "a" created',
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"ComparisonOperator": "Above"},
        {"EvaluationPeriods": 2, "DatapointsToAlarm": 3},
        {"TreatMissingData": "guess"},
        {"Period": 45},
        {"Period": 3600, "EvaluationPeriods": 25},
        {"Statistic": "Median"},
        {"AlarmActions": ["topic"]},
        {"ComparisonOperator": "GreaterThanUpperThreshold"},
    ],
)
def test_what_cloudwatch_refuses_is_refused(world: World, wrong: dict[str, Any]) -> None:
    """With a validation error, and no alarm."""
    with pytest.raises(ClientError) as raised:
        world.alarm(**wrong)
    assert raised.value.response["Error"]["Code"] in ("ValidationError", "InvalidParameterValue")
    assert world.cloudwatch.describe_alarms()["MetricAlarms"] == []


def test_alarms_are_found_by_name_prefix_state_action_and_metric_and_deleted(world: World) -> None:
    """Deleting an unknown one is an error, and deletes none."""
    for name in ("x-1", "x-2", "y-1"):
        world.alarm(name, MetricName=name)
    world.cloudwatch.set_alarm_state(AlarmName="x-2", StateValue="ALARM", StateReason="drill")

    def names(**more: Any) -> list[str]:
        return [alarm["AlarmName"] for alarm in world.cloudwatch.describe_alarms(**more)["MetricAlarms"]]

    assert names(AlarmNamePrefix="x-") == ["x-1", "x-2"]
    assert names(StateValue="ALARM") == ["x-2"]
    assert names(ActionPrefix="arn:aws:lambda") == []
    found = world.cloudwatch.describe_alarms_for_metric(Namespace="N", MetricName="y-1")["MetricAlarms"]
    assert [alarm["AlarmName"] for alarm in found] == ["y-1"]
    pages = world.cloudwatch.get_paginator("describe_alarms").paginate(PaginationConfig={"PageSize": 2})
    assert [len(page["MetricAlarms"]) for page in pages] == [2, 1]
    with pytest.raises(ClientError, match="ResourceNotFound"):
        world.cloudwatch.delete_alarms(AlarmNames=["x-1", "z"])
    world.cloudwatch.delete_alarms(AlarmNames=["x-1", "x-2"])
    assert names() == ["y-1"]


def test_a_stacks_alarm_is_an_alarm(world: World) -> None:
    """Properties as a template has them, numbers as strings included."""
    properties = {
        "AlarmName": "from-stack", "Namespace": "N", "MetricName": "m", "Statistic": "Sum", "Period": "60",
        "EvaluationPeriods": "1", "Threshold": "1", "ComparisonOperator": "GreaterThanThreshold",
        "AlarmActions": [TOPIC], "ActionsEnabled": "true", "Dimensions": [{"Name": "d", "Value": "x"}],
    }  # fmt: skip
    assert world.services.alarms.put(Scope(), properties).endswith(":alarm:from-stack")
    assert world.state("from-stack") == "INSUFFICIENT_DATA"
    world.services.alarms.delete(Scope(), "from-stack")
    world.services.alarms.delete(Scope(), "from-stack")
    assert world.cloudwatch.describe_alarms()["MetricAlarms"] == []


def test_a_promql_alarm_is_refused_for_what_it_is(world: World) -> None:
    """It has neither a threshold nor a comparison, which others need."""
    criteria = {"PromQLCriteria": {"Query": "up == 0"}}
    with pytest.raises(ClientError, match="which PromQL alarms read"):
        world.cloudwatch.put_metric_alarm(AlarmName="p", EvaluationCriteria=criteria, EvaluationInterval=60)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"EvaluationWindow": {"WallClockWindow": {"Timezone": "UTC"}}}, "does not have wall clock windows"),
        ({"EvaluationCriteria": {"PromQLCriteria": {"Query": "up"}}}, "does not have EvaluationCriteria"),
    ],
)
def test_what_the_cloud_does_not_evaluate_is_refused(world: World, more: dict[str, Any], said: str) -> None:
    """Nothing is accepted and ignored."""
    with pytest.raises(ClientError, match=said):
        world.alarm(**more)
