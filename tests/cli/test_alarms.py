"""The command `alarms` for templates and for what is deployed."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from shopfast_obs.changes import engine
from shopfast_obs.cli import alarms
from shopfast_obs.errors import ProjectError, UserError
from shopfast_obs.model.resources import FUNCTION, Inventory, Resource
from shopfast_obs.testing import FakeCloud
from tests.cli.command_line import exit_code
from tests.cli.test_diagnose import FakeApp

run = partial(exit_code, alarms.command)

TEMPLATE = """\
Resources:
  Fn:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.13, Handler: a.b, Timeout: 3}   # short
"""


def app(root: Path) -> FakeApp:
    """A project whose function has run with another timeout since somebody changed it."""
    deployed = Resource(FUNCTION, "shop-Fn-1A2B", "Fn", "shop", properties={"Timeout": 20})
    (root / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
    return FakeApp(FakeCloud(Inventory("local", (deployed,))), root)


def test_plan_shows_what_a_template_needs(tmp_path: Path) -> None:
    """As resources of the template, and changes nothing."""
    surroundings, file = app(tmp_path), str(tmp_path / "template.yaml")
    assert run(surroundings, "plan", "--template", file, "--only", "throttles", "--format", "json") == 0
    (alarm,) = json.loads(surroundings.stdout.getvalue())["alarms"].values()
    assert alarm["Properties"]["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": "Fn"}}]
    assert Path(file).read_text(encoding="utf-8") == TEMPLATE
    shown = app(tmp_path)
    assert run(shown, "plan", "--template", file) == 0
    assert "FnErrorRateAlarm" in shown.stdout.getvalue()
    assert f"Next: shopfast-obs alarms apply --template {file}" in shown.stderr.getvalue()


@pytest.mark.parametrize("verb", ["plan", "apply"])
def test_what_of_a_template_is_not_read_is_said(tmp_path: Path, verb: str) -> None:
    """And where that is all, nothing is known of alarms."""
    surroundings, file = app(tmp_path), tmp_path / "odd.json"
    file.write_text('{"Resources": {"F": "x"}}', encoding="utf-8")
    assert run(surroundings, verb, "--template", str(file)) == 2
    assert "Nothing could be read, so nothing is known: F of template" in surroundings.stderr.getvalue()
    both = app(tmp_path)
    file.write_text('{"Resources": {"F": "x", "Q": {"Type": "AWS::SQS::Queue"}}}', encoding="utf-8")
    assert run(both, verb, "--template", str(file)) == 0
    assert "Not read, and without alarms: F of template" in both.stderr.getvalue()


def test_apply_changes_the_template_once_and_undo_restores_it(tmp_path: Path) -> None:
    """Byte for byte."""
    surroundings, file = app(tmp_path), tmp_path / "template.yaml"
    assert run(surroundings, "apply", "--template", str(file)) == 0
    changed = file.read_text(encoding="utf-8")
    assert changed.startswith(TEMPLATE)
    assert "Threshold: 2400" in changed
    again = FakeApp(FakeCloud(), tmp_path)
    assert run(again, "apply", "--template", str(file)) == 0
    assert "nothing to change" in again.stderr.getvalue()
    engine.undo(tmp_path, surroundings.settings.state_dir)
    assert file.read_text(encoding="utf-8") == TEMPLATE


def test_into_takes_the_settings_that_are_in_force(tmp_path: Path) -> None:
    """The threshold follows the deployed timeout, the names stay references."""
    file = tmp_path / "template.yaml"
    assert run(app(tmp_path), "apply", "--into", str(file)) == 0
    text = file.read_text(encoding="utf-8")
    assert "Threshold: 16000" in text
    assert "!Ref Fn" in text
    assert "1A2B" not in text


def test_a_target_is_looked_at_by_its_physical_names(tmp_path: Path) -> None:
    """Without any template."""
    surroundings = app(tmp_path)
    assert run(surroundings, "plan", "--target", "local", "--format", "json") == 0
    said = json.loads(surroundings.stdout.getvalue())["alarms"]
    assert {alarm["resource"] for alarm in said} == {"shop-Fn-1A2B"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("plan", "--template", "template.yaml", "--into", "template.yaml"), "three places"),
        (("plan", "--template", "template.yaml", "--target", "aws"), "no cloud"),
        (("plan", "--template", "template.yaml", "--only", "nothing"), "no alarm kind"),
        (("plan", "--template", "gone.yaml"), "gone.yaml"),
        (("apply", "--target", "aws"), "Alarms come from a template"),
    ],
)
def test_what_contradicts_itself_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    """With a sentence and the next command."""
    surroundings = app(tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=said):
        run(surroundings, *arguments)


def test_a_template_that_a_tool_makes_is_not_changed(tmp_path: Path) -> None:
    """The next synthesis would make it anew."""
    surroundings = app(tmp_path)
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ProjectError, match="made by the CDK"):
        run(surroundings, "apply", "--template", str(tmp_path / "template.yaml"))


def test_what_is_not_deployed_has_no_settings_in_force(tmp_path: Path) -> None:
    """Another application's cloud tells nothing of this template."""
    app(tmp_path)
    with pytest.raises(UserError, match=r"Nothing of .* is deployed"):
        run(
            FakeApp(FakeCloud(Inventory("local")), tmp_path),
            "plan",
            "--into",
            str(tmp_path / "template.yaml"),
        )


