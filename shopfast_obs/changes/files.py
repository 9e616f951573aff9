"""Files of a project: paths that stay inside it, and writes that are whole or not at all."""

from __future__ import annotations

import glob
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from shopfast_obs import confine
from shopfast_obs.errors import UserError

LARGEST = 1_000_000_000  # bytes of a file that a plan may change


def inside(root: Path, relative: str) -> Path:
    """The real file behind a path of the project; raises UserError when it, or a link on the way, leads outside."""
    path = confine.within(root, root, relative)
    if isinstance(path, confine.Refused) or path == root.resolve():
        reason = path.reason if isinstance(path, confine.Refused) else f"{relative} is the project itself"
        raise UserError(f"{reason}, so it is left alone.", "Name the real file's folder instead.")
    return path


def content(path: Path) -> bytes | None:
    """The bytes of a file, or None when there is none; raises UserError when it is something else or unreadable."""
    try:
        return confine.content(path, LARGEST)
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise UserError(f"{path} cannot be read: {problem.strerror}.", "Mend it, then run the command again.") from None


def mode(path: Path) -> int | None:
    """The permission bits of a file, or None when there is none."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return None


def writable(path: Path) -> bool:
    """False for a file that its owner has made read-only, also when the user could override that."""
    bits = mode(path)
    return bits is None or bool(bits & stat.S_IWUSR)


def write(path: Path, data: bytes, bits: int | None = None) -> None:
    """Replace a file in one step: readers see the old or the new bytes, and after a return they are on the disk."""
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), _default_mode() if bits is None else bits)
            _keep_owner(path, file.fileno())
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    sync(path.parent)


def drop_unfinished(path: Path) -> None:
    """Remove what a write of this file left that was killed before it came to its end; `*` stands for all files."""
    name = path.name if path.name == "*" else glob.escape(path.name)
    for left in path.parent.glob(f".{name}.*.new"):
        left.unlink(missing_ok=True)


def remove(path: Path) -> None:
    """Remove a file; no error when it is gone already."""
    path.unlink(missing_ok=True)
    if path.parent.is_dir():
        sync(path.parent)


def sync(folder: Path) -> None:
    """Make the names in a folder durable, where the system can do that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _default_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _keep_owner(path: Path, descriptor: int) -> None:
    """A file that root changes for somebody stays theirs."""
    with suppress(OSError, AttributeError):
        owner = path.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
