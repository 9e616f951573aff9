"""The command `diagnose`."""

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from click.testing import CliRunner

from shopfast_obs import cli
from shopfast_obs.cli import diagnose
from shopfast_obs.cli.app import App
from shopfast_obs.cli.output.terminal import Terminal
from shopfast_obs.model.resources import FUNCTION, Gap, Inventory, Resource
from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.settings import Settings
from shopfast_obs.testing import LOCAL, FakeCloud
from tests.cli.command_line import outcome
from tests.diagnose.builders import finished, function, killed, written

TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Web": {"Type": FUNCTION, "Properties": {"FunctionName": "web", "Runtime": "python3.11"}},
        "Logs": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {"LogGroupName": "/aws/lambda/web", "RetentionInDays": 30},
        },
    }
}


class FakeApp(App):
    """The command's surroundings with a cloud from memory; `now` is just after its telemetry."""

    def __init__(self, cloud: FakeCloud, root: Path) -> None:
        self.stdout, self.stderr = io.StringIO(), io.StringIO()
        super().__init__(Settings(root=root, app="app.py"), Terminal(self.stdout, self.stderr))
        self._cloud = cloud

    def cloud(self) -> Any:
        """The fake."""
        return self._cloud


def recent(logs: dict[str, list[LogEvent]]) -> dict[str, list[LogEvent]]:
    """The log as if it had been written a minute ago."""
    import time

    late = time.time() - 60
    return {
        group: [replace(event, timestamp=late + n / 100) for n, event in enumerate(events)]
        for group, events in logs.items()
    }


def run(app: App, *arguments: str) -> int:
    """The exit code of `diagnose` with these arguments."""
    return CliRunner().invoke(diagnose.command, arguments, obj=app).exit_code


@pytest.fixture
def failing(tmp_path: Path) -> FakeApp:
    """A function that its timeout kills, and one that nobody called."""
    web, idle = function("web"), function("idle", Timeout=10, MemorySize=512)
    logs = recent(written(web, *(killed(n) for n in range(3)), finished(4)))
    return FakeApp(FakeCloud(Inventory("local", (web, idle)), logs), tmp_path)


def test_findings_come_worst_first_with_numbers_remedy_and_next_command(failing: FakeApp) -> None:
    """What a person reads."""
    assert run(failing) == 1
    out = failing.stdout.getvalue()
    assert out.startswith("CRITICAL web is killed by its 3 s timeout in 75 % of its invocations (3 of 4)")
    assert "MemorySize 128 -> 1024 and Timeout 3 -> 10" in out
    assert "$ shopfast-obs fix --apply" in out
    assert re.search(r"^Not enough data for \d+ checks: idle \(\d+\), web \(\d+\)\. Why: --verbose$", out, re.M)
    assert "never called" not in out
    assert "Next: shopfast-obs fix" in failing.stderr.getvalue()


def test_verbose_says_why_checks_had_not_enough_data(failing: FakeApp) -> None:
    """Each reason with what it is about."""
    run(failing, "--verbose")
    assert re.search(r"never called between \S+ and \S+ UTC: idle \(", failing.stdout.getvalue())


def test_findings_alike_are_listed_together(failing: FakeApp) -> None:
    """Two functions without tracing are one thing to do."""
    run(failing, "--only", "lambda-not-traced")
    out = failing.stdout.getvalue()
    assert "2 resources: lambda-not-traced" in out
    assert out.count("remedy:") == 1


def test_json_is_one_document_with_the_promised_keys(failing: FakeApp) -> None:
    """Scripts depend on it."""
    assert run(failing, "--format", "json") == 1
    document = json.loads(failing.stdout.getvalue())
    assert {"findings", "not_enough_data", "clear", "gaps", "window", "source"} <= set(document)
    first = document["findings"][0]
    assert (first["rule"], first["severity"], first["resource"]) == ("lambda-timeout-kills", "critical", "web")
    assert first["evidence"][0]["numbers"]["timeouts"] == 3
    assert first["remedy"]["command"] == "shopfast-obs fix --apply"
    assert {"rule": "lambda-timeout-kills", "resource": "idle"}.items() <= next(
        entry
        for entry in document["not_enough_data"]
        if entry["resource"] == "idle" and entry["rule"] == "lambda-timeout-kills"
    ).items()


