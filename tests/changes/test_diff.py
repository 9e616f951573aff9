"""A plan reads as a unified diff that git takes."""

import shutil
import subprocess
from pathlib import Path

import pytest

from shopfast_obs.changes.diff import diff, reverse
from shopfast_obs.model.changes import FileChange, Plan

PLAN = Plan(
    "instrument",
    (
        FileChange("a.py", b"one\r\ntwo\r\n", b"one\r\n2\r\n"),
        FileChange("new.py", None, b"no newline at the end"),
        FileChange("old.py", b"gone\n", None),
        FileChange("same.py", b"same\n", b"same\n"),
    ),
)


def test_files_and_lines_are_shown_as_git_shows_them() -> None:
    """Added, removed and changed files; unchanged ones are left out."""
    text = diff(PLAN)
    assert "--- a/a.py\n+++ b/a.py\n" in text
    assert "-two\r\n+2\r\n" in text
    assert "--- /dev/null\n+++ b/new.py\n" in text
    assert "+no newline at the end\n\\ No newline at end of file\n" in text
    assert "+++ /dev/null\n" in text
    assert "same.py" not in text


def test_an_empty_plan_has_an_empty_diff() -> None:
    """Nothing to show."""
    assert diff(Plan("fix")) == ""


def test_form_feeds_do_not_end_lines() -> None:
    """Old sources carry them."""
    text = diff(Plan("x", (FileChange("a.py", b"a\x0cb\nc\n", b"a\x0cb\nd\n"),)))
    assert " a\x0cb\n-c\n+d\n" in text


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_git_applies_the_diff_and_its_reverse(tmp_path: Path) -> None:
    """The result is the plan's after, then its before again."""
    start = {change.path: change.before for change in PLAN.changes if change.before is not None}
    for name, data in start.items():
        (tmp_path / name).write_bytes(data)
    for plan in (PLAN, reverse(PLAN)):
        subprocess.run(
            ["git", "apply", "--whitespace=nowarn", "-"], cwd=tmp_path, input=diff(plan).encode(), check=True
        )
        found = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        assert found == {change.path: change.after for change in plan.changes if change.after is not None}
