"""Segments in SQLite, by account and region."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Literal

from shopfast_obs.localcloud.interface import Scope
from shopfast_obs.localcloud.state.group_commit import Database
from shopfast_obs.localcloud.xray.segment_validation import StoredSegment

# Documents in the order of arrival, so that writing them touches the end of the file only; what finds them is small.
# A place is the number of an account and region. The daemon does not know where a function runs: place 0 is wherever
# the rest of the trace is.
SCHEMA = """
CREATE TABLE IF NOT EXISTS xray_segments (
    number INTEGER PRIMARY KEY, place INTEGER NOT NULL, trace_id TEXT NOT NULL, id TEXT NOT NULL,
    ended INTEGER NOT NULL, received REAL NOT NULL, document BLOB NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS xray_segments_by_id ON xray_segments (trace_id, id, place);
CREATE TABLE IF NOT EXISTS xray_traces (
    trace_id TEXT NOT NULL, place INTEGER NOT NULL, epoch INTEGER NOT NULL, first REAL NOT NULL, last REAL NOT NULL,
    revision INTEGER NOT NULL, exceeded INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (trace_id, place)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS xray_traces_by_epoch ON xray_traces (epoch, trace_id);
CREATE INDEX IF NOT EXISTS xray_traces_by_first ON xray_traces (first, trace_id);
CREATE TABLE IF NOT EXISTS xray_links (
    source TEXT NOT NULL, source_id TEXT NOT NULL, trace_id TEXT NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (source, source_id, trace_id, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS xray_places (number INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL);
"""
# A complete document replaces one in progress; one in progress never replaces a complete one.
PUT_SEGMENT = """
INSERT INTO xray_segments (place, trace_id, id, ended, received, document) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (trace_id, id, place) DO UPDATE
SET ended = excluded.ended, received = excluded.received, document = excluded.document
WHERE excluded.ended >= xray_segments.ended
"""
PUT_TRACE = """
INSERT INTO xray_traces (trace_id, place, epoch, first, last, revision) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (trace_id, place) DO UPDATE
SET first = min(first, excluded.first), last = max(last, excluded.last), revision = revision + excluded.revision
"""
# A trace is in a place when something of it is; one that only the daemon knows is in the default place.
HERE = """
(place = :place OR (:home AND place = 0 AND NOT EXISTS (
    SELECT 1 FROM xray_traces AS known WHERE known.trace_id = xray_traces.trace_id AND known.place > 0)))
"""
TRACE_BYTES = 500 * 1024  # X-Ray's limit of a trace; what came after it is not returned
RETENTION = 30 * 86400.0
ID_BATCH = 500  # below SQLite's limit of variables in one statement


@dataclass(frozen=True, slots=True)
class StoredTrace:
    """One trace's documents in the order of arrival, and how many there have been. `children` are those of its parts
    that other traces name as their parent: (part, trace, segment)."""

    id: str
    documents: tuple[bytes, ...]
    revision: int
    limit_exceeded: bool = False
    children: tuple[tuple[str, str, str], ...] = ()


class SegmentStore:
    """Where segments are kept and found again. This is the daemon's view, which knows no account and region; `within`
    gives theirs."""

    def __init__(self, database: Database, place: int = 0, home: bool = False) -> None:
        self._database = database
        self._place = place
        self._home = home  # where the traces are that only the daemon knows
        self._known: dict[Scope, SegmentStore] = {}

    def within(self, scope: Scope) -> SegmentStore:
        """The store as an account and region sees it."""
        if scope not in self._known:
            place = self._database.write(lambda connection: _number(connection, scope))
            self._known[scope] = SegmentStore(self._database, place, scope == Scope())
        return self._known[scope]

    def submit(self, segments: Sequence[StoredSegment], now: float) -> Future[Any]:
        """Store segments; they are stored when the future is done."""
        place = self._place
        rows = [(place, s.trace_id, s.id, int(s.end is not None), now, s.document) for s in segments]
        traces = _spans(segments, place)
        links = [(*link, s.trace_id, s.id) for s in segments for link in s.links]

        def job(connection: sqlite3.Connection) -> None:
            connection.executemany(PUT_SEGMENT, rows)
            connection.executemany(PUT_TRACE, traces)
            if links:
                connection.executemany("INSERT OR IGNORE INTO xray_links VALUES (?, ?, ?, ?)", links)

        return self._database.submit(job)

    def full(self, trace_ids: Iterable[str]) -> set[str]:
        """Those of the traces that take no more segments."""
        query = "SELECT sum(length(document)) FROM xray_segments WHERE trace_id = ?"
        with self._database.reading() as connection:
            sizes = {i: connection.execute(query, (i,)).fetchone()[0] or 0 for i in trace_ids}
        return {trace_id for trace_id, size in sizes.items() if size > TRACE_BYTES}

    def exceeded(self, trace_ids: Iterable[str]) -> None:
        """Remember that segments of these traces were refused."""
        rows = [(trace_id,) for trace_id in trace_ids]
        self._database.write(
            lambda connection: connection.executemany("UPDATE xray_traces SET exceeded = 1 WHERE trace_id = ?", rows)
        )

    def expire(self, now: float) -> None:
        """Forget the traces that X-Ray would no longer have, by the time of their last segment's arrival."""
        before = now - RETENTION

        def job(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM xray_segments WHERE received < ?", (before,))
            for table, column in (("xray_traces", "trace_id"), ("xray_links", "trace_id")):
                gone = f"DELETE FROM {table} WHERE {column} NOT IN (SELECT trace_id FROM xray_segments)"  # noqa: S608
                connection.execute(gone)

        self._database.write(job)

    def trace_ids(
        self, start: float, end: float, by: Literal["id", "event"], after: tuple[float, str] | None, limit: int
    ) -> list[tuple[float, str]]:
        """(time, trace id) of up to `limit` traces in `[start, end)`, oldest first, past the place `after`. By the time
        in the trace id, or by when anything of the trace happened."""
        column, floor = ("epoch", float(int(start))) if by == "id" else ("first", 0.0)
        time, trace_id = after or (-1.0, "")
        query = (
            f"SELECT {column}, trace_id FROM xray_traces WHERE {column} >= :floor AND {column} < :end"  # noqa: S608
            f" AND (:by = 'id' OR last >= :start) AND ({column}, trace_id) > (:time, :after) AND {HERE}"
            f" ORDER BY {column}, trace_id LIMIT :limit"
        )
        asked = {"floor": floor, "end": end, "by": by, "start": start, "time": time, "after": trace_id, "limit": limit}
        with self._database.reading() as connection:
            return list(connection.execute(query, {**asked, "place": self._place, "home": self._home}))

    def traces(self, ids: Iterable[str]) -> dict[str, StoredTrace]:
        """The traces that exist, by id."""
        wanted = list(dict.fromkeys(ids))
        found: dict[str, StoredTrace] = {}
        with self._database.reading() as connection:
            for n in range(0, len(wanted), ID_BATCH):
                for trace in self._read(connection, wanted[n : n + ID_BATCH]):
                    found[trace.id] = trace
        return {i: found[i] for i in wanted if i in found}

    def _read(self, connection: sqlite3.Connection, ids: list[str]) -> Iterator[StoredTrace]:
        marks = ",".join("?" * len(ids))
        here = HERE.replace(":place", str(self._place)).replace(":home", str(int(self._home)))
        known: dict[str, tuple[int, bool]] = {
            trace_id: (revision, bool(exceeded))
            for trace_id, revision, exceeded in connection.execute(
                f"SELECT trace_id, revision, exceeded FROM xray_traces WHERE trace_id IN ({marks}) AND {here}",  # noqa: S608
                ids,
            )
        }
        documents: dict[str, list[bytes]] = {}
        query = f"""SELECT trace_id, document FROM xray_segments
            WHERE trace_id IN ({marks}) AND place IN (0, {self._place}) ORDER BY received, id"""  # noqa: S608
        for trace_id, document in connection.execute(query, ids):
            documents.setdefault(trace_id, []).append(document)
        children: dict[str, list[tuple[str, str, str]]] = {}
        query = f"SELECT source, source_id, trace_id, id FROM xray_links WHERE source IN ({marks})"  # noqa: S608
        for source, *child in connection.execute(query, ids):
            children.setdefault(source, []).append((child[0], child[1], child[2]))
        for trace_id in known.keys() & documents.keys():
            yield _limited(trace_id, documents[trace_id], known[trace_id], children.get(trace_id, ()))


def _number(connection: sqlite3.Connection, scope: Scope) -> int:
    names = (scope.account, scope.region)
    row = connection.execute("SELECT number FROM xray_places WHERE account = ? AND region = ?", names).fetchone()
    if row is None:
        row = (connection.execute("INSERT INTO xray_places (account, region) VALUES (?, ?)", names).lastrowid,)
    return int(row[0])


def _spans(segments: Sequence[StoredSegment], place: int) -> list[tuple[str, int, int, float, float, int]]:
    """One row a trace: id, place, epoch, earliest start, latest end, number of segments."""
    spans: dict[str, tuple[str, int, int, float, float, int]] = {}
    for s in segments:
        last = s.start if s.end is None else s.end
        old = spans.get(s.trace_id)
        if old is None:
            spans[s.trace_id] = (s.trace_id, place, s.epoch, s.start, last, 1)
        else:
            spans[s.trace_id] = (*old[:3], min(old[3], s.start), max(old[4], last), old[5] + 1)
    return list(spans.values())


def _limited(
    trace_id: str,
    documents: Sequence[bytes],
    known: tuple[int, bool],
    children: Sequence[tuple[str, str, str]],
) -> StoredTrace:
    kept, size = [], 0
    for document in documents:
        size += len(document)
        if size > TRACE_BYTES:
            break
        kept.append(document)
    revision, exceeded = known
    return StoredTrace(trace_id, tuple(kept), revision, exceeded or len(kept) < len(documents), tuple(children))
