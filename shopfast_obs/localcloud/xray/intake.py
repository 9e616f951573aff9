"""The one way in for segments and spans: stored, and with Transaction Search written to the log group aws/spans."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence

import orjson

from shopfast_obs.localcloud.interface import Clock, Scope
from shopfast_obs.localcloud.xray.segment_validation import StoredSegment
from shopfast_obs.localcloud.xray.span_records import records
from shopfast_obs.localcloud.xray.store import SegmentStore

GROUP, STREAM = "aws/spans", "default"
MAX_EVENT = 1024 * 1024  # bytes
PutEvents = Callable[[Scope, str, str, Sequence[tuple[int, str]]], None]
logger = logging.getLogger(__name__)


class Intake:
    """Stores what a service, a daemon or an application sends. `searched` tells whether an account and region has
    Transaction Search."""

    def __init__(
        self, store: SegmentStore, clock: Clock, searched: Callable[[Scope], bool], put_events: PutEvents
    ) -> None:
        self._store = store
        self._clock = clock
        self._searched = searched
        self._put_events = put_events

    def take(self, scope: Scope | None, segments: Sequence[StoredSegment]) -> None:
        """Store segments and spans; None is the daemon's view, which knows no account and region. They are stored when
        this returns."""
        if not segments:
            return
        store = self._store if scope is None else self._store.within(scope)
        stored = store.submit(segments, self._clock.now())
        where = scope or Scope()
        try:
            if self._searched(where):
                self._put_events(where, GROUP, STREAM, sorted(_events(segments), key=lambda event: event[0]))
        except Exception:
            logger.exception("spans were not written to %s", GROUP)
        stored.result()


def _events(segments: Sequence[StoredSegment]) -> Iterator[tuple[int, str]]:
    """A log event for every span that has ended."""
    for segment in segments:
        if segment.end is None:
            continue
        if segment.is_span:
            yield int(segment.end * 1000), segment.document.decode()
            continue
        for record in records(orjson.loads(segment.document)):
            text = orjson.dumps(record, default=str).decode()
            if len(text) < MAX_EVENT:
                yield record["endTimeUnixNano"] // 1_000_000, text