def test_clean_is_exit_code_zero_and_says_so(failing: FakeApp) -> None:
    """Only what is at or above the level counts."""
    assert run(failing, "--only", "lambda-out-of-memory") == 0
    assert "nothing found" in failing.stdout.getvalue()


def test_the_level_hides_what_is_below_and_counts_it(failing: FakeApp) -> None:
    """Nothing disappears without a word."""
    assert run(failing, "--level", "critical") == 1
    assert "1 critical (" in failing.stdout.getvalue()
    assert "below the level not shown)" in failing.stdout.getvalue()


def test_what_could_not_be_read_is_said(tmp_path: Path) -> None:
    """A gap is not silence."""
    app = FakeApp(FakeCloud(Inventory("aws x", (function(),), (Gap("queues", "denied"),))), tmp_path)
    run(app)
    assert "could not be read: queues: denied" in app.stdout.getvalue()


def test_where_nothing_may_be_looked_at_nothing_is_clean(tmp_path: Path) -> None:
    """Exit code 2, with the first reason and what the credentials need."""
    gap = Gap("functions", "lambda:ListFunctions was refused")
    app = FakeApp(FakeCloud(Inventory("aws", (), (gap,))), tmp_path)
    done = CliRunner().invoke(cli.main, ["diagnose"], obj=app)
    assert done.exit_code == 2
    assert "Nothing on aws could be looked at: lambda:ListFunctions was refused" in app.stderr.getvalue() + done.stderr


def test_lines_from_logs_cannot_drive_the_terminal(tmp_path: Path) -> None:
    """A resource's name is data."""
    web = Resource(FUNCTION, "web\x1b[2J", "Web")
    app = FakeApp(FakeCloud(Inventory("local", (web,))), tmp_path)
    run(app)
    assert "\x1b" not in app.stdout.getvalue()
    assert "web\\x1b[2J" in app.stdout.getvalue()


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A template in a folder without project and without cloud."""
    monkeypatch.chdir(tmp_path)
    for variable in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    path = tmp_path / "app.template.json"
    path.write_text(json.dumps(TEMPLATE), encoding="utf-8")
    return path


def test_a_template_needs_no_cloud(template: Path) -> None:
    """The effective 3 s and 128 MB are found although nothing is written."""
    code, out, _ = outcome("diagnose", "--template", str(template), "--format", "json")
    document = json.loads(out)
    assert (code, document["window"]) == (1, None)
    found = {finding["rule"]: finding["severity"] for finding in document["findings"]}
    assert found["lambda-default-size"] == "low"
    assert "lambda-not-traced" in found
    assert "logs-never-expire" not in found


def test_several_templates_and_folders_are_taken_together(template: Path) -> None:
    """An alarm in one file watches a function in another."""
    properties = {
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Dimensions": [{"Name": "FunctionName", "Value": "web"}],
    }
    other = template.with_name("alarms.json")
    other.write_text(json.dumps({"Resources": {"A": {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}}}))
    arguments = ("diagnose", "--only", "lambda-no-alarm", "--template")
    assert outcome(*arguments, str(template))[0] == 1
    assert outcome(*arguments, str(template.parent), str(other))[0] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--template", "nowhere.json"), "There is no file or folder nowhere.json"),
        (("--template", "."), ". has no template"),
        (("app.json",), "There is no file or folder app.json"),
        (("--only", "lambda-eror"), "There is no rule 'lambda-eror'"),
        (("--since", "soon"), "neither a span of time"),
    ],
)
def test_user_errors_are_one_sentence_and_exit_code_two(
    arguments: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never a traceback."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    code, _, err = outcome("diagnose", *arguments)
    assert code == 2
    assert said in err
    assert "Traceback" not in err


def test_no_cloud_is_exit_code_three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that starts one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    code, out, err = outcome("diagnose", "--format", "json")
    assert (code, out) == (3, "")
    assert "shopfast-obs cloud start" in err


def documents(*arguments: str) -> tuple[int, dict[str, Any]]:
    """Exit code and the JSON document of `diagnose` with these arguments."""
    code, out, err = outcome("diagnose", *arguments, "--format", "json")
    assert code in (0, 1), err
    return code, json.loads(out)


def test_every_format_is_one_document_on_stdout(template: Path) -> None:
    """What each is, its own tests say; here that the command prints nothing else."""
    sarif = json.loads(outcome("diagnose", "--template", str(template), "--format", "sarif")[1])
    assert sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 1
    assert fromstring(outcome("diagnose", "--template", str(template), "--format", "junit")[1]).tag == "testsuites"
    assert outcome("diagnose", "--template", str(template), "--format", "markdown")[1].startswith("## shopfast-obs")


def test_a_baseline_lets_only_new_findings_fail(template: Path) -> None:
    """Written once, then each run is clean until something is added."""
    known = template.with_name("known.json")
    arguments = ("--template", str(template), "--baseline", str(known))
    assert outcome("diagnose", *arguments)[0] == 2
    assert documents(*arguments, "--write-baseline")[0] == 0
    code, document = documents(*arguments)
    assert (code, document["findings"]) == (0, [])
    assert document["known"]
    more = {"Resources": {**TEMPLATE["Resources"], "Job": {"Type": FUNCTION, "Properties": {"FunctionName": "job"}}}}
    template.write_text(json.dumps(more), encoding="utf-8")
    code, document = documents(*arguments)
    assert code == 1
    assert {finding["resource"] for finding in document["findings"]} == {"job"}


def test_the_level_that_fails_may_be_another_than_the_one_that_shows(template: Path) -> None:
    """A build that only stops for the worst."""
    assert documents("--template", str(template), "--fail-on", "critical")[0] == 0
    code, document = documents("--template", str(template), "--level", "critical", "--fail-on", "low")
    assert (code, document["findings"]) == (1, [])


PYPROJECT = """
[tool.shopfast-obs]
suppressions = "more.yaml"

