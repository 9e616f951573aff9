"""The folder in which commands keep what they did."""

import subprocess
from pathlib import Path

from shopfast_obs.changes.journal import Journal
from shopfast_obs.state import make_state_folder


def test_git_leaves_alone_what_a_command_keeps(tmp_path: Path) -> None:
    """The journal has copies of sources; nobody commits them by accident."""
    state = tmp_path / ".shopfast"
    with Journal(state).lock():
        (state / "journal" / "copy").write_text("x")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    said = subprocess.run(["git", "status", "--porcelain", "-uall"], cwd=tmp_path, check=True, capture_output=True)
    assert said.stdout == b""


def test_a_folder_that_was_there_stays_as_it_is(tmp_path: Path) -> None:
    """SHOPFAST_OBS_STATE may name somebody's own."""
    make_state_folder(tmp_path)
    assert list(tmp_path.iterdir()) == []
