"""One deployment of a project at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shopfast_obs import confine
from shopfast_obs.errors import BusyError
from shopfast_obs.state import make_state_folder


@contextmanager
def held(path: Path, what: str) -> Iterator[None]:
    """Hold the lock file while the block runs; raises BusyError when another process does. A dead holder lets go."""
    import fcntl

    make_state_folder(path.parent)
    confine.inside(path.parent, path.name, "the state folder")  # a link that came with a checkout would be emptied
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise BusyError(
                f"Another {what} of this project is running (process {file.read().strip() or 'unknown'}).",
                "Wait for it, then run the command again.",
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)
