"""Files of traces to model: BatchGetTraces answers, single traces, segment documents, OTLP, one or many a file."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import orjson

from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import Segment, Trace
from shopfast_obs.parse.logs import log_files
from shopfast_obs.parse.read_problems import Unread, defect
from shopfast_obs.parse.traces import otlp, xray
from shopfast_obs.parse.traces.document_size import WHAT_TO_DO, too_many_values
from shopfast_obs.parse.traces.spans import Span

_SPACE = re.compile(r"\s*")
_SOMETHING = re.compile(rb"\S")
_TABLE = re.compile(rb'(?:\xef\xbb\xbf)?"?[@\w.]+"?,[^\n{]*@message|(?:\xef\xbb\xbf)?"?@message"?[,\r\n]')
NOTHING = "no X-Ray trace or segment in it"
_MANY = 20  # lines of a file that is no JSON at all; nobody reads more of them


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
    is added to `problems` on the way."""
    loose = Loose()
    parts = Unread("the files", "traces and segments")
    for name, content in files:
        found = False
        for value in values(name, content, problems):
            found = found or holds_traces(value)
            for part in parts_of(value):
                found = True
                whole = loose.sorted(part, name, parts)
                if whole is not None:
                    yield whole
        if not found:
            problems.append(f"{name}: {NOTHING}")
    if parts.problem:
        problems.append(parts.problem)
    yield from loose.traces()


def holds_traces(value: Any) -> bool:  # noqa: ANN401 - anything may stand in a file
    """True for a document that is made for traces, although it may have none."""
    return (isinstance(value, dict) and isinstance(value.get("Traces"), list)) or log_files.is_log(value)


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


def values(name: str, content: bytes, problems: list[str]) -> Iterator[Any]:
    """The JSON values of a file: one document, or one a line (the daemon's header lines are left out), or the rows of a
    table that Logs Insights gave."""
    if _TABLE.match(content):
        yield from csv.DictReader(io.StringIO(content.decode("utf-8-sig", "replace"), newline=""))
        return
    if not _one_a_line(content):
        if too_many_values(content):
            problems.append(f"{name}: too large to be read: {WHAT_TO_DO}")
            return
        try:
            yield orjson.loads(content)
            return
        except orjson.JSONDecodeError as problem:
            if content.count(b"\n") < 1:
                problems.append(f"{name}: not JSON ({problem})")
                return
        following = list(_following(content))
        if following:
            yield from following
            return
    unread, good = Unread(name), 0
    for number, line in enumerate(io.BytesIO(content), 1):  # a line at a time: splitting would hold the file twice
        if not line.strip():
            continue
        unread.read()
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError as problem:
            unread.add("not JSON", f"line {number}: {problem}")
            if unread.total > _MANY and not good:
                break
            continue
        good += 1
        yield value
    if unread.problem:
        problems.append(unread.problem)


def _following(content: bytes) -> Iterator[Any]:
    """The documents of a file in which indented ones follow one another, as calls of the aws command do that append to
    it; nothing where one of them is none."""
    text, place, found = content.decode("utf-8", "replace").strip(), 0, []
    decoder = json.JSONDecoder()
    while place < len(text):
        try:
            value, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            return
        found.append(value)
        space = _SPACE.match(text, place)
        place = space.end() if space else place
    yield from found


def _one_a_line(content: bytes) -> bool:
    """True when the first of several lines is a document of its own."""
    end = content.find(b"\n")
    if end == -1 or not _SOMETHING.search(content, end):  # looked at where it lies: the rest may be most of the memory
        return False
    try:
        orjson.loads(content[:end])
    except orjson.JSONDecodeError:
        return False
    return True


def parts_of(value: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - anything may stand in a file
    """The traces and loose segments that a value holds; nothing when it is nothing of X-Ray's."""
    pending = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, list):
            pending.extend([{"zipkinSpans": current}] if otlp.is_zipkin(current) else reversed(current))
        elif not isinstance(current, dict):
            continue
        elif "Segments" in current or _is_segment(current) or otlp.is_otlp(current):
            yield current
        elif isinstance(current.get("Traces"), list):
            pending.extend(reversed(current["Traces"]))
        elif log_files.is_log(current):  # of the group aws/spans, in which every event is a span
            pending.extend(_inner(event["message"]) for event in reversed(current["events"]) if _is_span(event))
        elif "Document" in current:
            pending.append(_inner(current["Document"]))


def _is_segment(value: Mapping[str, Any]) -> bool:
    return "start_time" in value and ("trace_id" in value or "id" in value)


def _is_span(event: Any) -> bool:  # noqa: ANN401
    message = event.get("message") if isinstance(event, dict) else None
    return isinstance(message, str) and '"startTimeUnixNano"' in message


def _inner(document: Any) -> Any:  # noqa: ANN401
    if not isinstance(document, (str, bytes)):
        return document
    try:
        return orjson.loads(document)
    except orjson.JSONDecodeError:
        return None
