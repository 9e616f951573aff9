"""The content of files that a user names, within bounds: size, size unpacked, and patience with a pipe."""

from __future__ import annotations

import io
import os
import select
import stat
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from shopfast_obs.errors import UserError
from shopfast_obs.parse.unpacking import GZIP, TooLargeError, unpacked, unpacked_otherwise

MOST_BYTES = 256_000_000  # of a file as it lies there, a pipe or a device, or unpacked; in memory it takes twice that
PATIENCE = 20.0  # seconds in which a pipe has to give something
_STEP = 1 << 20
_WORKBOOK = "xl/workbook.xml"
_ZIP = b"PK\x03\x04"


def content(path: Path) -> bytes:
    """The bytes of a file, a pipe (`<(command)`) or a device; raises UserError for more than may be, and for a pipe
    that stays silent. A pipe gives its bytes once, so they are kept."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return piped(path)
        if status.st_size > MOST_BYTES:
            message = f"{path} has {status.st_size:,} bytes, {MOST_BYTES:,} are read at most."
            raise UserError(
                message, f"Split it, and name the parts: split -l 500000 {path} part. (one JSON document: jq -c)"
            )
        return path.read_bytes()
    except OSError as problem:
        raise UserError(f"{path} cannot be read: {problem.strerror}.", "Name a file that can be read.") from None


def files(path: Path, problems: list[str]) -> Iterator[tuple[Path, bytes]]:
    """The file with its content, unpacked, or each file of a zip archive; one that cannot be read is named in
    `problems`."""
    found = plain(path, problems)
    if found is None:
        return
    if not found.startswith(_ZIP):
        yield path, found
        return
    try:
        with zipfile.ZipFile(io.BytesIO(found)) as archive:
            if _WORKBOOK in archive.namelist():
                _tell(problems, f"{path}: it looks like a workbook, which this command does not read. Save it as CSV")
                return
            yield from _members(path, archive, problems)
    except (zipfile.BadZipFile, OSError) as problem:
        _tell(problems, f"{path} is no zip archive that can be read ({problem}). Copy it again from where it came.")


def _members(path: Path, archive: zipfile.ZipFile, problems: list[str]) -> Iterator[tuple[Path, bytes]]:
    left = MOST_BYTES
    for member in archive.infolist():
        name = path / member.filename.lstrip("/").replace("..", "_")
        if member.is_dir() or name.name.startswith("."):
            continue
        try:
            with archive.open(member) as file:
                found = file.read(left + 1)
            if len(found) > left:
                raise TooLargeError
            left -= len(found)
            yield name, _plain(name, found, problems)
        except TooLargeError:
            _tell(problems, f"{path} holds more than {MOST_BYTES:,} bytes unpacked. Unpack it, and name the folder.")
            return
        except UserError as problem:
            _tell(problems, f"{problem.message} {problem.hint}")
        except (RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error, EOFError) as problem:
            _tell(problems, f"{name}: it cannot be unpacked ({problem}). Unpack the archive, and name the folder.")


def plain(path: Path, problems: list[str]) -> bytes | None:
    """The content, unpacked where it is gzip, bzip2 or xz. A file that cannot be read, or only in part, is named in
    `problems` with what to do: of many files one must not hide the others; None for one that cannot be read at all."""
    try:
        return _plain(path, content(path), problems)
    except UserError as problem:
        _tell(problems, f"{problem.message} {problem.hint}")
        return None


def _plain(path: Path, packed: bytes, problems: list[str]) -> bytes:
    try:
        found, whole = unpacked_otherwise(packed, MOST_BYTES) or (packed, True)
        if packed.startswith(GZIP):
            found, whole = unpacked(packed, MOST_BYTES)
    except TooLargeError:
        message = f"{path} holds more than {MOST_BYTES:,} bytes unpacked, from {len(packed):,}."
        raise UserError(message, f"If you trust it, unpack it first: gunzip -k {path}") from None
    except zlib.error as problem:
        raise UserError(
            f"{path} is no gzip that can be read ({problem}).", "Copy it again from where it came."
        ) from None
    if not whole:
        _tell(problems, f"{path}: its archive ends in the middle or is damaged; what came before is read")
    return found


def _tell(problems: list[str], problem: str) -> None:
    """Once, although files are read several times."""
    if problem not in problems:
        problems.append(problem)


def is_pipe(path: Path) -> bool:
    """True for what gives its bytes once: `<(command)`, a named pipe."""
    return path.is_fifo()


def piped(path: Path) -> bytes:
    """What comes out of a pipe or a device; raises UserError for more than may be, and for one that stays silent."""
    found = _once(path)
    if isinstance(found, UserError):
        raise found
    return found


@cache
def _once(path: Path) -> bytes | UserError:
    """What comes out of a pipe, or why it was not read to its end; asked again, it would wait again."""
    found = bytearray()
    pipe = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        while part := _part(path, pipe):
            found += part
            if len(found) > MOST_BYTES:
                message = f"{path} gives more than {MOST_BYTES:,} bytes."
                return UserError(message, "Write them to a file, and name that.")
    except UserError as problem:
        return problem
    finally:
        os.close(pipe)
    return bytes(found)


def _part(path: Path, pipe: int) -> bytes:
    """The next bytes; none at the end. A pipe that nobody has opened yet is no end."""
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    if not poll.poll(PATIENCE * 1000):
        raise UserError(
            f"{path} is a pipe, and nothing came out of it for {PATIENCE:.0f} s.",
            "Write to a file first, and name that.",
        )
    return os.read(pipe, _STEP)