PARENT = """\
Resources:
  Fn:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.13, Handler: a.b, Timeout: 3}
  Dead: {Type: AWS::SQS::Queue}
  Inner:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: inner.yaml
      Parameters: {DeadArn: !GetAtt Dead.Arn}
  Away:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: https://bucket.s3.amazonaws.com/away.yaml}
"""
CHILD = """\
Parameters:
  DeadArn: {Type: String}
Resources:
  Fn:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.13, Handler: a.b, Timeout: 10}
  Work:
    Type: AWS::SQS::Queue
    Properties:
      RedrivePolicy: {deadLetterTargetArn: !Ref DeadArn, maxReceiveCount: 3}
"""


def test_a_nested_stack_is_a_namespace_of_its_own(tmp_path: Path) -> None:
    """A function of the same logical id has its own alarm with its own threshold, in its own file; what parameters join
    is joined, and a template that is elsewhere is named."""
    surroundings, file, inner = app(tmp_path), tmp_path / "template.yaml", tmp_path / "inner.yaml"
    file.write_text(PARENT, encoding="utf-8")
    inner.write_text(CHILD, encoding="utf-8")
    assert run(surroundings, "plan", "--template", str(file), "--format", "json") == 0
    planned = json.loads(surroundings.stdout.getvalue())["alarms"]
    both = [name for name in planned if name.endswith(": FnDurationNearTimeoutAlarm")]
    assert sorted(planned[name]["Properties"]["Threshold"] for name in both) == [2400, 8000]
    assert "nested stack Away" in surroundings.stderr.getvalue()
    assert run(surroundings, "apply", "--template", str(file)) == 0
    assert "Threshold: 2400" in file.read_text(encoding="utf-8")
    assert "DeadDeadLettersAlarm" in file.read_text(encoding="utf-8")
    assert "Threshold: 8000" in inner.read_text(encoding="utf-8")
    assert "Threshold: 2400" not in inner.read_text(encoding="utf-8")


def test_plan_proposes_a_mute_rule_where_it_is_asked_to_and_says_what_is_there(tmp_path: Path) -> None:
    """With its risk; apply does not make it."""
    surroundings, file = app(tmp_path), tmp_path / "template.yaml"
    there = "  Slo:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n      EvaluationCriteria: "
    file.write_text(f'{TEMPLATE}{there}{{PromQLCriteria: {{Query: "up == 0"}}}}\n', encoding="utf-8")
    asked = ("plan", "--template", str(file), "--only", "throttles", "--mute", "cron(0 14 * * TUE)")
    assert run(surroundings, *asked) == 0
    assert '"AlarmNames"' in surroundings.stdout.getvalue()
    told = surroundings.stderr.getvalue()
    assert "Slo evaluates PromQL, and which of these it watches is not known: up == 0" in told
    assert "tell nobody" in told
    as_json = app(tmp_path)
    assert run(as_json, *asked, "--format", "json") == 0
    assert (
        json.loads(as_json.stdout.getvalue())["mute_rules"]["DeployWindow"]["Type"] == "AWS::CloudWatch::AlarmMuteRule"
    )
    without = app(tmp_path)
    assert run(without, *asked[:-2], "--format", "json") == 0
    assert "mute_rules" not in json.loads(without.stdout.getvalue())


def test_a_log_alarm_comes_into_a_template(tmp_path: Path) -> None:
    """As a resource of its type, and is undone with the others."""
    surroundings, file = app(tmp_path), tmp_path / "template.yaml"
    surroundings._settings = replace(surroundings.settings, log_alarm_role="arn:aws:iam::1:role/alarms")
    asked = ("--template", str(file), "--only", "logged-errors")
    assert run(surroundings, "plan", *asked) == 0
    assert "> 5 lines in 5 min" in " ".join(surroundings.stdout.getvalue().split())
    assert run(surroundings, "apply", *asked) == 0
    text = file.read_text(encoding="utf-8")
    assert "Type: AWS::CloudWatch::LogAlarm" in text
    assert "/aws/lambda/${Fn}" in text
