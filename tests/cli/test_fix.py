"""The command `fix`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from shopfast_obs.cli import fix
from shopfast_obs.model.resources import Inventory
from shopfast_obs.parse.overlay import read
from shopfast_obs.settings import Settings
from shopfast_obs.testing import FakeCloud
from tests.cli.test_diagnose import FakeApp, recent
from tests.diagnose.builders import finished, function, killed, written


def app(root: Path) -> FakeApp:
    """A project whose function its timeout kills."""
    web = function("web")
    logs = recent(written(web, *(killed(n) for n in range(3)), finished(4)))
    return FakeApp(FakeCloud(Inventory("local", (web,)), logs), root)


def run(surroundings: FakeApp, *arguments: str) -> int:
    """The exit code of `fix` with these arguments."""
    result = CliRunner().invoke(fix.command, arguments, obj=surroundings)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code


def test_it_shows_the_change_and_writes_nothing(tmp_path: Path) -> None:
    """A dry run by default."""
    surroundings = app(tmp_path)
    assert run(surroundings) == 0
    assert '+        "MemorySize": 1024' in surroundings.stdout.getvalue()
    assert "Nothing was written. Next: shopfast-obs fix --apply" in surroundings.stderr.getvalue()
    assert "1 killed" not in surroundings.stderr.getvalue()
    assert "3 killed invocations needed more than 3 s" in surroundings.stderr.getvalue()
    assert list(tmp_path.iterdir()) == []


def test_apply_writes_the_overlay_and_the_second_run_changes_nothing(tmp_path: Path) -> None:
    """What waits for a deployment is not derived again."""
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
    assert run(surroundings, "--format", "json", "--apply") == 0
    document = json.loads(surroundings.stdout.getvalue())
    assert document["applied"]
    assert {(c["property"], c["before"], c["after"]) for c in document["changes"]} == {
        ("MemorySize", 128, 1024),
        ("Timeout", 3, 10),
    }
    assert "lambda-not-traced" in {entry["what"] for entry in document["skipped"]}


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
