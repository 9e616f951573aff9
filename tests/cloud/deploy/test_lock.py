"""One deployment at a time, and a dead one lets go."""

import subprocess
import sys
from pathlib import Path

import pytest

from shopfast_obs.cloud.deploy.lock import held
from shopfast_obs.errors import BusyError, UserError


def test_a_second_holder_is_refused_by_name(tmp_path: Path) -> None:
    """The message names the process that holds it."""
    program = (
        "import sys, pathlib; from shopfast_obs.cloud.deploy.lock import held\n"
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


def test_a_lock_that_is_a_link_to_elsewhere_is_refused(tmp_path: Path) -> None:
    """A checkout may bring one; the file behind it would be emptied."""
    (tmp_path / "mine").write_text("precious")
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "lock").symlink_to(tmp_path / "mine")
    with pytest.raises(UserError, match="leads outside"), held(tmp_path / "state" / "lock", "deployment"):
        pass
    assert (tmp_path / "mine").read_text() == "precious"
