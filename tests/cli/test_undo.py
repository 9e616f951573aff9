"""`undo` shows, asks, refuses, and restores."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from shopfast_obs import cli
from shopfast_obs.changes import engine
from shopfast_obs.model.changes import FileChange, Plan


@pytest.fixture
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that a command has changed from `old` to `new`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SHOPFAST_OBS_STATE", raising=False)
    (tmp_path / "a.py").write_bytes(b"old\n")
    plan = Plan("fix", (FileChange("a.py", b"old\n", b"new\n"),))
    engine.apply(plan, tmp_path, tmp_path / ".shopfast", clock=lambda: 0.0)
    return tmp_path / "a.py"


def invoke(*arguments: str) -> Result:
    """The outcome of the command line."""
    return CliRunner().invoke(cli.main, ("undo", *arguments))


def test_yes_undoes_without_asking_and_shows_the_reverse_diff(changed: Path) -> None:
    """As scripts do."""
    result = invoke("--yes")
    assert result.exit_code == 0
    assert "-new\n+old\n" in result.stdout
    assert changed.read_bytes() == b"old\n"


def test_without_a_terminal_and_without_yes_nothing_is_undone(changed: Path) -> None:
    """The diff is shown, the refusal names the command."""
    result = invoke()
    assert result.exit_code == 2
    assert "shopfast-obs undo 0001 --yes" in result.stderr
    assert changed.read_bytes() == b"new\n"


def test_a_file_that_changed_since_is_named_and_kept(changed: Path) -> None:
    """Exit code 2."""
    changed.write_bytes(b"mine\n")
    result = invoke("--yes")
    assert result.exit_code == 2
    assert "a.py has changed since" in result.stderr
    assert changed.read_bytes() == b"mine\n"


@pytest.mark.parametrize(("arguments", "sentence"), [(("7",), "no change 7"), (("x",), "no change x")])
def test_an_unknown_id_is_a_user_error(changed: Path, arguments: tuple[str, ...], sentence: str) -> None:
    """With the command that lists them."""
    result = invoke(*arguments, "--yes")
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert "--list" in result.stderr


def test_nothing_to_undo_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a fresh folder, which stays as it is."""
    monkeypatch.chdir(tmp_path)
    result = invoke("--yes")
    assert result.exit_code == 2
    assert "no change to undo" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_list_shows_what_was_changed_and_undone(changed: Path) -> None:
    """As a table and as JSON."""
    assert "1970-01-01T00:00:00Z" in invoke("--list").stdout
    assert json.loads(invoke("1", "--yes", "--format", "json").stdout) == {"undone": "0001", "files": ["a.py"]}
    (change,) = json.loads(invoke("--list", "--format", "json").stdout)["changes"]
    assert (change["id"], change["command"], change["files"]) == ("0001", "fix", ["a.py"])
    assert change["undone"] is not None
