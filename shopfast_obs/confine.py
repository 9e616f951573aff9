"""Where a path that stands in a file may lead: into the project, to a regular file or a folder, and no further."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from shopfast_obs.errors import UserError

MOST_BYTES = 50_000_000  # of one file that people write
HINT = "A file may only name places inside of its own project."


@dataclass(frozen=True, slots=True)
class Refused:
    """A place that is not opened, and why."""

    reason: str


def project(folder: Path, *around: Path) -> Path:
    """The folder that bounds what a file in `folder` may name: the outermost of that folder, the top of its git
    checkout, and those of `around` that hold it. The user's home and what lies above it never bound anything."""
    here = folder.resolve()
    tops = [parent for parent in (here, *here.parents) if (parent / ".git").exists()][:1]
    wider = [path for path in (*tops, *(path.resolve() for path in around)) if here.is_relative_to(path)]
    return min((here, *(path for path in wider if not _everything(path))), key=lambda path: len(path.parts))


def within(root: Path, folder: Path, said: str) -> Path | Refused:
    """The real path of what `said` names from `folder`, also where nothing is there yet; or why it is not opened: it
    leads outside of `root`, by itself or by a link, or it is a device, a pipe or a socket."""
    base = root.resolve()
    try:
        path = (folder / said).resolve()
        if not path.is_relative_to(base):
            return Refused(f"{said} leads outside of {base}")
        if path.exists() and not (path.is_file() or path.is_dir()):
            return Refused(f"{said} is neither a file nor a folder")
    except (OSError, RuntimeError, ValueError) as problem:  # a name too long, links in a circle, a null character
        return Refused(f"{said[:200]} cannot be opened: {getattr(problem, 'strerror', None) or problem}")
    return path


def inside(root: Path, said: str, asked: str) -> Path:
    """The real path of what `said` names below `root`; raises UserError, which names the file that asked for it."""
    path = within(root, root, said)
    if isinstance(path, Refused):
        raise UserError(f"{asked} names a place that is not opened: {path.reason}.", HINT)
    return path


def content(path: Path, most: int = MOST_BYTES) -> bytes:
    """The bytes of a regular file; raises OSError for anything else (reading a pipe would wait for ever, a device never
    ends) and for a file of more than so many bytes."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        kind = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(kind):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(kind):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"it has more than {most / 1e6:g} MB", str(path))
    return data


@dataclass
class Walk:
    """The regular files below a folder, in a stable order. Iterating stops at the bounds, and `stopped` says at which.

    Links to folders are not followed, links to files only where they lead into `around`. Folders and files whose name
    `skip` takes are left out.
    """

    folder: Path
    skip: Callable[[str], bool] = field(default=lambda _: False)
    around: Path | None = None
    entries: int = 50_000
    depth: int = 40
    bytes: int = 500_000_000
    seconds: float = 15.0
    clock: Callable[[], float] = time.monotonic
    stopped: str = ""
    odd: list[Path] = field(default_factory=list)  # links that lead elsewhere, devices, pipes
    closed: list[OSError] = field(default_factory=list)  # folders that the system does not open

    def __iter__(self) -> Iterator[Path]:
        """The files."""
        self.stopped = ""
        seen = size = 0
        ends = self.clock() + self.seconds
        for here, folders, names in os.walk(self.folder, onerror=self.closed.append):
            folders[:] = sorted(name for name in folders if not self.skip(name))
            if len(Path(here).relative_to(self.folder).parts) >= self.depth and folders:
                folders.clear()
                self.stopped = f"folders more than {self.depth} levels deep were not read"
            seen += len(folders)
            for name in sorted(name for name in names if not self.skip(name)):
                seen += 1
                path = Path(here, name)
                size += (found := self._size(path)) or 0
                if reason := self._bound(seen, size, ends):
                    self.stopped = reason
                    return
                if found is not None:
                    left = self.clock()
                    yield path
                    ends += self.clock() - left  # what is done with a file is no reading of the folder
                else:
                    self.odd.append(path)

    def _size(self, path: Path) -> int | None:
        """The bytes of a file that may be read; None for anything else."""
        if self.around is not None and path.is_symlink():
            real = within(self.around, path.parent, path.name)
            return None if isinstance(real, Refused) else _size(real)
        return _size(path)

    def _bound(self, seen: int, size: int, ends: float) -> str:
        """The bound that is reached; empty while none is."""
        if seen > self.entries:
            return f"it has more than {self.entries} entries; the first ones were read"
        if size > self.bytes:
            return f"it has more than {self.bytes / 1e6:g} MB; the first ones were read"
        return f"reading it took more than {self.seconds:g} s; the first files were read" if self.clock() > ends else ""


def _size(path: Path) -> int | None:
    """The bytes of a regular file; None for anything else, links among it."""
    with suppress(OSError):
        found = path.lstat()
        return found.st_size if stat.S_ISREG(found.st_mode) else None
    return None


def _everything(folder: Path) -> bool:
    """True for the user's home and what lies above it: too much for one project."""
    with suppress(OSError, RuntimeError):
        return Path.home().resolve().is_relative_to(folder)
    return folder.parent == folder
