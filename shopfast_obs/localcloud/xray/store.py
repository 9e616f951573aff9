"""Segments in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Literal

from shopfast_obs.localcloud.groupcommit import Database
from shopfast_obs.localcloud.xray.documents import StoredSegment

SCHEMA = """
CREATE TABLE IF NOT EXISTS segments (
    trace_id TEXT NOT NULL, id TEXT NOT NULL, ended INTEGER NOT NULL, received REAL NOT NULL, document BLOB NOT NULL,
    PRIMARY KEY (trace_id, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS traces (
    trace_id TEXT PRIMARY KEY, epoch INTEGER NOT NULL, first REAL NOT NULL, last REAL NOT NULL,
    revision INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS traces_by_epoch ON traces (epoch, trace_id);
CREATE INDEX IF NOT EXISTS traces_by_first ON traces (first, trace_id);
"""
# A complete document replaces one in progress; one in progress never replaces a complete one.
PUT_SEGMENT = """
INSERT INTO segments VALUES (?, ?, ?, ?, ?) ON CONFLICT (trace_id, id) DO UPDATE
SET ended = excluded.ended, received = excluded.received, document = excluded.document
WHERE excluded.ended >= segments.ended
"""
PUT_TRACE = """
INSERT INTO traces VALUES (?, ?, ?, ?, ?) ON CONFLICT (trace_id) DO UPDATE
SET first = min(first, excluded.first), last = max(last, excluded.last), revision = revision + excluded.revision
"""
TRACE_BYTES = 500 * 1024  # X-Ray's limit of a trace; what came after it is not returned
RETENTION = 30 * 86400.0
ID_BATCH = 500  # below SQLite's limit of variables in one statement


@dataclass(frozen=True, slots=True)
class StoredTrace:
    """One trace's documents in the order of arrival, and how many there have been."""

    id: str
    documents: tuple[bytes, ...]
    revision: int
    limit_exceeded: bool = False


class SegmentStore:
    """Where segments are kept and found again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def submit(self, segments: Sequence[StoredSegment], now: float) -> Future[Any]:
        """Store segments; they are stored when the future is done."""
        rows = [(s.trace_id, s.id, int(s.end is not None), now, s.document) for s in segments]
        traces = _spans(segments)

        def job(connection: sqlite3.Connection) -> None:
            connection.executemany(PUT_SEGMENT, rows)
            connection.executemany(PUT_TRACE, traces)

        return self._database.submit(job)

    def expire(self, now: float) -> None:
        """Forget the traces that X-Ray would no longer have, by the time of their last segment's arrival."""
        before = now - RETENTION

        def job(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM segments WHERE received < ?", (before,))
            connection.execute("DELETE FROM traces WHERE trace_id NOT IN (SELECT DISTINCT trace_id FROM segments)")

        self._database.write(job)

    def trace_ids(
        self, start: float, end: float, by: Literal["id", "event"], after: tuple[float, str] | None, limit: int
    ) -> list[tuple[float, str]]:
        """(time, trace id) of up to `limit` traces in `[start, end)`, oldest first, past the place `after`. By the time
        in the trace id, or by when anything of the trace happened."""
        column, floor = ("epoch", float(int(start))) if by == "id" else ("first", 0.0)
        place = after or (-1.0, "")
        query = (
            f"SELECT {column}, trace_id FROM traces WHERE {column} >= ? AND {column} < ?"  # noqa: S608 - a name above
            f" AND (? = 'id' OR last >= ?) AND ({column}, trace_id) > (?, ?) ORDER BY {column}, trace_id LIMIT ?"
        )
        with self._database.reading() as connection:
            return list(connection.execute(query, (floor, end, by, start, *place, limit)))

    def traces(self, ids: Iterable[str]) -> dict[str, StoredTrace]:
        """The traces that exist, by id."""
        wanted = list(dict.fromkeys(ids))
        found: dict[str, list[bytes]] = {}
        revisions: dict[str, int] = {}
        with self._database.reading() as connection:
            for n in range(0, len(wanted), ID_BATCH):
                some = wanted[n : n + ID_BATCH]
                marks = ",".join("?" * len(some))
                rows = connection.execute(
                    f"SELECT trace_id, document FROM segments WHERE trace_id IN ({marks}) ORDER BY received, id",  # noqa: S608
                    some,
                )
                for trace_id, document in rows:
                    found.setdefault(trace_id, []).append(document)
                revisions |= dict(
                    connection.execute(f"SELECT trace_id, revision FROM traces WHERE trace_id IN ({marks})", some)  # noqa: S608
                )
        return {i: _limited(i, found[i], revisions) for i in wanted if i in found}


def _spans(segments: Sequence[StoredSegment]) -> list[tuple[str, int, float, float, int]]:
    """One row a trace: id, epoch, earliest start, latest end, number of segments."""
    spans: dict[str, tuple[str, int, float, float, int]] = {}
    for s in segments:
        last = s.start if s.end is None else s.end
        old = spans.get(s.trace_id, (s.trace_id, s.epoch, s.start, last, 0))
        spans[s.trace_id] = (s.trace_id, s.epoch, min(old[2], s.start), max(old[3], last), old[4] + 1)
    return list(spans.values())


def _limited(trace_id: str, documents: Sequence[bytes], revisions: Mapping[str, int]) -> StoredTrace:
    kept, size = [], 0
    for document in documents:
        size += len(document)
        if size > TRACE_BYTES:
            break
        kept.append(document)
    return StoredTrace(trace_id, tuple(kept), revisions.get(trace_id, len(documents)), len(kept) < len(documents))
