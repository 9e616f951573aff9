"""The one store of log events, in SQLite: what PutLogEvents acknowledged is committed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from shopfast_obs.localcloud.interface import Scope, StreamSpan
from shopfast_obs.localcloud.state.group_commit import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS log_groups (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL,
    UNIQUE (account, region, name)
);
CREATE TABLE IF NOT EXISTS log_streams (
    id INTEGER PRIMARY KEY, log_group INTEGER NOT NULL, name TEXT NOT NULL, UNIQUE (log_group, name)
);
CREATE TABLE IF NOT EXISTS log_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, log_group INTEGER NOT NULL, stream INTEGER NOT NULL,
    timestamp INTEGER NOT NULL, ingested INTEGER NOT NULL, message TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS log_events_of_group ON log_events (log_group, timestamp, id);
CREATE INDEX IF NOT EXISTS log_events_of_stream ON log_events (stream, timestamp, id);
"""
PUT_GROUP = """
INSERT INTO log_groups (account, region, name) VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET name = excluded.name RETURNING id
"""
PUT_STREAM = """
INSERT INTO log_streams (log_group, name) VALUES (?, ?) ON CONFLICT DO UPDATE SET name = excluded.name RETURNING id
"""
PUT_EVENT = "INSERT INTO log_events (log_group, stream, timestamp, ingested, message) VALUES (?, ?, ?, ?, ?)"
ONE = """
SELECT e.id, e.timestamp, e.ingested, e.message, g.name, s.name, g.account, g.region FROM log_events e
JOIN log_streams s ON s.id = e.stream JOIN log_groups g ON g.id = e.log_group WHERE e.id = ?
"""
SPANS = """
SELECT g.account, g.region, g.name, s.name, min(e.timestamp), max(e.timestamp), max(e.ingested) FROM log_events e
JOIN log_streams s ON s.id = e.stream JOIN log_groups g ON g.id = e.log_group GROUP BY e.stream
"""
VOLUME = """
SELECT count(*), coalesce(sum(length(CAST(message AS BLOB))), 0) FROM log_events
WHERE log_group = ? AND timestamp >= ? AND timestamp <= ?
"""
ALWAYS = 1 << 62  # later than any timestamp


@dataclass(frozen=True, slots=True)
class Event:
    """One stored event; times are milliseconds since 1970."""

    id: int
    timestamp: int
    ingested: int
    message: str
    group: str
    stream: str

    @property
    def event_id(self) -> str:
        """The id that the API gives: digits that sort as the events do."""
        return f"{(self.timestamp << 96) + self.id:056d}"