[[tool.shopfast-obs.suppress]]
rule = "lambda-not-traced"
resource = "web"
reason = "traced by another product"
"""


def test_suppressions_come_from_the_project_a_file_and_the_template(template: Path) -> None:
    """Each with its reason; what has none hides nothing and is a finding at its line."""
    template.with_name("pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    more = {"suppress": [{"rule": "lambda-default-size", "reason": "a test", "until": "2020-01-01"}]}
    template.with_name("more.yaml").write_text(json.dumps(more), encoding="utf-8")
    extra = template.with_name("extra.toml")
    extra.write_text('[[suppress]]\nrule = "lambda-runtime-old"\n', encoding="utf-8")
    beside = {"shopfast-obs": {"suppress": [{"rule": "lambda-no-alarm", "reason": "a demo"}]}}
    web = {**TEMPLATE["Resources"]["Web"], "Metadata": beside}
    template.write_text(json.dumps({"Resources": {**TEMPLATE["Resources"], "Web": web}}), encoding="utf-8")
    _, document = documents("--template", str(template), "--suppressions", str(extra))
    hidden = {entry["finding"]["rule"]: entry["reason"] for entry in document["suppressed"]}
    assert hidden == {"lambda-not-traced": "traced by another product", "lambda-no-alarm": "a demo"}
    found = {finding["rule"]: finding for finding in document["findings"]}
    assert "lambda-default-size" in found
    assert "more.yaml, suppression 1 has expired" in found["suppression-expired"]["title"]
    assert found["suppression-without-reason"]["location"] == {"file": str(extra), "line": 1}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("s.toml", "[[suppress]]\nreason = 'x'", "does not name its rule"),
        ("s.toml", "[[suppress", "cannot be read"),
        ("s.yaml", "suppress: [{rule: a, why: b}]", "unknown key 'why'"),
        ("s.yaml", "other: 1", "has no `suppress`"),
        ("s.yaml", "a: [", "cannot be read"),
    ],
)
def test_suppressions_that_cannot_be_understood_are_user_errors(
    template: Path, name: str, text: str, said: str
) -> None:
    """Before anything is looked at."""
    path = template.with_name(name)
    path.write_text(text, encoding="utf-8")
    code, _, err = outcome("diagnose", "--template", str(template), "--suppressions", str(path))
    assert code == 2
    assert said in err


def test_evidence_is_kept_and_replayed_word_for_word(failing: FakeApp, tmp_path: Path) -> None:
    """The same document, without the cloud."""
    kept = tmp_path / "evidence" / "friday.json.gz"
    kept.parent.mkdir()
    kept.touch(mode=0o644)
    assert run(failing, "--format", "json", "--save-evidence", str(kept)) == 1
    replay = FakeApp(FakeCloud(Inventory("none")), tmp_path)
    assert run(replay, "--evidence", str(kept), "--format", "json") == 1
    assert json.loads(replay.stdout.getvalue()) == {**json.loads(failing.stdout.getvalue()), "api_calls": {}}
    assert kept.stat().st_mode & 0o777 == 0o600
    again = kept.with_name("again.json.gz")
    outcome("diagnose", "--evidence", str(kept), "--save-evidence", str(again))
    assert again.read_bytes() == kept.read_bytes()


class Regions(FakeApp):
    """A cloud of its own in each region, the second one with a gap."""

    def cloud(self) -> Any:
        """The region's."""
        target = replace(LOCAL, name="aws", region=str(self.region))
        gaps = (Gap("queues", "denied"),) if self.region == "b" else ()
        return FakeCloud(Inventory(f"aws {self.region}", (function("web"),), gaps), target=target, api_calls={"x:Y": 2})


