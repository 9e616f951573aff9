"""`uninstrument` shows, applies, and can be undone like any change."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.command_line import invoke

SOURCE = "def lambda_handler(event, context):\n    print('x')\n"


@pytest.fixture
def handler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A handler that is instrumented."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SHOPFAST_OBS_STATE", raising=False)
    (tmp_path / "src").mkdir()
    path = tmp_path / "src" / "handler.py"
    path.write_text(SOURCE)
    assert invoke("instrument", "src", "--profile", "all", "--apply").exit_code == 0
    return path


def test_it_shows_first_and_changes_nothing(handler: Path) -> None:
    """As every command that changes something does."""
    before = handler.read_text()
    result = invoke("uninstrument", "src")
    assert result.exit_code == 0
    assert "-@observed\n" in result.stdout
    assert "--apply" in result.stderr
    assert handler.read_text() == before


def test_it_keeps_later_work_and_is_itself_undone(handler: Path) -> None:
    """Recorded like any other change."""
    changed = f"{handler.read_text()}\n\nEND = 1\n"
    handler.write_text(changed)
    result = invoke("uninstrument", "src", "--apply", "--format", "json")
    assert json.loads(result.stdout)["files"] == [{"path": str(handler), "status": "changed", "reason": ""}]
    assert handler.read_text() == f"{SOURCE}\n\nEND = 1\n"
    assert invoke("uninstrument", "src").stderr.startswith("Nothing of instrument's")
    assert invoke("undo", "--yes").exit_code == 0
    assert handler.read_text() == changed


def test_what_it_cannot_take_out_is_a_finding(handler: Path) -> None:
    """With the reason, and exit code 1."""
    handler.write_text(handler.read_text().replace("logger.info('x')", "logger.info('y')").replace('"x"', '"y"'))
    result = invoke("uninstrument", "src", "--apply")
    assert result.exit_code == 1
    assert "have been changed since" in result.stderr


def test_files_outside_of_the_project_come_back_from_where_they_are(
    handler: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the folder they share is above the project."""
    project, other = tmp_path / "project", tmp_path / "other"
    project.mkdir()
    other.mkdir()
    for folder in (project, other):
        (folder / "handler.py").write_text(SOURCE)
    monkeypatch.chdir(project)
    (project / "pyproject.toml").write_text('[tool.shopfast-obs]\nstate = ".shopfast"\n')
    assert invoke("instrument", ".", "../other", "--apply").exit_code == 0
    assert (other / "handler.py").read_text() != SOURCE
    assert invoke("undo", "--yes").exit_code == 0
    assert (other / "handler.py").read_text() == (project / "handler.py").read_text() == SOURCE


def test_without_the_journal_it_never_says_that_a_file_is_without_what_it_imports(
    handler: Path, tmp_path: Path
) -> None:
    """A fresh clone: the logger stays with the lines that use it, and that is a finding."""
    shutil.rmtree(tmp_path / ".shopfast")
    result = invoke("uninstrument", "src", "--apply")
    assert result.exit_code == 1
    assert "Taken out of 0 files" in result.stderr
    assert "still needs Powertools" in result.stderr
    assert "observed" not in handler.read_text()
