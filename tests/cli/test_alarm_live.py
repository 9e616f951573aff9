"""`alarms --live` on an account that boto3 built: shown, made, known again, taken back; what others made stays."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner, Result
from moto import mock_aws

from shopfast_obs import cli
from shopfast_obs.changes.definitions import Definitions
from shopfast_obs.cli import alarm_live
from shopfast_obs.cloud.live_alarms import LiveAlarms

REGION = "eu-west-1"
ROLE = "arn:aws:iam::123456789012:role/r"
LIVE = ("--live", "--target", "aws", "--region", REGION)
TOPIC = f"arn:aws:sns:{REGION}:123456789012:shop-alarms"


def client(service: str) -> Any:
    """moto's."""
    return boto3.client(service, region_name=REGION)


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Two functions, of which no stack knows, and an empty project."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "SHOPFAST_OBS_STATE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("shopfast_obs.changes.definitions.RATE", 1e6)
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("a.py", "")
    with mock_aws():
        trust = json.dumps({"Statement": []})
        client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust)
        for name, timeout in (("shop-orders", 10), ("shop-mail", 20)):
            client("lambda").create_function(
                FunctionName=name, Runtime="python3.12", Role=ROLE, Handler="a.b", Timeout=timeout,
                Code={"ZipFile": package.getvalue()},
            )  # fmt: skip
        yield


def invoke(*arguments: str) -> Result:
    """The outcome of the command line."""
    return CliRunner().invoke(cli.main, arguments)


def done(*arguments: str, code: int = 0) -> dict[str, Any]:
    """The document of a command with this exit code."""
    result = invoke(*arguments, "--format", "json")
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
    client("lambda").update_function_configuration(FunctionName="shop-mail", Timeout=30)
    said = done("alarms", "apply", *LIVE, "--only", "duration-near-timeout")
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


class Dying(LiveAlarms):
    """Ends like a killed process before the second alarm."""

    def put(self, type_: str, name: str, definition: Any) -> None:
        """The first of them only."""
        if name.startswith("shop-orders"):
            raise KeyboardInterrupt
        super().put(type_, name, definition)


def test_what_was_interrupted_is_taken_back_by_the_next_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """And told of by one that only looks."""
    dying: Definitions = Dying(client, RuntimeError)
    monkeypatch.setattr(alarm_live, "alarms_of", lambda _: dying)
    invoke("alarms", "apply", *LIVE, "--only", "throttles")
    assert list(alarms()) == ["shop-mail-throttles"]
    monkeypatch.undo()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
