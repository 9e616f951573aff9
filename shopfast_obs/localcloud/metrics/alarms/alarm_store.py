"""The alarms, their states and their history: in memory for the evaluator, in SQLite for the next start."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import orjson

from shopfast_obs.analysis.metrics.alarms import State
from shopfast_obs.localcloud.interface import Clock, Scope
from shopfast_obs.localcloud.state.group_commit import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS metric_alarms (
    account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, record TEXT NOT NULL,
    PRIMARY KEY (account, region, name)
);
CREATE TABLE IF NOT EXISTS metric_alarm_history (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, alarm_type TEXT NOT NULL,
    item TEXT NOT NULL, timestamp REAL NOT NULL, summary TEXT NOT NULL, data TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS metric_alarm_history_by_name ON metric_alarm_history (account, region, name, timestamp);
"""
PUT_HISTORY = """
INSERT INTO metric_alarm_history (account, region, name, alarm_type, item, timestamp, summary, data)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
HISTORY = 14 * 86400.0
METRIC, COMPOSITE, LOG = "MetricAlarm", "CompositeAlarm", "LogAlarm"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm as it stands."""

    name: str
    arn: str
    kind: str
    properties: Mapping[str, Any]
    state: State = "INSUFFICIENT_DATA"
    reason: str = "Unchecked: Initial alarm creation"
    reason_data: str = ""
    updated: float = 0.0  # when the state or its reason was last written
    transitioned: float = 0.0  # when the state last changed
    configured: float = 0.0
    tags: Mapping[str, str] = field(default_factory=dict)
    previous: State = "INSUFFICIENT_DATA"  # the state before
    suppressed_by: str = ""  # WaitPeriod, Alarm or ExtensionPeriod: what keeps the actions of a composite alarm
    suppressed_reason: str = ""
    suppressed_since: float = 0.0

    @property
    def actions_enabled(self) -> bool:
        """False when the alarm changes its state silently."""
        return bool(self.properties.get("ActionsEnabled", True))


@dataclass(frozen=True, slots=True)
class Change:
    """One change of state."""

    old: Alarm
    new: Alarm


Entry = tuple[str, str, str, float, str, str]  # a line of the history without its account and region


