"""The Python files of an application, by their places alone: nothing is parsed for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from shopfast_obs import confine
from shopfast_obs.model.changes import Skipped

IGNORED = {"node_modules", "__pycache__", "venv", "env", "site-packages", "cdk.out", "build", "dist", "tests", "test"}


def python_files(path: Path, skipped: list[Skipped] | None = None) -> Iterator[Path]:
    """The Python files below a folder in a stable order, without tests and what others installed; a bound that is
    reached is told in `skipped`."""
    if path.is_file():
        yield path
        return
    walk = confine.Walk(path, skip=lambda name: name in IGNORED or name.startswith("."), around=confine.project(path))
    for file in walk:
        if file.suffix == ".py" and not file.name.startswith("test_") and not file.name.endswith("_test.py"):
            yield file
    if skipped is not None:
        skipped += [
            Skipped(str(file), "it is no regular file of the project", unread=True)
            for file in walk.odd
            if file.suffix == ".py"
        ]
        skipped += [Skipped(str(one.filename), refused(one), unread=True) for one in walk.closed]
        if walk.stopped:
            skipped.append(Skipped(str(path), walk.stopped, unread=True))


def refused(problem: OSError) -> str:
    """Why the system does not give a file or folder."""
    return f"it cannot be read: {problem.strerror}"
