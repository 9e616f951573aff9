"""Files that can still be replaced when the disk is full: the space for the next version is allocated beforehand.

Each file has a spare beside it, larger than the file by a headroom. A new version is written into the spare, a spare
for the version after it is allocated, and only then the new version takes the file's name. When no further spare can be
had, the caller is told, accepts nothing more, and puts what it has accepted into the spare that it still owns.
"""

from __future__ import annotations

import os
from pathlib import Path

GROWTH = 4  # a spare is larger than what was written last by a quarter,
LEAST_GROWTH = 64 << 10  # or by this many bytes, or by what the caller asks for


class ReservedFiles:
    """The files of one folder, by name. Not for several threads at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reserved: set[str] = set()

    def reserve(self, name: str, growth: int = LEAST_GROWTH) -> None:
        """Own the space for the next version of a file; raises OSError when there is none."""
        if name in self._reserved:
            return
        spare = self._spare(name)
        if not spare.exists():
            self._allocate(spare, _with_growth(_size(self._file(name)), growth))
        self._reserved.add(name)

    def put(self, name: str, content: bytes, growth: int = LEAST_GROWTH) -> None:
        """Replace a file and reserve the space for its next version; raises OSError, and then the file is as before
        and the space that was reserved for it still is."""
        spare, coming = self._spare(name), self._folder / f".{name}.coming"
        self._reserved.discard(name)  # somebody may have tidied the folder up
        self.reserve(name, growth)
        with spare.open("r+b") as file:
            file.write(content)
            file.flush()
            self._allocate(coming, _with_growth(len(content), growth))
            file.truncate()
        spare.replace(self._file(name))
        coming.replace(spare)

    def put_last(self, name: str, content: bytes) -> None:
        """Replace a file with the space that is reserved for it, and reserve none; raises OSError."""
        self._reserved.discard(name)
        spare = self._spare(name)
        with spare.open("r+b" if spare.exists() else "xb") as file:
            file.write(content)
            file.truncate()
        spare.replace(self._file(name))

    def _file(self, name: str) -> Path:
        return self._folder / name

    def _spare(self, name: str) -> Path:
        return self._folder / f".{name}.spare"

    def _allocate(self, path: Path, size: int) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                os.posix_fallocate(descriptor, 0, size)
            finally:
                os.close(descriptor)
        except OSError:
            path.unlink(missing_ok=True)
            raise


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _with_growth(size: int, growth: int) -> int:
    return size + max(size // GROWTH, growth)
