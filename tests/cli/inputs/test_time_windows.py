"""`--since deploy` and `compare --across deploy` as a user runs them, over a fake cloud."""

import json
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from shopfast_obs.cli import alarms, compare, diagnose, logs, report
from shopfast_obs.errors import UserError
from shopfast_obs.model.deployments import ChangedResource, Modified, Recorded, StackOperation
from shopfast_obs.model.resources import FUNCTION, Gap, Inventory, Resource
from shopfast_obs.model.telemetry import AlarmChange, AlarmStatus
from shopfast_obs.testing import FakeCloud, log_events, report_line
from tests.cli.command_line import on_cloud
from tests.cli.test_compare import traces

WEB = "/aws/lambda/web"


def deployed(*, ago: float = 301) -> FakeCloud:
    """A function that is half as slow since a deployment so many seconds ago, and another that changed before."""
    now = time.time()
    operation = StackOperation(
        "shop", "UPDATE_COMPLETE", now - ago - 9, now - ago, (ChangedResource("web", now - ago - 5, now - ago - 1),)
    )
    functions = (Modified("web", now - ago - 5), Modified("mail", now - ago - 400))
    return FakeCloud(
        recorded_traces=[*traces(now - ago - 100, 0.4), *traces(now - ago + 50, 0.2)],
        logs={WEB: log_events(WEB, [(now - ago - 60, "old version"), (now - ago + 60, "new version")])},
        deployed=Recorded(functions, (operation,)),
    )


def test_a_report_since_the_deployment_has_only_what_came_after() -> None:
    """Its title and a sentence say which deployment that is, and how it is known."""
    result = on_cloud(report.command, deployed(), "traces", "--since", "deploy")
    assert result.stdout.startswith("60 traces since ")
    assert "UTC (stack shop updated)" in result.stdout
    assert "stack shop updated (CloudFormation events)" in result.stderr


def test_the_one_before_is_named_by_its_place_and_one_of_a_function_by_its_name() -> None:
    """Both are the change of the other function here."""
    for text in ("deploy@2", "deploy:mail"):
        assert on_cloud(report.command, deployed(), "traces", "--since", text).stdout.startswith("120 traces since ")


def test_log_lines_since_the_deployment() -> None:
    """The lines of the version before stay out."""
    result = on_cloud(logs.command, deployed(), "version", "--since", "deploy")
    assert "new version" in result.stdout
    assert "old version" not in result.stdout


@pytest.mark.parametrize("arguments", [("traces",), ("errors",)])
def test_where_no_deployment_is_known_one_sentence_says_so(arguments: tuple[str, ...]) -> None:
    """With the next command, and the reason where something was refused."""
    with pytest.raises(UserError) as caught:
        on_cloud(report.command, FakeCloud(), *arguments, "--since", "deploy")
    assert "No deployment is known on local" in caught.value.message
    assert caught.value.hint == "Give a span: --since 15m"
    refused = FakeCloud(
        deployed=Recorded(gaps=(Gap("when functions were changed", "lambda:ListFunctions was refused."),))
    )
    with pytest.raises(UserError, match="lambda:ListFunctions was refused"):
        on_cloud(report.command, refused, *arguments, "--since", "deploy")


def test_too_far_back_says_how_many_there_are() -> None:
    """Neither an older nor the oldest one is taken instead."""
    with pytest.raises(UserError, match="Only 2 deployments on local are known"):
        on_cloud(report.command, deployed(), "traces", "--since", "deploy@3")


def test_two_windows_of_one_length_are_compared_across_the_deployment() -> None:
    """The version that ran before is known for longer than the new one, which decides the length."""
    result = on_cloud(compare.command, deployed(), "--across", "deploy")
    assert result.exit_code == 0
    assert "(60 traces) against after: " in result.stdout
    one, other = re.findall(r" UTC, (5 min[^(]*) \(60 traces\)", result.stdout)
    assert one == other
    assert "-50 %" in result.stdout


def test_a_window_with_too_few_traces_grows_to_the_life_of_its_version() -> None:
    """Requests before the deployment that are older than the new version is."""
    cloud = deployed(ago=170)
    [last] = cloud.deployed.operations
    began = last.began - 595
    made = StackOperation("shop", "CREATE_COMPLETE", began - 5, began + 5, (ChangedResource("web", began, began + 1),))
    cloud.deployed = replace(cloud.deployed, operations=(made, last))
    cloud.recorded_traces = [*traces(time.time() - 500, 0.4), *traces(time.time() - 100, 0.2)]
    result = on_cloud(compare.command, cloud, "--across", "deploy")
    assert "before" in result.stdout
    assert result.stdout.count("(60 traces)") == 2


@pytest.mark.parametrize("arguments", [("15m..",), ("15m..", "5m..", "--across", "deploy"), ()])
def test_both_sides_or_a_deployment(arguments: tuple[str, ...]) -> None:
    """Half of one, or both, is refused."""
    with pytest.raises(UserError, match="two sides, or --across"):
        on_cloud(compare.command, deployed(), *arguments)


def saved(folder: Path, *, versions: str) -> Path:
    """A folder with a trace a minute, twice as fast since the second version, and the REPORT lines of both."""
    begin = 1_769_860_800.0
    lines, documents = [], []
    for number, version in enumerate(versions):
        at = begin + 60 * number
        took = 0.4 if version == versions[0] else 0.2
        trace_id = f"1-{int(at):08x}-{number:024x}"
        stream = f"2026/01/31/[{version}]{number:08x}"
        message = report_line(f"{number:08x}-1234-4697-b07a-ac58fc914c95", 1000 * took)
        lines.append({"timestamp": int(1000 * (at + took)), "message": message, "logStreamName": stream})
        http = {"request": {"method": "GET", "url": "https://x/web"}}
        times = {"start_time": at, "end_time": at + took}
        documents.append({"id": f"{number:016x}", "trace_id": trace_id, "name": "web", "http": http, **times})
    (folder / "web.json").write_text(json.dumps({"events": lines}))
    (folder / "traces.jsonl").write_text("\n".join(map(json.dumps, documents)))
    return folder


