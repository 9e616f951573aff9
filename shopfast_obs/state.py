"""The folder in which commands keep what they did and run."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

IGNORED = "# What shopfast-obs keeps here is of this machine; none of it belongs into a repository.\n*\n"


def make_state_folder(folder: Path) -> None:
    """Make the folder where it is not there yet, and let git leave it alone, as caches do. One that somebody else made
    stays as it is."""
    if folder.exists():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(OSError):  # nothing depends on it
        (folder / ".gitignore").write_text(IGNORED, encoding="utf-8")
