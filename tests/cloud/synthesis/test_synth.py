"""Synthesis runs the app once for the same inputs, and says what the app says."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from shopfast_obs.cloud.synthesis.synth import Project, synthesize
from shopfast_obs.errors import ProjectError

APP = """
import os, pathlib, sys
out = pathlib.Path(os.environ["CDK_OUTDIR"])
out.mkdir()
(out / "manifest.json").write_text("{}")
print("Warning: nobody has seen it", file=sys.stderr)
print("something else", file=sys.stderr)
"""
CURIOUS = """
import os, pathlib, sys
sys.path.append(str(pathlib.Path(__file__).parents[2] / "shared"))
import beside, common
out = pathlib.Path(os.environ["CDK_OUTDIR"])
out.mkdir()
root = pathlib.Path(__file__).parents[1]
said = [common.SAID, beside.SAID, (root / ".env").exists() and (root / ".env").read_text(),
        open(root / "dist" / "page.html").read(), sorted(os.listdir(root / ".data")), os.environ.get("SIZE"),
        os.environ.get("CDK_CONTEXT_JSON")]
try:
    said.append(open(root.parent / "shared" / "later.txt").read())
except FileNotFoundError:
    pass
(out / "manifest.json").write_text(repr(said))
"""


def app(root: Path, text: str) -> Project:
    """A project whose app is this program."""
    (root / "infra").mkdir(exist_ok=True)
    (root / "infra" / "app.py").write_text(text)
    return Project(root, "infra/app.py", root / ".state" / "cdk.out")


def test_unchanged_sources_are_not_synthesised_again(tmp_path: Path) -> None:
    """Any source of the project counts, outputs and hidden folders do not."""
    project = app(tmp_path, APP)
    heard: list[str] = []
    assert synthesize(project, heard.append)
    assert heard == ["Warning: nobody has seen it"]
    assert not synthesize(project, heard.append)
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "x").write_text("x")
    assert not synthesize(project, heard.append)
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "main.ts").write_text("x")
    assert not synthesize(replace(project, without=tmp_path / "page"), heard.append)
    (tmp_path / "service.py").write_text("x = 1")
    assert synthesize(project, heard.append)


@pytest.fixture
def curious(tmp_path: Path) -> Project:
    """An app that reads what no folder of sources holds."""
    root = tmp_path / "project"
    for folder in (root / "dist", root / ".data", root / "infra", tmp_path / "shared"):
        folder.mkdir(parents=True)
    (root / "dist" / "page.html").write_text("page")
    (root / "infra" / "beside.py").write_text("SAID = 1")
    (tmp_path / "shared" / "common.py").write_text("SAID = 1")
    return app(root, CURIOUS)


def test_nothing_that_the_app_read_is_missed(curious: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules beside and outside of it, hidden and built files, what was not there before, the environment."""
    root, shared = curious.root, curious.root.parent / "shared"
    changes: list[Callable[[], object]] = [
        lambda: (root / "infra" / "beside.py").write_text("SAID = 22"),
        lambda: (shared / "common.py").write_text("SAID = 22"),
        lambda: (root / "dist" / "page.html").write_text("another"),
        lambda: (root / ".env").write_text("SIZE=1"),
        lambda: (root / ".env").write_text("SIZE=2"),
        (root / ".data" / "more").touch,
        lambda: (shared / "later.txt").write_text("later"),
        lambda: monkeypatch.setenv("SIZE", "3"),
        lambda: (root / "requirements.txt").write_text("requests"),
        lambda: (root / "cdk.json").write_text('{"context": {"size": 4}}'),
    ]
    said = set()
    assert synthesize(curious, str)
    for number, change in enumerate(changes):
        said.add((curious.output / "manifest.json").read_text())
        change()
        assert synthesize(curious, str), number
        assert not synthesize(curious, str), number
    assert len(said) == len(changes) - 1, "requirements.txt is the only one that this app does not read"


def test_the_terminal_is_no_input(curious: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another window of another width has the same assembly."""
    assert synthesize(curious, str)
    monkeypatch.setenv("COLUMNS", "33")
    monkeypatch.setenv("TERM", "another")
    assert not synthesize(curious, str)


def test_the_context_files_are_handed_to_the_app(curious: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the CDK CLI does: cdk.json before cdk.context.json, and the environment before both."""
    (curious.root / "cdk.context.json").write_text('{"a": 1, "b": 1, "c": 1}')
    (curious.root / "cdk.json").write_text('{"context": {"a": 2, "b": 2}}')
    monkeypatch.setenv("CDK_CONTEXT_JSON", '{"a": 3}')
    synthesize(curious, str)
    assert json.dumps({"a": 3, "b": 2, "c": 1}) in (curious.output / "manifest.json").read_text()
    (curious.root / "cdk.json").write_text('{"context": []}')
    with pytest.raises(ProjectError, match=r"cdk\.json is no JSON object with a context"):
        synthesize(curious, str)


def test_what_changes_while_the_app_runs_is_synthesised_again(tmp_path: Path) -> None:
    """Nobody knows whether the app saw it."""
    project = app(tmp_path, APP + 'pathlib.Path("infra/made.txt").write_text(str(time.time_ns()))\nimport time\n')
    (tmp_path / "infra" / "app.py").write_text(
        APP + 'import time\npathlib.Path("infra/made.txt").write_text(str(time.time_ns()))\n'
    )
    assert synthesize(project, str)
    time.sleep(0.01)
    assert synthesize(project, str)


def test_a_failing_app_keeps_the_last_assembly_and_says_why(tmp_path: Path) -> None:
    """The end of its stderr is the message."""
    project = app(tmp_path, APP)
    synthesize(project, str)
    app(tmp_path, "raise ValueError('no such table')")
    with pytest.raises(ProjectError, match="no such table"):
        synthesize(project, str)
    assert (project.output / "manifest.json").exists()


def test_a_project_without_an_app_is_told_where_to_name_it(tmp_path: Path) -> None:
    """The setting is in the hint."""
    with pytest.raises(ProjectError) as caught:
        synthesize(Project(tmp_path, "", tmp_path / "out"), os.fspath)
    assert "[tool.shopfast-obs]" in (caught.value.hint or "")
