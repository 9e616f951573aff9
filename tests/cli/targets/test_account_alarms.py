"""`alarms --live` on an account that boto3 built: shown, made, known again, taken back; what others made stays."""

import functools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner, Result
from moto import mock_aws

from shopfast_obs import cli
from shopfast_obs.cli.app import App
from shopfast_obs.cloud.changes.alarms import LiveAlarms
from shopfast_obs.cloud.interface import Cloud, Target
from shopfast_obs.model.resources import FUNCTION, Inventory, Resource
from shopfast_obs.testing import FakeCloud

REGION = "eu-west-1"
LIVE = ("--live", "--target", "aws", "--region", REGION)
TOPIC = f"arn:aws:sns:{REGION}:123456789012:shop-alarms"
TIMEOUTS = {"shop-orders": 10, "shop-mail": 20}


@functools.cache
def client(service: str) -> Any:
    """moto's."""
    return boto3.client(service, region_name=REGION, aws_access_key_id="id", aws_secret_access_key="secret")


class Deployed(App):
    """A run of a command on moto's CloudWatch and SNS, and on functions of which no stack knows."""

    def __init__(self, timeouts: dict[str, int]) -> None:
        super().__init__()
        functions = (Resource(FUNCTION, name, properties={"Timeout": t}) for name, t in timeouts.items())
        self._cloud = FakeCloud(Inventory("aws", tuple(functions)))

    def clients(self) -> Callable[[str], Any]:
        """moto's."""
        return client

    def cloud(self) -> Cloud:
        """The functions."""
        return self._cloud

    def target(self) -> Target:
        """The one that was asked for."""
        return Target(self.target_name, self.region or REGION)


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No alarm, no topic, and an empty project."""
    monkeypatch.delenv("SHOPFAST_OBS_STATE", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("shopfast_obs.changes.definitions.RATE", 1e6)
    with mock_aws():
        yield


def invoke(*arguments: str, timeouts: dict[str, int] = TIMEOUTS) -> Result:
    """The outcome of the command line."""
    return CliRunner().invoke(cli.main, arguments, obj=Deployed(timeouts))


def done(*arguments: str, code: int = 0, timeouts: dict[str, int] = TIMEOUTS) -> dict[str, Any]:
    """The document of a command with this exit code."""
    result = invoke(*arguments, "--format", "json", timeouts=timeouts)
    assert result.exit_code == code, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def alarms() -> dict[str, dict[str, Any]]:
    """The account's alarms, without what time and moto's answers add."""
    found = client("cloudwatch").describe_alarms()["MetricAlarms"]
    return {item["AlarmName"]: item for item in found}


def test_a_plan_changes_nothing_and_says_what_would_come() -> None:
    """The topic first, which the alarms notify."""
    said = done("alarms", "plan", *LIVE, "--only", "throttles")
    assert [change["name"] for change in said["changes"]] == [
        "shop-alarms", "shop-mail-throttles", "shop-orders-throttles",
    ]  # fmt: skip
    assert alarms() == {}
    shown = invoke("alarms", "plan", *LIVE, "--only", "throttles")
    assert "shop-mail-throttles" in shown.stdout
    assert "Next: shopfast-obs alarms apply --target aws --live" in shown.stderr


def test_alarms_are_made_known_again_and_taken_back() -> None:
    """They notify a topic of their own, bear a tag, and the second run has nothing to do; undo leaves no trace."""
    made = done("alarms", "apply", *LIVE)
    assert made["applied"]
    orders = alarms()["shop-orders-duration-near-timeout"]
    assert orders["Threshold"] == 8000
    assert orders["AlarmActions"] == orders["OKActions"] == [TOPIC]
    tags = client("cloudwatch").list_tags_for_resource(ResourceARN=orders["AlarmArn"])["Tags"]
    assert {"Key": "shopfast-obs", "Value": "alarms"} in tags
    again = invoke("alarms", "apply", *LIVE)
    assert again.exit_code == 0
    assert "Nothing to change." in again.stderr
    assert invoke("alarms", "plan", *LIVE).stderr.count("nothing to change") == 1
    undone = invoke("undo", "--yes")
    assert "6 alarms are as before" in undone.stderr, undone.output
    assert alarms() == {}
    assert client("sns").list_topics()["Topics"] == []


def test_only_what_is_named_gets_alarms() -> None:
    """By a name or a pattern; what nothing is called is refused."""
    done("alarms", "apply", *LIVE, "--resource", "shop-m*")
    assert {name.rsplit("-", 1)[0][:9] for name in alarms()} == {"shop-mail"}
    refused = invoke("alarms", "apply", *LIVE, "--resource", "nothing")
    assert refused.exit_code == 2
    assert "is called nothing" in refused.output


def put(name: str, metric: str, function: str, **more: Any) -> None:
    """An alarm of somebody else."""
    client("cloudwatch").put_metric_alarm(
        AlarmName=name, Namespace="AWS/Lambda", MetricName=metric, Statistic="Sum", Period=60, EvaluationPeriods=1,
        Threshold=100, ComparisonOperator="GreaterThanThreshold",
        Dimensions=[{"Name": "FunctionName", "Value": function}], **more,
    )  # fmt: skip


def test_an_alarm_of_somebody_else_is_never_overwritten() -> None:
    """The others are made, the exit code says that one is not; theirs serves where it notifies somebody."""
    put("shop-orders-throttles", "Throttles", "shop-orders")
    put("theirs", "Throttles", "shop-mail", AlarmActions=["arn:aws:sns:eu-west-1:123456789012:pager"])
    before = alarms()
    said = done("alarms", "apply", *LIVE, code=1)
    reasons = {item["what"]: item["reason"] for item in said["skipped"]}
    assert "did not make" in reasons["shop-orders-throttles"]
    assert reasons["shop-mail-throttles"] == "theirs reads the same already"
    assert {name: alarms()[name] for name in before} == before
    assert len(alarms()) == len(before) + 4


def test_what_was_changed_since_is_not_taken_back() -> None:
    """Nothing is, and the difference is named."""
    done("alarms", "apply", *LIVE, "--only", "throttles")
    put("shop-mail-throttles", "Throttles", "shop-mail")
    now = alarms()
    refused = invoke("undo", "--yes")
    assert refused.exit_code == 2
    assert "shop-mail-throttles has been changed since" in refused.output
    assert alarms() == now


def test_a_changed_timeout_moves_the_threshold_and_undo_gives_the_old_alarm_back() -> None:
    """PutMetricAlarm overwrites: the definition from before is kept in the journal."""
    done("alarms", "apply", *LIVE, "--only", "duration-near-timeout")
    before = alarms()
    slower = {**TIMEOUTS, "shop-mail": 30}
    said = done("alarms", "apply", *LIVE, "--only", "duration-near-timeout", timeouts=slower)
    assert [change["name"] for change in said["changes"]] == ["shop-mail-duration-near-timeout"]
    assert alarms()["shop-mail-duration-near-timeout"]["Threshold"] == 24_000
    assert invoke("undo", "--yes").exit_code == 0
    kept = ("Threshold", "AlarmDescription", "AlarmActions", "Dimensions", "ExtendedStatistic")
    old, new = before["shop-mail-duration-near-timeout"], alarms()["shop-mail-duration-near-timeout"]
    assert {key: new[key] for key in kept} == {key: old[key] for key in kept}


def test_a_topic_that_somebody_subscribed_to_stays() -> None:
    """Their subscription is theirs."""
    done("alarms", "apply", *LIVE, "--only", "throttles")
    client("sns").subscribe(TopicArn=TOPIC, Protocol="email", Endpoint="a@example.org")
    undone = invoke("undo", "--yes")
    assert undone.exit_code == 0, undone.output
    assert "somebody has subscribed to it" in undone.stderr
    assert alarms() == {}
    assert client("sns").list_topics()["Topics"]


def test_what_was_interrupted_is_taken_back_by_the_next_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """And told of by one that only looks."""
    put_ = LiveAlarms.put

    def dying(self: LiveAlarms, type_: str, name: str, definition: Any) -> None:
        if name.startswith("shop-orders"):
            raise KeyboardInterrupt
        put_(self, type_, name, definition)

    monkeypatch.setattr(LiveAlarms, "put", dying)
    assert invoke("alarms", "apply", *LIVE, "--only", "throttles").exit_code != 0
    assert list(alarms()) == ["shop-mail-throttles"]
    monkeypatch.setattr(LiveAlarms, "put", put_)
    assert "was interrupted: alarms may be half changed" in invoke("undo", "--list").stderr
    assert alarms()
    assert "it is taken back" in invoke("undo", "--yes").stderr
    assert alarms() == {}
    assert client("sns").list_topics()["Topics"] == []