class AlarmStore:
    """Keeps the alarms of an account and region. Every change is on disk before it is told to anyone."""

    def __init__(self, database: Database, clock: Clock, scope: Scope) -> None:
        self._database = database
        self._clock = clock
        self.scope = scope
        self._key = (scope.account, scope.region)
        self._lock = threading.RLock()
        self.on_change: Callable[[Change], None] = lambda _: None
        self.on_configuration: Callable[[Alarm, str], None] = lambda _alarm, _operation: None
        self.suppress: Callable[[Alarm], Alarm] = lambda alarm: alarm  # says what keeps the actions of a changed alarm
        with database.reading() as connection:
            rows = connection.execute(
                "SELECT record FROM metric_alarms WHERE account = ? AND region = ?", self._key
            ).fetchall()
        self._alarms = {alarm.name: alarm for alarm in (Alarm(**orjson.loads(record)) for (record,) in rows)}

    def all(self) -> list[Alarm]:
        """Every alarm, by name."""
        with self._lock:
            return sorted(self._alarms.values(), key=lambda alarm: alarm.name)

    def get(self, name: str) -> Alarm | None:
        """The alarm of that name."""
        return self._alarms.get(name)

    def put(self, kind: str, properties: Mapping[str, Any], tags: Mapping[str, str]) -> Alarm:
        """Create an alarm, or give an existing one a new configuration; its state stays."""
        name, now = properties["AlarmName"], self._clock.now()
        with self._lock:
            old = self._alarms.get(name)
            if old is None:
                arn = self.scope.arn("cloudwatch", f"alarm:{name}")
                new = Alarm(name, arn, kind, dict(properties), "INSUFFICIENT_DATA", updated=now, tags=tags)
                new = replace(new, transitioned=now, configured=now)
            else:
                new = replace(old, kind=kind, properties=dict(properties), configured=now)
            verb = "updated" if old else "created"
            self._save(
                [new], [self._entry(new, "ConfigurationUpdate", f'Alarm "{name}" {verb}', _configuration(new, verb))]
            )
        self.on_configuration(new, "update" if old else "create")
        return new

    def replace(self, alarm: Alarm) -> None:
        """Keep an alarm as it is now, without a word in the history."""
        with self._lock:
            if alarm.name in self._alarms:
                self._save([alarm], [])

    def edit(self, names: Iterable[str], properties: Mapping[str, Any]) -> None:
        """Overwrite some properties of alarms."""
        with self._lock:
            found = [self._alarms[name] for name in names if name in self._alarms]
            self._save(
                [replace(a, properties={**a.properties, **properties}, configured=self._clock.now()) for a in found], []
            )

    def tag(self, alarm: Alarm, tags: Mapping[str, str]) -> None:
        """Give an alarm exactly these tags."""
        with self._lock:
            self._save([replace(self._alarms[alarm.name], tags=dict(tags))], [])

    def delete(self, names: Sequence[str]) -> None:
        """Forget alarms; their history stays."""
        with self._lock:
            gone = [self._alarms[name] for name in names if name in self._alarms]
            entries = [
                self._entry(a, "ConfigurationUpdate", f'Alarm "{a.name}" deleted', _configuration(a, "deleted"))
                for a in gone
            ]

            def job(connection: sqlite3.Connection) -> None:
                connection.executemany(
                    "DELETE FROM metric_alarms WHERE account = ? AND region = ? AND name = ?",
                    [(*self._key, a.name) for a in gone],
                )
                self._put_history(connection, entries)

            self._database.write(job)
            for alarm in gone:
                del self._alarms[alarm.name]
        for alarm in gone:
            self.on_configuration(alarm, "delete")

    def set_state(self, name: str, state: State, reason: str, reason_data: str, when: float) -> Change | None:
        """Give an alarm a state; the change, if it is one, is kept, then told."""
        with self._lock:
            old = self._alarms.get(name)
            if old is None or old.state == state:
                return None
            new = replace(old, state=state, reason=reason, reason_data=reason_data, updated=when, transitioned=when)
            new = self.suppress(replace(new, previous=old.state))
            summary = f"Alarm updated from {old.state} to {state}"
            entry = (name, new.kind, "StateUpdate", when, summary, _transition(old, new))
            self._save([new], [entry])
            change = Change(old, new)
        self.on_change(change)
        return change

    def note_action(self, alarm: Alarm, when: float, action: str, problem: str) -> None:
        """Keep in the history that an action was executed, or why not."""
        outcome = (
            f"Failed to execute action {action}: {problem}" if problem else f"Successfully executed action {action}"
        )
        data: dict[str, Any] = {
            "actionState": "Failed" if problem else "Succeeded",
            "stateUpdateTimestamp": int(when * 1000),
        }
        data |= {"notificationResource": action, "publishedMessage": None, "error": problem or None}
        entry = (alarm.name, alarm.kind, "Action", when, outcome, orjson.dumps(data).decode())
        self._save([], [entry])

    def history(
        self, name: str | None, item: str | None, kinds: Sequence[str], start: float, end: float
    ) -> list[dict[str, Any]]:
        """Entries of the history in a time range, newest first."""
        query = (
            "SELECT name, alarm_type, item, timestamp, summary, data FROM metric_alarm_history"
            " WHERE account = ? AND region = ? AND (? IS NULL OR name = ?) AND (? IS NULL OR item = ?)"
            " AND timestamp >= ? AND timestamp <= ? ORDER BY timestamp DESC, id DESC"
        )
        floor = max(start, self._clock.now() - HISTORY)
        with self._database.reading() as connection:
            rows = connection.execute(query, (*self._key, name, name, item, item, floor, end)).fetchall()
        keys = ("AlarmName", "AlarmType", "HistoryItemType", "Timestamp", "HistorySummary", "HistoryData")
        return [dict(zip(keys, row, strict=True)) for row in rows if row[1] in kinds]

    def _entry(self, alarm: Alarm, item: str, summary: str, data: str) -> Entry:
        return (alarm.name, alarm.kind, item, self._clock.now(), summary, data)

    def _save(self, alarms: Sequence[Alarm], entries: Sequence[Entry]) -> None:
        records = [(*self._key, alarm.name, orjson.dumps(asdict(alarm)).decode()) for alarm in alarms]

        def job(connection: sqlite3.Connection) -> None:
            connection.executemany("INSERT OR REPLACE INTO metric_alarms VALUES (?, ?, ?, ?)", records)
            self._put_history(connection, entries)

        self._database.write(job)
        with self._lock:
            self._alarms |= {alarm.name: alarm for alarm in alarms}

    def _put_history(self, connection: sqlite3.Connection, entries: Sequence[Entry]) -> None:
        connection.executemany(PUT_HISTORY, [(*self._key, *entry) for entry in entries])


def scopes_with_alarms(database: Database) -> list[Scope]:
    """The accounts and regions whose alarms wait for their evaluation."""
    with database.reading() as connection:
        rows = connection.execute("SELECT DISTINCT account, region FROM metric_alarms").fetchall()
    return [Scope(*row) for row in rows]


def _configuration(alarm: Alarm, verb: str) -> str:
    kind = {"created": "Create", "updated": "Update", "deleted": "Delete"}[verb]
    key = "updatedAlarm" if verb == "updated" else f"{verb}Alarm"
    return orjson.dumps({"version": "1.0", "type": kind, key: dict(alarm.properties)}).decode()


def _transition(old: Alarm, new: Alarm) -> str:
    def side(alarm: Alarm) -> dict[str, Any]:
        data = orjson.loads(alarm.reason_data) if is_json(alarm.reason_data) else None
        return {"stateValue": alarm.state, "stateReason": alarm.reason, "stateReasonData": data}

    return orjson.dumps({"version": "1.0", "oldState": side(old), "newState": side(new)}).decode()


def is_json(text: str) -> bool:
    """Whether the text is a JSON document."""
    try:
        orjson.loads(text)
    except ValueError:
        return False
    return True
