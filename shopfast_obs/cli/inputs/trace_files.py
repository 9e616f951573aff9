"""Files of traces that are large together, read in blocks: the memory that it takes does not grow with them.

A trace whose parts lie in different places stays one: a first reading notes for each place which traces have parts
there, a second one reads for some traces at a time the places of these.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from shopfast_obs.cli.inputs import block_processes, bounded_files
from shopfast_obs.parse.traces.spread_traces import SpreadTask, SpreadTraces

if TYPE_CHECKING:
    from shopfast_obs.analysis.traces.overview.overview import OverviewBuilder
    from shopfast_obs.model.telemetry import Trace
    from shopfast_obs.parse.traces.block_reader import Told
    from shopfast_obs.parse.traces.blocks import Block

LARGE = 16_000_000  # bytes of all files; less is read at once
WHOLE = -1  # the end of a block that is a file which is not large
Matching = Callable[["Iterable[Trace]"], "Iterator[Trace]"]


def are_large(files: Iterable[Path]) -> bool:
    """True for files that have more than 16 MB together."""
    return sum(file.stat().st_size for file in files if file.is_file()) > LARGE


def is_of_traces(file: Path) -> bool:
    """True for a large file that begins with traces: nobody has to look for log events in it."""
    if not _is_large(file):
        return False
    from shopfast_obs.parse.saved.forms import HEAD

    with file.open("rb") as opened:
        head = opened.read(HEAD)[:1000]
    return head.lstrip()[:1] in (b"{", b"[") and any(
        key in head for key in (b'"Traces"', b'"Segments"', b'"trace_id"', b'"resourceSpans"')
    )


class TraceFiles:
    """The traces of these files, in blocks of `size` bytes. What could not be read is added to `problems`, once
    everything is read."""

    def __init__(self, files: Sequence[Path], problems: list[str], size: int | None = None, large: int = LARGE) -> None:
        from shopfast_obs.parse.traces.blocks import BLOCK

        self._files, self._problems, self._size, self._large = files, problems, size or BLOCK, large
        self.problems = problems
        self._told: dict[str, Told] = {}
        self._spread = SpreadTraces()

    def traces(self) -> Iterator[Trace]:
        """All traces, one at a time: those that are whole in their order, then those of parts."""
        from shopfast_obs.parse.traces import block_reader

        for block in self._blocks():
            told = block_reader.Told(block.name)
            yield from _of_block(block, told)
            self._note(told)
        for task in self._spread.tasks():
            yield from _of_places(task)
        self._tell()

    def collected(self, make: Callable[[], OverviewBuilder], matching: Matching, processes: int) -> _Collected:
        """A builder that took in all traces which match, by several processes; the result is that of one."""
        if processes > 1:
            try:
                return self._by_processes(make, matching)
            except BrokenProcessPool:  # one was killed, such as for its memory: alone it may do
                self._told, self._spread = {}, SpreadTraces()
        total = _Collected(make())
        total.take(self.traces(), matching)
        return total

    def _by_processes(self, make: Callable[[], OverviewBuilder], matching: Matching) -> _Collected:
        total = _Collected(make())
        given = (make, matching)
        for found, told in block_processes.in_order(_collect, self._groups(), _begin, given):
            total.merge(found)
            for one in told:
                self._note(one)
        for found, _ in block_processes.in_order(_collect, self._spread.tasks(), _begin, given) if self._spread else ():
            total.merge(found)
        self._tell()
        return total

    def _blocks(self) -> Iterator[Block]:
        from shopfast_obs.parse.traces.blocks import Block

        for file in self._files:
            if _is_large(file, self._large):
                yield from self._parted(file)
            else:
                yield Block(str(file), 0, WHOLE)

    def _groups(self) -> Iterator[list[Block]]:
        """The blocks, small files together."""
        together: list[Block] = []
        size = 0
        for block in self._blocks():
            together.append(block)
            size += block.end - block.start if block.end != WHOLE else Path(block.name).stat().st_size
            if size >= self._size:
                yield together
                together, size = [], 0
        if together:
            yield together

    def _parted(self, file: Path) -> Iterator[Block]:
        from shopfast_obs.parse.saved.forms import HEAD, Form, form_of
        from shopfast_obs.parse.traces import blocks

        name = str(file)
        with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as view:
            known = form_of(view[:HEAD])
            if known.encoding != "utf-8" or known.form not in (Form.JSON_LINES, Form.DOCUMENTS):
                yield blocks.Block(name, 0, WHOLE)
                return
            lines = known.form is Form.JSON_LINES
            done = 0
            try:
                for block in (blocks.of_lines if lines else blocks.of_documents)(name, view, self._size):
                    yield block
                    done = _forgotten(view, done, block.end)
            except blocks.Unfinished as problem:
                self._problems.append(f"{name}: from byte {problem} on it is no JSON; what comes before is read")

    def _note(self, told: Told) -> None:
        for place, ids in told.loose:
            self._spread.add(place, ids)
        told.loose = []
        known = self._told.get(told.name)
        if known is None:
            self._told[told.name] = told
        else:
            known.merge(told)

    def _tell(self) -> None:
        from shopfast_obs.parse.read_problems import Unread
        from shopfast_obs.parse.traces.block_reader import PARTS
        from shopfast_obs.parse.traces.documents import NOTHING

        parts = Unread("the files", PARTS)
        for told in self._told.values():
            self._problems += [*told.problems, *told.lines(), *([] if told.found else [f"{told.name}: {NOTHING}"])]
            parts.merge(told.parts)
        self._problems += [parts.problem] if parts.problem else []


def _forgotten(view: mmap.mmap, begin: int, end: int) -> int:
    """What was looked at leaves the memory; where the next pages begin."""
    first, last = begin // mmap.PAGESIZE * mmap.PAGESIZE, end // mmap.PAGESIZE * mmap.PAGESIZE
    if hasattr(view, "madvise") and last > first:
        view.madvise(mmap.MADV_DONTNEED, first, last - first)
    return end


def _is_large(file: Path, large: int = LARGE) -> bool:
    return file.is_file() and file.stat().st_size > large


@dataclass(slots=True)
class _Collected:
    """A builder, and whether there was any trace, also one that does not match."""

    builder: OverviewBuilder
    any_trace: bool = False

    def take(self, traces: Iterable[Trace], matching: Matching) -> None:
        """Take in those that match."""
        self.builder.take_all(matching(self._noted(traces)))

    def _noted(self, traces: Iterable[Trace]) -> Iterator[Trace]:
        for trace in traces:
            self.any_trace = True
            yield trace

    def merge(self, other: _Collected) -> None:
        """Take in what another process collected."""
        self.builder.merge(other.builder)
        self.any_trace = self.any_trace or other.any_trace


@dataclass(slots=True)
class _Work:
    """What a process was begun with."""

    given: list[tuple[Callable[[], OverviewBuilder], Matching]] = field(default_factory=list)


_WORK = _Work()


def _begin(make: Callable[[], OverviewBuilder], matching: Matching) -> None:
    _WORK.given[:] = [(make, matching)]


def _collect(task: list[Block] | SpreadTask) -> tuple[_Collected, list[Told]]:
    """What one process makes of its blocks."""
    from shopfast_obs.parse.traces import block_reader

    make, matching = _WORK.given[0]
    found, told = _Collected(make()), []
    if isinstance(task, SpreadTask):
        found.take(_of_places(task), matching)
    else:
        for block in task:
            told.append(block_reader.Told(block.name))
            found.take(_of_block(block, told[-1]), matching)
    found.builder.forget_reports()
    return found, told


def _of_block(block: Block, told: Told) -> Iterator[Trace]:
    from shopfast_obs.parse.logs import log_files
    from shopfast_obs.parse.saved import encodings, unreadable
    from shopfast_obs.parse.saved.forms import HEAD, form_of
    from shopfast_obs.parse.traces import block_reader, documents

    if block.end != WHOLE:
        yield from block_reader.traces(block, _content(block), told)
        return
    for file, content in bounded_files.files(Path(block.name), told.problems):
        form = form_of(content[:HEAD])
        if log_files.is_of_lines(encodings.in_utf8(content), form.form):
            continue
        told.found = False
        yield from block_reader.traces(block, content, told)
        if not told.found:
            first = next(documents.values(str(file), content, []), None)
            told.problems.append(f"{file}: {unreadable.reason(form, first)}")
    told.found = True  # or said


def _of_places(task: SpreadTask) -> Iterator[Trace]:
    from shopfast_obs.parse.traces import block_reader

    yield from block_reader.spread(task.places, set(task.ids), _content)


class _LastFile:
    """The file that was read last stays open: its places follow one another."""

    def __init__(self) -> None:
        self.name, self.number = "", -1

    def opened(self, name: str) -> int:
        if name != self.name:
            if self.number != -1:
                os.close(self.number)
            self.name, self.number = name, os.open(name, os.O_RDONLY)
        return self.number


_LAST = _LastFile()


def _content(block: Block) -> bytes:
    if block.end == WHOLE:
        from shopfast_obs.parse.saved import encodings

        return b"\n".join(encodings.in_utf8(content) for _, content in bounded_files.files(Path(block.name), []))
    return os.pread(_LAST.opened(block.name), block.end - block.start, block.start)
