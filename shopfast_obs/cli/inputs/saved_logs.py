"""Saved logs that are searched: of large files of text lines only the parts around hits, all events of the others."""

from __future__ import annotations

import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from shopfast_obs.cli.inputs import saved_traces
from shopfast_obs.cli.inputs.bounded_files import MOST_BYTES
from shopfast_obs.parse.unpacking import GZIP

if TYPE_CHECKING:
    from types import TracebackType

    from shopfast_obs.model.telemetry import LogEvent
    from shopfast_obs.parse.logs.correlation import Wanted
    from shopfast_obs.parse.logs.excerpts import Excerpts

_HEAD = 1 << 16  # bytes that tell whether a file is text lines
_STEP = 1 << 20
_REQUESTS = 8  # that are looked for one by one; for more the whole file is read


class SavedLogs:
    """The files of some paths, open for a search. `groups` are all log groups that they have, `problems` what could not
    be read."""

    def __init__(self, paths: Sequence[Path], holds: Callable[[str], bool], problems: list[str]) -> None:
        self._holds, self._problems = holds, problems
        self._files = saved_traces.files(paths, problems)
        self.groups: dict[str, None] = {}
        self._open = ExitStack()

    def __enter__(self) -> SavedLogs:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open.close()

    def events(self, wanted: Wanted, context: int) -> list[LogEvent]:
        """Every event that the search can need, in the order of the files; of those without a hit none."""
        from shopfast_obs.parse.logs.correlation import requests_of

        texts = _texts(wanted)
        parts = self._searched(texts, context)
        near = {file: self._tried(file, parts) for file in self._files}
        requests = requests_of((event for file in self._files for event in near[file]), wanted)
        more = [text for request in requests if (text := request.encode()) not in texts]
        for file in list(parts):
            if more and (len(more) > _REQUESTS or not _kept(parts[file], more)):
                del parts[file]
                near[file] = self._all(file)
            elif more:
                near[file] = self._tried(file, parts)
        return [event for file in self._files for event in near[file]]

    def clear(self) -> list[tuple[str, BinaryIO]] | None:
        """The files with their groups, each of another; None where one is no file of which parts can tell."""
        found = [(saved_traces.group_of(file), self._lines(file)) for file in self._files]
        opened = [(group, file) for group, file in found if file is not None]
        return opened if opened and len(opened) == len(found) == len(dict(opened)) else None

    def _searched(self, texts: Sequence[bytes], context: int) -> dict[Path, Excerpts]:
        """The files of which parts are enough, with the parts around the texts."""
        from shopfast_obs.parse.logs.excerpts import Excerpts, UnclearError

        found: dict[Path, Excerpts] = {}
        alike = Counter(saved_traces.group_of(file) for file in self._files)
        for file in self._files if texts else ():
            group = saved_traces.group_of(file)
            content = self._lines(file) if alike[group] == 1 else None
            if content is None:
                continue
            try:
                excerpts = Excerpts(group, content)
                if self._holds(group):
                    for text in texts:
                        excerpts.keep(text, context)
            except UnclearError:
                continue
            self.groups[group] = None
            found[file] = excerpts
        return found

    def _tried(self, file: Path, parts: dict[Path, Excerpts]) -> list[LogEvent]:
        from shopfast_obs.parse.logs.excerpts import UnclearError

        if file in parts:
            try:
                return parts[file].events()
            except UnclearError:
                del parts[file]
        return self._all(file)

    def _all(self, file: Path) -> list[LogEvent]:
        events = list(saved_traces.saved_events([file], self._problems, only_logs=True))
        self.groups |= dict.fromkeys(event.group for event in events)
        return [event for event in events if self._holds(event.group)]

    def _lines(self, file: Path) -> BinaryIO | None:
        """The file where it is nothing but lines of text, each with its time; unpacked where it is gzip."""
        from shopfast_obs.parse.logs import excerpts

        try:
            if not file.is_file() or saved_traces.stream_of(file):
                return None
            content: BinaryIO = self._open.enter_context(file.open("rb"))
            head = content.read(_HEAD)
            if head.startswith(GZIP):
                content.seek(0)
                content = cast("BinaryIO", self._open.enter_context(tempfile.TemporaryFile()))  # noqa: SIM115
                head = _unpacked(file, content)
        except (OSError, zlib.error, EOFError):
            return None
        return content if excerpts.is_clear(head) else None


def around(parts: Sequence[Excerpts], wanted: Wanted, start: float, end: float, context: int) -> Iterator[LogEvent]:
    """The events of that time that a search can need, of these files. Raises UnclearError where all of them would have
    to be read."""
    from shopfast_obs.parse.logs.correlation import requests_of
    from shopfast_obs.parse.logs.excerpts import UnclearError

    texts = [text.encode() for text in wanted.texts]
    if not all(text.isascii() for text in wanted.texts):
        raise UnclearError
    for one in parts:
        one.only(start, end)
        for text in texts:
            one.keep(text, context)
    found = [event for one in parts for event in one.events() if start <= event.timestamp <= end]
    more = [text for request in requests_of(found, wanted) if (text := request.encode()) not in texts]
    for one in parts:
        for text in more:
            one.keep(text)
    return (event for one in parts for event in one.events() if start <= event.timestamp <= end)


def _unpacked(file: Path, into: BinaryIO) -> bytes:
    """Write what the gzip holds, as far as it may; gives its beginning. Raises zlib.error, and EOFError for one that
    does not end or holds too much."""
    import gzip

    total = 0
    with gzip.open(file) as packed:
        while part := packed.read(_STEP):
            total += len(part)
            if total > MOST_BYTES:
                raise EOFError
            into.write(part)
    into.seek(0)
    return into.read(_HEAD)


def _texts(wanted: Wanted) -> tuple[bytes, ...]:
    """The bytes of which each line that is looked for has some; none where bytes do not tell."""
    texts = (*wanted.texts, *((wanted.value,) if wanted.field else ()))
    # What is no UTF-8 may be any letter; a line break may be within an event.
    usable = all(text and text.isascii() and "\n" not in text for text in texts)
    return tuple(text.encode() for text in texts) if usable else ()


def _kept(parts: Excerpts, texts: Iterable[bytes]) -> bool:
    from shopfast_obs.parse.logs.excerpts import UnclearError

    try:
        for text in texts:
            parts.keep(text)
    except UnclearError:
        return False
    return True
