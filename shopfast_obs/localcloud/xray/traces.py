"""Stored traces as the operations use them: assembled once, with the model beside the documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import orjson

from shopfast_obs.analysis.traces.filter.evaluation import Filter, compile_filter
from shopfast_obs.analysis.traces.filter.parser import FilterError
from shopfast_obs.analysis.traces.filter.view import TraceView
from shopfast_obs.localcloud.protocol.wire import AwsError
from shopfast_obs.localcloud.xray.assembly import Document, assemble, decoded, parent_links
from shopfast_obs.localcloud.xray.segment_validation import SEGMENT_ID
from shopfast_obs.localcloud.xray.span_records import records
from shopfast_obs.localcloud.xray.store import SegmentStore, StoredTrace
from shopfast_obs.localcloud.xray.summaries import extent, seconds
from shopfast_obs.model.telemetry import Segment, Trace
from shopfast_obs.parse.traces import xray

PAGE = 500  # traces read at a time; X-Ray names no size of a page


@dataclass
class AssembledTrace:
    """One trace: as it is stored, as documents, and as queries see it."""

    stored: StoredTrace

    @cached_property
    def documents(self) -> list[Document]:
        """The segments that BatchGetTraces returns."""
        return assemble(self.stored.documents, self.stored.children)

    @cached_property
    def links(self) -> list[tuple[str, str]]:
        """(trace, part) of what the trace names as its parents."""
        return [(trace_id, part) for _, trace_id, part in parent_links(self.documents)]

    @property
    def described(self) -> dict[str, Any]:
        """The trace as BatchGetTraces gives it."""
        first, last = extent(self.documents)
        return {
            "Id": self.stored.id,
            "Duration": seconds(last - first),
            "LimitExceeded": self.stored.limit_exceeded,
            "Segments": [{"Id": s["id"], "Document": text} for s, text in self.encoded()],
        }

    def spans(self) -> list[dict[str, str]]:
        """The trace as OpenTelemetry's spans, segments among them, each with its id and its document."""
        found = []
        for raw in self.stored.documents:
            document = orjson.loads(raw)
            for record in [document] if "spanId" in document else records(document):
                found.append({"Id": record["spanId"], "Document": orjson.dumps(record, default=str).decode()})
        return found

    def encoded(self) -> list[tuple[Document, str]]:
        """The documents with their text. Lone subsegments whose nesting no reader would take are left as they came."""
        try:
            return [(document, orjson.dumps(document).decode()) for document in self.documents]
        except orjson.JSONEncodeError:
            return [(document, orjson.dumps(document).decode()) for document in decoded(self.stored.documents)]

    @cached_property
    def view(self) -> TraceView:
        """The same for analysis; documents that cannot be read are left out."""
        return TraceView(Trace(self.stored.id, tuple(self._segments())))

    def _segments(self) -> Iterator[Segment]:
        for document in self.documents:
            try:
                yield xray.segment(document)
            except xray.MalformedDocumentError:
                continue


def filter_of(expression: str, groups: dict[str, str]) -> Callable[[AssembledTrace], bool]:
    """Whether a trace matches the expression; raises AwsError for one that cannot be read."""
    if not expression.strip():
        return lambda _: True
    try:
        compiled: Filter = compile_filter(expression, groups)
    except FilterError as problem:
        raise AwsError("InvalidRequestException", f"Invalid filter expression: {problem}") from None
    return lambda trace: compiled.matches(trace.view.trace)


def trace_id_of(text: str) -> str:
    """The id as X-Ray stores it; OpenTelemetry's form without dashes is accepted, too."""
    bare = text.strip().lower()
    if len(bare) == 32 and SEGMENT_ID.match(bare[:16]) and SEGMENT_ID.match(bare[16:]):
        return f"1-{bare[:8]}-{bare[8:]}"
    return bare


class Traces:
    """Reads traces from the store."""

    def __init__(self, store: SegmentStore) -> None:
        self._store = store

    def by_id(self, ids: Iterable[str]) -> dict[str, AssembledTrace]:
        """Those that exist, by id."""
        return {trace_id: AssembledTrace(stored) for trace_id, stored in self._store.traces(ids).items()}

    def page(
        self, start: float, end: float, by: Literal["id", "event"], after: tuple[float, str] | None
    ) -> tuple[list[AssembledTrace], tuple[float, str] | None]:
        """Some traces of a time range, oldest first, and the place to go on from, if there is more."""
        found = self._store.trace_ids(start, end, by, after, PAGE)
        traces = list(self.by_id(trace_id for _, trace_id in found).values())
        return traces, found[-1] if len(found) == PAGE else None

    def between(self, start: float, end: float) -> Iterator[AssembledTrace]:
        """All traces in which something happened in a time range."""
        place: tuple[float, str] | None = None
        while True:
            traces, place = self.page(start, end, "event", place)
            yield from traces
            if place is None:
                return
