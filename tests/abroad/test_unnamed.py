"""A CDK app whose resources have no physical names: what is made for it names what is deployed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.model.resources import FUNCTION, TABLE
from tests.story.conftest import Project, eventually

pytestmark = [pytest.mark.cloud, pytest.mark.synth]

HERE = Path(__file__).parent / "unnamed"
LINES = 'from shopfast_obs.constructs import apply_overlay\napply_overlay(app, "overlay.json")\n'
ALARM = "Notes-F-error-rate"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The app deployed as it is, with a cloud of its own; the tests of this module share it, in order."""
    folder = tmp_path_factory.mktemp("unnamed")
    shutil.copytree(HERE, folder, dirs_exist_ok=True)
    project = Project(folder)
    try:
        project.run("deploy")
        yield project
    finally:
        project.run("cloud stop", code=None)


def deployed(project: Project, type_: str) -> str:
    """The physical id of the resource of that type."""
    cloudformation = project.client("cloudformation")
    resources = cloudformation.describe_stack_resources(StackName="Notes")["StackResources"]
    return next(r["PhysicalResourceId"] for r in resources if r["ResourceType"] == type_)


def dimensions(alarm: Any) -> dict[str, str]:
    """The dimensions of the first metric that an alarm reads."""
    stats = [query["MetricStat"]["Metric"] for query in alarm.get("Metrics", ()) if "MetricStat" in query]
    return {item["Name"]: item["Value"] for item in (stats[0] if stats else alarm)["Dimensions"]}


def test_an_app_that_does_not_apply_the_overlay_is_refused(project: Project) -> None:
    """Nothing is written, and the two lines stand in the answer."""
    before = {path: path.read_bytes() for path in project.folder.rglob("*.py")}
    for command in ("alarms apply", "instrument --apply --no-prove"):
        refused = project.run(command, code=2)
        assert 'apply_overlay(app, "overlay.json")' in refused.stderr
    assert {path: path.read_bytes() for path in project.folder.rglob("*.py")} == before
    assert not (project.folder / "overlay.json").exists()


def test_alarms_watch_physical_names(project: Project) -> None:
    """They are called after the constructs."""
    app = project.folder / "app.py"
    app.write_text(app.read_text().replace("app.synth()", f"{LINES}app.synth()"))
    project.run("alarms apply")
    project.run("deploy")
    found = {a["AlarmName"]: dimensions(a) for a in project.client("cloudwatch").describe_alarms()["MetricAlarms"]}
    assert found[ALARM] == {"FunctionName": deployed(project, FUNCTION)}
    assert found["Notes-T-table-read-throttles"] == {"TableName": deployed(project, TABLE)}


def test_the_alarm_fires_and_diagnose_counts_it_as_a_watcher(project: Project) -> None:
    """Twelve of twelve invocations fail, in two minutes of the cloud's clock."""
    lambda_ = project.client("lambda")
    for _ in range(2):
        answers = [lambda_.invoke(FunctionName=deployed(project, FUNCTION)) for _ in range(6)]
        assert all(answer.get("FunctionError") for answer in answers)
        project.advance(60)
    cloudwatch = project.client("cloudwatch")
    state = lambda: cloudwatch.describe_alarms(AlarmNames=[ALARM])["MetricAlarms"][0]["StateValue"]  # noqa: E731
    assert eventually(lambda: state() == "ALARM", 60), state()
    rules = {finding["rule"] for finding in project.json("diagnose --since 1h", code=1)["findings"]}
    assert "lambda-errors" in rules
    assert not rules & {"alarm-dead", "lambda-no-alarm", "dynamodb-no-alarm"}


def test_an_alarm_on_a_logical_id_is_dead_and_no_watcher(project: Project) -> None:
    """As somebody else's tool might make it."""
    cloudwatch = project.client("cloudwatch")
    names = [
        a["AlarmName"] for a in cloudwatch.describe_alarms()["MetricAlarms"] if a["AlarmName"].startswith("Notes-F")
    ]
    cloudwatch.delete_alarms(AlarmNames=names)
    resources = project.client("cloudformation").describe_stack_resources(StackName="Notes")["StackResources"]
    logical_id = next(r["LogicalResourceId"] for r in resources if r["ResourceType"] == FUNCTION)
    cloudwatch.put_metric_alarm(
        AlarmName="dead",
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Dimensions=[{"Name": "FunctionName", "Value": logical_id}],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )
    found = project.json("diagnose --since 1h --only alarm-dead --only lambda-no-alarm", code=1)["findings"]
    assert {(f["rule"], f["resource"]) for f in found} >= {("lambda-no-alarm", deployed(project, FUNCTION))}