def test_saved_files_tell_their_own_deployments(tmp_path: Path) -> None:
    """A new version in the names of log streams; the report has only what came since, and compare both sides."""
    folder = str(saved(tmp_path, versions="6" * 30 + "7" * 25))
    result = on_cloud(report.command, FakeCloud(unreachable=True), "traces", "--input", folder, "--since", "deploy")
    assert result.stdout.startswith("25 traces from ")
    assert "(web: version 7 instead of 6)" in " ".join(result.stdout.split())
    compared = on_cloud(compare.command, FakeCloud(unreachable=True), folder, "--across", "deploy")
    # next to the deployment, and as long as the new version is known
    assert "24 min 2 s (24 traces) against after: " in compared.stdout
    assert "-50 %" in compared.stdout


def test_files_that_tell_of_none_are_not_split(tmp_path: Path) -> None:
    """Nothing is invented."""
    folder = str(saved(tmp_path, versions="6" * 30))
    with pytest.raises(UserError, match="in its log lines no function changes its version"):
        on_cloud(report.command, FakeCloud(unreachable=True), "traces", "--input", folder, "--since", "deploy")


def test_a_group_of_errors_that_ended_with_the_deployment_is_over() -> None:
    """The one that goes on is not."""
    cloud = deployed()
    now = time.time()
    lines = [(now - 400, "[ERROR] KeyError: 'old'\nTraceback (most recent call last)")]
    both = "[ERROR] ValueError: both\nTraceback (most recent call last)"
    lines += [(now - 390, both), (now - 9, both)]
    cloud.logs = {WEB: log_events(WEB, lines)}
    text = on_cloud(report.command, cloud, "errors").stdout
    assert "over: none since the deployment of " in text
    document = json.loads(on_cloud(report.command, cloud, "errors", "--format", "json").stdout)
    over = [group["message"] for group in document["groups"] if group["fingerprint"] in document["over"]]
    assert over == ["'old'"]


def test_a_report_whose_deployments_may_not_be_read_says_so_and_is_whole() -> None:
    """What was asked for was read."""
    cloud = deployed()
    cloud.deployed = Recorded(gaps=(Gap("when functions were changed", "lambda:ListFunctions was refused."),))
    result = on_cloud(report.command, cloud, "traces")
    assert result.exit_code == 0
    assert "deployments may be missing: when functions were changed" in " ".join(result.stdout.split())


@pytest.mark.parametrize(("took", "code"), [(400, 1), (100, 0)])
def test_an_alarm_counts_when_it_rang_since_the_deployment(took: float, code: int) -> None:
    """One that has been in ALARM since before it says nothing of the new version."""
    cloud = deployed(ago=300)
    cloud.alarm_statuses = [AlarmStatus("web-errors", "ALARM", "3 of 3", changed=time.time() - took)]
    asked = ("web-errors", "ALARM", "--since", "deploy", "--timeout", "0.2")
    result = on_cloud(alarms.wait_command, cloud, *asked)
    assert result.exit_code == code
    assert ("since" in result.stderr.splitlines()[-1]) == bool(code)


def test_a_hurried_clock_says_so() -> None:
    """Beside times that lie in the future, and where an alarm was waited for."""
    now = time.time()
    cloud = deployed()
    cloud.ahead = 450.0
    cloud.alarm_statuses = [AlarmStatus("web-errors", "ALARM", "3 of 3", changed=now + 400)]
    cloud.alarm_histories = {"web-errors": [AlarmChange(now - 60, "OK", True), AlarmChange(now - 1, "ALARM", True)]}
    text = on_cloud(report.command, cloud, "traces").stdout
    assert "(hurried)" in text
    assert text.count("The local cloud's clock was hurried and is 7 min 30 s ahead") == 2
    assert "7 min 30 s ahead" in on_cloud(alarms.wait_command, cloud, "web-errors", "ALARM").stderr
    cloud.ahead = 0.0
    assert "hurried" not in on_cloud(report.command, cloud, "traces").stdout


def test_diagnose_says_that_its_window_has_two_versions(tmp_path: Path) -> None:
    """And how to look at the last alone; of what was made in the window there is no other version."""
    cloud = deployed()
    cloud.resources = Inventory("local", (Resource(FUNCTION, "web"),))
    told = "In this window was the deployment of "
    assert told in on_cloud(diagnose.command, cloud).stderr
    assert told not in on_cloud(diagnose.command, cloud, "--since", "deploy").stderr
    [made] = cloud.deployed.operations
    cloud.deployed = replace(cloud.deployed, functions=(), operations=(replace(made, status="CREATE_COMPLETE"),))
    assert told not in on_cloud(diagnose.command, cloud).stderr


def test_another_functions_deployment_does_not_end_a_version() -> None:
    """The window before reaches back over it."""
    cloud = deployed(ago=301)
    cloud.deployed = replace(cloud.deployed, functions=(*cloud.deployed.functions, Modified("cron", time.time() - 330)))
    assert on_cloud(compare.command, cloud, "--across", "deploy:web").stdout.count("(60 traces)") == 2
