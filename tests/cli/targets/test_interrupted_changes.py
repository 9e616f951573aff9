"""A change that was interrupted: told by who reads, taken back by who changes, refused by who deploys."""

from dataclasses import replace
from pathlib import Path

import pytest

from shopfast_obs.changes import engine
from shopfast_obs.changes.journal import Journal
from shopfast_obs.model.changes import FileChange, Plan
from tests.cli.command_line import invoke

HANDLER = "def handler(event, context):\n    return 1\n"


@pytest.fixture
def half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose file was changed by a command that died before it could say so."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SHOPFAST_OBS_STATE", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    (tmp_path / "pyproject.toml").write_text("[tool.shopfast-obs]\napp = 'app.py'\nservices = ['src']\n")
    (tmp_path / "app.py").write_text("open('ran', 'w').close()\n")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_text(HANDLER)
    change = FileChange("src/a.py", HANDLER.encode(), f"# half\n{HANDLER}".encode())
    engine.apply(Plan("instrument", (change,)), tmp_path, tmp_path / ".shopfast")
    journal = Journal(tmp_path / ".shopfast")
    (record,) = journal.records()
    journal.write(replace(record, status="applying"))
    return tmp_path


def tree(root: Path) -> dict[str, bytes]:
    """Every file with its bytes."""
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",),
        ("diagnose",),
        ("report", "errors"),
        ("alarms", "plan"),
        ("fix",),
        ("instrument", "src"),
        ("instrument", "src", "--check"),
        ("uninstrument", "src"),
        ("undo", "--list"),
    ],
    ids=" ".join,
)
def test_who_reads_tells_of_it_and_changes_nothing(half: Path, arguments: tuple[str, ...]) -> None:
    """With the command that takes it back."""
    before = tree(half)
    result = invoke(*arguments)
    assert "Change 0001 (instrument) was interrupted" in result.stderr
    assert "shopfast-obs undo" in result.stderr
    assert tree(half) == before


def test_deploy_refuses_before_anything_runs(half: Path) -> None:
    """A half changed tree is not shipped."""
    result = invoke("deploy")
    assert result.exit_code == 2
    assert "was interrupted" in result.stderr
    assert not (half / "ran").exists()


@pytest.mark.parametrize(
    "arguments", [("instrument", "src", "--apply", "--no-prove"), ("uninstrument", "src", "--apply")]
)
def test_who_changes_takes_it_back_first(half: Path, arguments: tuple[str, ...]) -> None:
    """And says so."""
    result = invoke(*arguments)
    assert "had been interrupted; it is taken back" in result.stderr
    assert b"# half" not in (half / "src" / "a.py").read_bytes()


def test_undo_takes_back_the_interrupted_change_alone(half: Path) -> None:
    """The one before it stays in force."""
    invoke("undo")
    (half / "b.py").write_text("old")
    engine.apply(Plan("fix", (FileChange("b.py", b"old", b"new"),)), half, half / ".shopfast")
    change = FileChange("src/a.py", HANDLER.encode(), b"half")
    engine.apply(Plan("instrument", (change,)), half, half / ".shopfast")
    journal = Journal(half / ".shopfast")
    journal.write(replace(journal.records()[-1], status="applying"))
    result = invoke("undo")
    assert result.exit_code == 0
    assert "Change 0003 (instrument) is undone: 1 file is as before." in result.stderr
    assert (half / "src" / "a.py").read_text() == HANDLER
    assert (half / "b.py").read_text() == "new"
