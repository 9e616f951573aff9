"""Files of traces to model: BatchGetTraces answers, single traces, segment documents, OTLP, one or many a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import orjson

from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import Segment, Trace
from shopfast_obs.parse.logs import log_files
from shopfast_obs.parse.read_problems import Unread, defect
from shopfast_obs.parse.saved import encodings, log_values, unreadable
from shopfast_obs.parse.saved.forms import HEAD, form_of
from shopfast_obs.parse.saved.values import values as values_of
from shopfast_obs.parse.traces import otlp, trace_values, xray
from shopfast_obs.parse.traces.document_size import too_many_values
from shopfast_obs.parse.traces.spans import Span

NOTHING = unreadable.NOTHING


@record
class Read:
    """What a set of files held: the traces, and what could not be read, one sentence each."""

    traces: tuple[Trace, ...]
    problems: tuple[str, ...] = ()


def read(files: Iterable[tuple[str, bytes]]) -> Read:
    """The traces of (name, content) pairs, in order; loose segments of one trace are put together across files."""
    problems: list[str] = []
    traces = tuple(stream(files, problems))
    return Read(traces, tuple(problems))


def stream(files: Iterable[tuple[str, bytes]], problems: list[str]) -> Iterator[Trace]:
    """The traces of (name, content) pairs one at a time, for sets that are larger than memory; what could not be read
    is added to `problems` on the way. Lines of a log are passed by."""
    loose = Loose()
    parts = Unread("the files", "traces and segments")
    for name, content in files:
        form = form_of(content[:HEAD])
        plain = encodings.in_utf8(content)
        if log_files.is_of_lines(plain, form.form):
            continue
        found, first = False, None
        for value in values_of(name, plain, form.form, problems):
            first = value if first is None else first
            for part in trace_values.parts(value):
                found = True
                whole = loose.sorted(part, name, parts)
                if whole is not None:
                    yield whole
            found = found or holds_traces(value)
        if not found:
            problems.append(f"{name}: {unreadable.reason(form, first)}")
    if parts.problem:
        problems.append(parts.problem)
    yield from loose.traces()


def values(name: str, content: bytes, problems: list[str]) -> Iterator[Any]:
    """The values of a file, or of a part of one that holds whole values."""
    if content[:1] in (b"{", b"[") and not too_many_values(content):
        try:
            yield orjson.loads(content)
            return
        except orjson.JSONDecodeError:
            pass
    form = form_of(content[:HEAD]).form
    yield from values_of(name, encodings.in_utf8(content), form, problems)


def holds_traces(value: Any) -> bool:  # noqa: ANN401 - anything may stand in a file
    """True for a document that is made for traces, although it may have none, and for log events, which may be
    spans."""
    return trace_values.is_answer(value) or log_values.is_of_logs(value)


class Loose:
    """Segments that come without their trace around them, until everything is read."""

    def __init__(self) -> None:
        self._parts: dict[str, list[Segment | Span]] = defaultdict(list)

    def sorted(self, part: Mapping[str, Any], name: str, unread: Unread) -> Trace | None:
        """The trace where the part is a whole one; None for one that is put to those of its trace."""
        try:
            if otlp.is_otlp(part):
                self.spans(part, name, unread)
                return None
            unread.read()
            if "Segments" in part:
                return xray.trace(part)
            self.add(part, name, unread)
        except Exception as problem:  # one part of many must not hide the others
            unread.add(defect(problem), name)
        return None

    @property
    def ids(self) -> list[str]:
        """The traces that have parts here, in the order in which they came first."""
        return list(self._parts)

    def only(self, ids: Collection[str]) -> None:
        """Forget the parts of all other traces."""
        for other in [one for one in self._parts if one not in ids]:
            del self._parts[other]

    def add(self, document: Mapping[str, Any], name: str, unread: Unread) -> None:
        """Put a segment to those of its trace."""
        try:
            segment = xray.segment(document)
        except xray.MalformedDocumentError as problem:
            unread.add(f"a segment {problem.message}", name)
        else:
            self._parts[segment.trace_id].append(segment)

    def spans(self, document: Mapping[str, Any], name: str, unread: Unread) -> None:
        """Put OpenTelemetry's spans to those of their traces."""
        bad: list[str] = []
        for span in otlp.spans(document, bad):
            unread.read()
            self._parts[otlp.xray_id(span.trace_id)].append(span)
        for problem in bad:
            unread.read()
            unread.add("a span has no startTimeUnixNano that is a number", f"{name}: {problem}")

    def traces(self) -> Iterator[Trace]:
        """What was collected, trace by trace."""
        for trace_id, parts in self._parts.items():
            yield Trace(trace_id, tuple(otlp.segments(parts)))
