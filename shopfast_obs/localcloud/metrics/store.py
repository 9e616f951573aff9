"""The one store of metrics: every observation as it came, in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import orjson

from shopfast_obs.localcloud.interface import Scope
from shopfast_obs.localcloud.state.group_commit import Database
from shopfast_obs.model.metrics import Observation

SCHEMA = """
CREATE TABLE IF NOT EXISTS metrics (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
    dimensions TEXT NOT NULL, last REAL NOT NULL, UNIQUE (account, region, namespace, name, dimensions)
);
CREATE TABLE IF NOT EXISTS metric_observations (
    metric INTEGER NOT NULL, timestamp REAL NOT NULL, minimum REAL NOT NULL, maximum REAL NOT NULL, total REAL NOT NULL,
    count REAL NOT NULL, unit TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS metric_observations_by_time ON metric_observations (metric, timestamp);
"""
PUT_METRIC = """
INSERT INTO metrics (account, region, namespace, name, dimensions, last) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET last = max(last, excluded.last) RETURNING id
"""
RETENTION = 15 * 86400.0  # as long as CloudWatch keeps one-minute points
LISTED = 14 * 86400.0  # ListMetrics forgets a metric two weeks after its last point


@dataclass(frozen=True, slots=True)
class MetricId:
    """A metric: namespace, name and its sorted dimensions."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()


def metric_id(namespace: str, name: str, dimensions: Mapping[str, str]) -> MetricId:
    """The metric with these dimensions, in whatever order they come."""
    return MetricId(namespace, name, tuple(sorted(dimensions.items())))


@dataclass(frozen=True, slots=True)
class Sample:
    """An observation on its way into the store. `resolution` is 60 or 1 seconds."""

    metric: MetricId
    observation: Observation
    resolution: int = 60

    @property
    def timestamp(self) -> float:
        """The time that the point is kept under: the minute, or the second of a high-resolution metric."""
        return self.observation.timestamp // self.resolution * self.resolution


class MetricStore:
    """Where the metrics of an account and region are kept and found again."""

    def __init__(self, database: Database, scope: Scope) -> None:
        self._database = database
        self._scope = (scope.account, scope.region)

    def submit(self, samples: Sequence[Sample]) -> Future[Any]:
        """Store samples; they are stored when the future is done."""
        return self._database.submit(lambda connection: self.insert(connection, samples))

    def insert(self, connection: sqlite3.Connection, samples: Sequence[Sample]) -> None:
        """Store samples inside a job of the database."""
        by_metric: dict[MetricId, list[Sample]] = {}
        for sample in samples:
            by_metric.setdefault(sample.metric, []).append(sample)
        for metric, some in by_metric.items():
            key = (*self._scope, metric.namespace, metric.name, _dump(metric), max(s.timestamp for s in some))
            found = connection.execute(PUT_METRIC, key).fetchone()[0]
            connection.executemany(
                "INSERT INTO metric_observations VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(found, *_row(sample)) for sample in some],
            )

    def observations(self, metric: MetricId, start: float, end: float, unit: str | None = None) -> list[Observation]:
        """What was observed in `[start, end)`, oldest first."""
        query = (
            "SELECT timestamp, minimum, maximum, total, count, unit FROM metric_observations WHERE metric = (SELECT id"
            " FROM metrics WHERE account = ? AND region = ? AND namespace = ? AND name = ? AND dimensions = ?)"
            " AND timestamp >= ? AND timestamp < ? AND (? IS NULL OR unit = ?) ORDER BY timestamp"
        )
        key = (*self._scope, metric.namespace, metric.name, _dump(metric), start, end, unit, unit)
        with self._database.reading() as connection:
            return [Observation(*row) for row in connection.execute(query, key)]

    def metrics(self, since: float, namespace: str | None = None, name: str | None = None) -> list[MetricId]:
        """The metrics with a point since a time, in the order of their names."""
        query = (
            "SELECT namespace, name, dimensions FROM metrics WHERE account = ? AND region = ? AND last >= ?"
            " AND (? IS NULL OR namespace = ?) AND (? IS NULL OR name = ?) ORDER BY namespace, name, dimensions"
        )
        with self._database.reading() as connection:
            rows = connection.execute(query, (*self._scope, since, namespace, namespace, name, name))
            return [MetricId(space, title, _load(dimensions)) for space, title, dimensions in rows]


def expire(database: Database, now: float) -> None:
    """Forget the points of every region that CloudWatch would no longer have at one-minute resolution."""
    before = now - RETENTION
    database.write(lambda c: c.execute("DELETE FROM metric_observations WHERE timestamp < ?", (before,)))
    database.write(lambda c: c.execute("DELETE FROM metrics WHERE last < ?", (before,)))


def _row(sample: Sample) -> tuple[float, float, float, float, float, str]:
    o = sample.observation
    return sample.timestamp, o.minimum, o.maximum, o.total, o.count, o.unit


def _dump(metric: MetricId) -> str:
    return orjson.dumps(metric.dimensions).decode()


def _load(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in orjson.loads(text))