@dataclass(frozen=True, slots=True)
class Place:
    """Between which events a reading goes on."""

    timestamp: int
    id: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events of a group, both times inclusive: of some streams (all when None), after a place, or before it."""

    start: int = 0
    end: int = ALWAYS
    streams: Sequence[str] | None = None
    place: Place | None = None
    backwards: bool = False
    needed: tuple[tuple[str, ...], ...] = ()  # a text of each must be in the message


class LogStore:
    """Where log events are kept and found again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(  # noqa: PLR0917 - what an event has
        self,
        connection: sqlite3.Connection,
        scope: Scope,
        group: str,
        stream: str,
        events: Sequence[tuple[int, str]],
        ingested: int,
    ) -> list[Event]:
        """Insert (timestamp, message) events inside a job of the database."""
        group_id = connection.execute(PUT_GROUP, (scope.account, scope.region, group)).fetchone()[0]
        stream_id = connection.execute(PUT_STREAM, (group_id, stream)).fetchone()[0]
        stored = []
        for timestamp, text in events:
            message = text.encode("utf-8", "replace").decode()  # a lone surrogate cannot be stored
            row = connection.execute(PUT_EVENT, (group_id, stream_id, timestamp, ingested, message)).lastrowid
            stored.append(Event(row or 0, timestamp, ingested, message, group, stream))
        return stored

    def events(self, scope: Scope, group: str, wanted: Wanted) -> Iterator[Event]:
        """The events, in the order of their times; backwards when that is wanted."""
        with self._database.reading() as connection:
            found = self._group(connection, scope, group)
            if found is None:
                return
            if wanted.needed:  # five times as fast as instr(): SQLite looks at each byte by itself
                connection.create_function("needed", 1, _needed(wanted.needed))
            query, parameters = _query(found, wanted, self._streams(connection, found, wanted.streams))
            for key, timestamp, ingested, message, stream in connection.execute(query, parameters):
                yield Event(key, timestamp, ingested, message, group, stream)

    def volume(self, scope: Scope, group: str, wanted: Wanted) -> tuple[int, int]:
        """How many events lie between the two times, and how many bytes their messages have."""
        with self._database.reading() as connection:
            found = self._group(connection, scope, group)
            row = connection.execute(VOLUME, (found, wanted.start, wanted.end)).fetchone()
        return int(row[0]), int(row[1])

    def event(self, scope: Scope, key: int) -> Event | None:
        """One event by its key in the store."""
        with self._database.reading() as connection:
            row = connection.execute(ONE, (key,)).fetchone()
        return Event(*row[:6]) if row and row[6:] == (scope.account, scope.region) else None

    def spans(self) -> list[tuple[Scope, str, str, StreamSpan]]:
        """Every stream that has events."""
        with self._database.reading() as connection:
            rows = connection.execute(SPANS).fetchall()
        return [(Scope(row[0], row[1]), row[2], row[3], StreamSpan(*row[4:])) for row in rows]

    def forget(self, scope: Scope, group: str, stream: str | None = None) -> None:
        """Delete the events of a group, or of one of its streams."""

        def job(connection: sqlite3.Connection) -> None:
            found = self._group(connection, scope, group)
            names = None if stream is None else (stream,)
            for key in [] if found is None else self._streams(connection, found, names):
                connection.execute("DELETE FROM log_events WHERE stream = ?", (key,))
                connection.execute("DELETE FROM log_streams WHERE id = ?", (key,))

        self._database.write(job)

    def expire(self, scope: Scope, group: str, before: int) -> None:
        """Delete the events of a group that are older than a time."""

        def job(connection: sqlite3.Connection) -> None:
            found = self._group(connection, scope, group)
            connection.execute("DELETE FROM log_events WHERE log_group = ? AND timestamp < ?", (found, before))

        self._database.write(job)

    @staticmethod
    def _group(connection: sqlite3.Connection, scope: Scope, name: str) -> int | None:
        query = "SELECT id FROM log_groups WHERE account = ? AND region = ? AND name = ?"
        row = connection.execute(query, (scope.account, scope.region, name)).fetchone()
        return None if row is None else int(row[0])

    @staticmethod
    def _streams(connection: sqlite3.Connection, group: int, names: Sequence[str] | None) -> list[int]:
        """The keys of the streams of these names; of all streams when None."""
        rows = connection.execute("SELECT id, name FROM log_streams WHERE log_group = ?", (group,)).fetchall()
        return [key for key, name in rows if names is None or name in set(names)]


def _needed(needed: tuple[tuple[str, ...], ...]) -> Callable[[str], bool]:
    return lambda message: all(any(map(message.__contains__, texts)) for texts in needed)


def _query(group: int, wanted: Wanted, streams: list[int]) -> tuple[str, list[int]]:
    conditions, parameters = ["e.log_group = ?"], [group]
    if wanted.streams is not None:
        keys = streams or [-1]
        conditions = [f"e.stream IN ({', '.join('?' * len(keys))})"]
        parameters = list(keys)
    conditions.append("e.timestamp >= ? AND e.timestamp <= ?")
    parameters += [wanted.start, wanted.end]
    if wanted.place is not None:
        conditions.append(f"(e.timestamp, e.id) {'<' if wanted.backwards else '>'} (?, ?)")
        parameters += [wanted.place.timestamp, wanted.place.id]
    if wanted.needed:
        conditions.append("needed(e.message)")
    order = "DESC" if wanted.backwards else "ASC"
    return (
        "SELECT e.id, e.timestamp, e.ingested, e.message, s.name FROM log_events e "  # noqa: S608 - only marks
        f"JOIN log_streams s ON s.id = e.stream WHERE {' AND '.join(conditions)} "
        f"ORDER BY e.timestamp {order}, e.id {order}",
        parameters,
    )