def test_several_regions_are_one_diagnosis(tmp_path: Path) -> None:
    """Each finding with its region; calls are added up; a name in two regions is two resources."""
    app = Regions(FakeCloud(), tmp_path)
    assert run(app, "--region", "a,b", "--region", "c", "--only", "lambda-not-traced", "--format", "json") == 1
    document = json.loads(app.stdout.getvalue())
    assert [finding["region"] for finding in document["findings"]] == ["a", "b", "c"]
    assert len({finding["fingerprint"] for finding in document["findings"]}) == 3
    assert document["source"] == "aws a, aws b, aws c"
    assert document["gaps"] == [{"what": "queues in b", "reason": "denied"}]
    assert document["api_calls"] == {"x:Y": 6}


def test_one_region_is_as_it_always_was(tmp_path: Path) -> None:
    """No region in the findings."""
    app = Regions(FakeCloud(), tmp_path)
    run(app, "--region", "a", "--only", "lambda-not-traced", "--format", "json")
    assert json.loads(app.stdout.getvalue())["findings"][0]["region"] == ""


def test_rules_are_chosen_by_pattern(template: Path) -> None:
    """As a shell would."""
    _, document = documents("--template", str(template), "--only", "lambda-*", "--skip", "*-alarm", "--level", "info")
    rules = {finding["rule"] for finding in document["findings"]}
    assert "lambda-default-size" in rules
    assert not [rule for rule in rules if not rule.startswith("lambda-") or rule.endswith("-alarm")]


def test_the_policy_and_the_schema_are_printed_without_a_cloud(template: Path) -> None:
    """And nothing else."""
    assert json.loads(outcome("diagnose", "--print-policy")[1])["Version"] == "2012-10-17"
    assert json.loads(outcome("diagnose", "--print-schema")[1])["properties"]["version"] == {"const": 1}


def test_text_fits_eighty_columns(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is copied from it may be longer."""
    monkeypatch.setattr(Terminal, "width", 80)
    out = outcome("diagnose", "--template", str(template))[1]
    assert max(len(line) for line in out.splitlines() if str(template) not in line) <= 80


def test_two_things_to_look_at_are_a_user_error(template: Path) -> None:
    """Which one would it be?"""
    assert outcome("diagnose", "--template", str(template), "--evidence", "x.gz")[0] == 2
    assert outcome("diagnose", "--template", str(template), "--write-baseline")[0] == 2
    assert outcome("diagnose", "--evidence", "nowhere.gz")[0] == 2


def test_a_baseline_is_replaced_in_one_step(template: Path) -> None:
    """A full disk leaves the old one whole, and its mode stays."""
    known = template.parent / "locked" / "known.json"
    known.parent.mkdir()
    arguments = ("--template", str(template), "--baseline", str(known), "--write-baseline")
    assert outcome("diagnose", *arguments)[0] == 0
    before, number = known.read_bytes(), known.stat().st_ino
    known.chmod(0o640)
    assert outcome("diagnose", *arguments)[0] == 0
    assert (known.read_bytes(), [path.name for path in known.parent.iterdir()]) == (before, ["known.json"])
    assert known.stat().st_ino != number and known.stat().st_mode & 0o777 == 0o640
