"""One deployment at a time, and a dead one lets go."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from shopfast_obs.cloud.lock import held
from shopfast_obs.errors import BusyError


def test_a_second_holder_is_refused_by_name(tmp_path: Path) -> None:
    """The message names the process that holds it."""
    program = (
        "import sys, pathlib; from shopfast_obs.cloud.lock import held\n"
        "with held(pathlib.Path(sys.argv[1]), 'deployment'): print('in', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    with pytest.raises(BusyError, match=rf"deployment .*process {holder.pid}"), held(tmp_path / "lock", "deployment"):
        pass
    holder.kill()
    holder.communicate()
    with held(tmp_path / "lock", "deployment"):
        pass
