"""One command as a process."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import anyio
import pytest

from shopfast_obs.errors import UserError
from shopfast_obs.mcp import process
from shopfast_obs.mcp.process import Ran


def run(program: str, folder: Path, seconds: float = 30.0, most: int = 10_000) -> Ran:
    """How a small program ended."""
    return anyio.run(process.run, (sys.executable, "-S", "-c", program), folder, seconds, most)


def test_both_streams_and_the_exit_code(tmp_path: Path) -> None:
    """In the folder, with nothing on standard input."""
    program = "import os, sys; print(os.getcwd(), sys.stdin.read()); sys.stderr.write('beside'); sys.exit(4)"
    assert run(program, tmp_path) == Ran(4, f"{tmp_path} \n".encode(), "beside")


def test_a_command_whose_time_is_over_is_ended_with_what_it_started(tmp_path: Path) -> None:
    """One sentence, and no process is left that would write later."""
    child = "import time; time.sleep(1); open('late', 'w')"
    program = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {child!r}]); time.sleep(60)"
    with pytest.raises(UserError, match=r"more than 0\.5 s"):
        run(program, tmp_path, 0.5)
    time.sleep(1.5)
    assert not (tmp_path / "late").exists()


def test_a_document_that_is_too_large_is_not_kept(tmp_path: Path) -> None:
    """Asking for less helps."""
    with pytest.raises(UserError, match=r"more than 0\.01 MB") as told:
        run("print('x' * 50_000)", tmp_path)
    assert "Ask for less" in str(told.value.hint)
