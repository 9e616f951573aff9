"""A foreign process ends with its time, and so does all that it started."""

import fcntl
import os
import sys
import time
from pathlib import Path

from shopfast_obs.cli.application_tests import process

HOLDER = """
import fcntl, sys, time
file = open(sys.argv[1], 'w')
fcntl.flock(file, fcntl.LOCK_EX)
print('held', flush=True)
time.sleep(600)
"""
STARTER = "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', sys.argv[1], sys.argv[2]])\n"
WAITS = f"{STARTER}import time\ntime.sleep(600)\n"
LEAVES = f"{STARTER}import time\nwhile not open(sys.argv[2]).read():\n    time.sleep(0.05)\n"


def free(path: Path) -> bool:
    """True when nobody holds the file within five seconds."""
    with path.open("a") as file:
        for _ in range(50):
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0.1)
            else:
                return True
    return False


def test_what_a_run_started_ends_with_its_time(tmp_path: Path) -> None:
    """A child of the tests that they did not end themselves."""
    lock = tmp_path / "lock"
    done = process.run((sys.executable, "-c", WAITS, HOLDER, str(lock)), tmp_path, os.environ, 4)
    assert done.code is None
    assert "held" in done.output
    assert free(lock)


def test_what_a_run_leaves_behind_ends_with_it(tmp_path: Path) -> None:
    """A server that tests have started and forgotten."""
    lock = tmp_path / "lock"
    lock.touch()
    holder = HOLDER.replace("print('held', flush=True)", "file.write('held')\nfile.flush()")
    done = process.run((sys.executable, "-c", LEAVES, holder, str(lock)), tmp_path, os.environ, 60)
    assert done.code == 0
    assert free(lock)


def test_only_the_end_of_a_long_output_is_kept(tmp_path: Path) -> None:
    """Whatever a run prints, it fits."""
    code = "import sys\nsys.stdout.write('x' * 1_000_000 + 'end')\n"
    done = process.run((sys.executable, "-c", code), tmp_path, os.environ, 60)
    assert done.code == 0
    assert len(done.output) == process.OUTPUT
    assert done.output.endswith("end")
