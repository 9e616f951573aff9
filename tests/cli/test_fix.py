"""The command `fix`."""

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path

import pytest

from shopfast_obs.changes import engine
from shopfast_obs.cli import fix
from shopfast_obs.errors import UserError
from shopfast_obs.model.resources import Inventory
from shopfast_obs.parse.overlay import read
from shopfast_obs.settings import Settings
from shopfast_obs.testing import FakeCloud
from tests.cli.assembly import wired
from tests.cli.command_line import exit_code
from tests.cli.test_diagnose import FakeApp, recent
from tests.diagnose.builders import finished, function, killed, written

run = partial(exit_code, fix.command)


def app(root: Path) -> FakeApp:
    """A project whose function its timeout kills."""
    web = function("web")
    logs = recent(written(web, *(killed(n) for n in range(3)), finished(4)))
    return FakeApp(FakeCloud(Inventory("local", (web,)), logs), root)


def test_it_shows_the_change_and_writes_nothing(tmp_path: Path) -> None:
    """A dry run by default."""
    surroundings = app(tmp_path)
    assert run(surroundings) == 0
    assert '+        "MemorySize": 1024' in surroundings.stdout.getvalue()
    assert "Nothing was written. Next: the same command with --apply" in surroundings.stderr.getvalue()
    assert "1 killed" not in surroundings.stderr.getvalue()
    assert "3 killed invocations needed more than 3 s" in surroundings.stderr.getvalue()
    assert list(tmp_path.iterdir()) == []


def test_apply_writes_the_overlay_and_the_second_run_changes_nothing(tmp_path: Path) -> None:
    """What waits for a deployment is not derived again."""
    wired(app(tmp_path).settings)
    assert run(app(tmp_path), "--apply") == 0
    path = tmp_path / "cdk" / "overlay.json"
    first = path.read_bytes()
    (resource,) = read(first.decode()).resources
    assert dict(resource.properties) == {"MemorySize": 1024, "Timeout": 10}
    again = app(tmp_path)
    assert run(again, "--apply") == 0
    assert "Nothing to change." in again.stderr.getvalue()
    assert "web MemorySize, web Timeout: waits in the overlay for the next deploy" in again.stderr.getvalue()
    assert path.read_bytes() == first


def test_json_is_one_document(tmp_path: Path) -> None:
    """Changes, diff, effects, and what was left alone."""
    surroundings = app(tmp_path)
    wired(surroundings.settings)
    assert run(surroundings, "--format", "json", "--apply") == 0
    document = json.loads(surroundings.stdout.getvalue())
    assert document["applied"]
    assert {(c["property"], c["before"], c["after"]) for c in document["changes"]} == {
        ("MemorySize", 128, 1024),
        ("Timeout", 3, 10),
    }
    assert "lambda-not-traced" in {entry["what"] for entry in document["skipped"]}
    (said,) = document["predicted"]
    assert (said["function"], said["memory_mb"], said["seconds"], said["lines"], said["killed"]) == (
        ("web", 1024, 1.5, 4, 3)
    )
    assert [asdict(one) for one in engine.predicted(surroundings.settings.state_dir)] == [said]


def test_only_takes_what_one_rule_finds(tmp_path: Path) -> None:
    """Nothing else is changed."""
    surroundings = app(tmp_path)
    assert run(surroundings, "--only", "lambda-not-traced") == 0
    assert "Nothing to change." in surroundings.stderr.getvalue()


def test_a_project_without_a_cdk_app_is_told_so(tmp_path: Path) -> None:
    """Nothing would read the overlay."""
    surroundings = app(tmp_path)
    surroundings._settings = Settings(root=tmp_path)
    with pytest.raises(Exception, match="names no CDK app"):
        run(surroundings)


TEMPLATE = """\
Resources:
  Logs:
    Type: AWS::Logs::LogGroup  # kept for ever
    Properties:
      LogGroupName: /aws/lambda/web
"""


def test_a_template_is_looked_at_and_changed_without_a_cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And undone byte for byte."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE, encoding="utf-8")
    surroundings = FakeApp(FakeCloud(Inventory("local", ())), tmp_path)
    assert run(surroundings, "--template", "template.yaml", "--apply") == 0
    assert path.read_text(encoding="utf-8") == TEMPLATE.replace(
        "    Properties:\n", "    Properties:\n      RetentionInDays: 30\n"
    )
    assert "Next: deploy the template" in surroundings.stderr.getvalue()
    again = FakeApp(FakeCloud(Inventory("local", ())), tmp_path)
    assert run(again, "--template", "template.yaml", "--apply") == 0
    assert "Nothing to change." in again.stderr.getvalue()
    engine.undo(tmp_path, tmp_path / ".shopfast")
    assert path.read_text(encoding="utf-8") == TEMPLATE


@pytest.mark.parametrize(
    "said",
    [
        "      LogGroupClass: DELIVERY\n",
        "  Kept:\n    Type: AWS::Logs::AccountPolicy\n    Properties:\n      PolicyName: kept\n"
        "      PolicyType: RETENTION_POLICY\n"
        '      PolicyDocument: \'{"retentionInDays": 90, "enforcementMode": "RETROACTIVE"}\'\n',
    ],
)
def test_a_retention_that_would_be_refused_or_overridden_is_not_written(tmp_path: Path, said: str) -> None:
    """A log group of the class DELIVERY, and one in an account with a retention policy."""
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE + said, encoding="utf-8")
    surroundings = FakeApp(FakeCloud(Inventory("local", ())), tmp_path)
    assert run(surroundings, "--template", str(path), "--apply") == 0
    assert path.read_text(encoding="utf-8") == TEMPLATE + said


def test_the_evidence_of_a_cloud_goes_into_a_template(tmp_path: Path) -> None:
    """By the function's logical id."""
    path = tmp_path / "template.yaml"
    path.write_text("Resources:\n  Web:\n    Type: AWS::Lambda::Function\n    Properties:\n      FunctionName: web\n")
    assert run(app(tmp_path), "--into", str(path), "--apply") == 0
    assert "MemorySize: 1024" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("arguments", [("--live", "--into", "x"), ("--verify", "--into", "x")])
def test_one_place_at_a_time(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Said before anything is looked at."""
    with pytest.raises(UserError):
        run(app(tmp_path), *arguments)
