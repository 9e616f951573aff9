"""A composite alarm's suppressor: while it is in ALARM, and around it, the composite alarm's actions wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from shopfast_obs.analysis.metrics.alarms import State
from shopfast_obs.localcloud.metrics.alarms.alarm_store import COMPOSITE, Alarm, AlarmStore, Change

WAIT, ALARM, EXTENSION = "WaitPeriod", "Alarm", "ExtensionPeriod"
REASONS = {
    WAIT: "Actions suppressed by WaitPeriod",
    ALARM: "Actions suppressed by Alarm",
    EXTENSION: "Actions suppressed by ExtensionPeriod",
}
States = Mapping[str, State]


def first(alarm: Alarm, states: States) -> str:
    """What suppresses the actions of an alarm that has just changed; empty when they run."""
    suppressor = alarm.properties.get("ActionsSuppressor")
    if not suppressor or alarm.kind != COMPOSITE:
        return ""
    if states.get(suppressor) == "ALARM":
        return ALARM
    return WAIT if alarm.properties.get("ActionsSuppressorWaitPeriod") else ""


def following(alarm: Alarm, states: States, now: float) -> str:
    """What suppresses the actions of an alarm by now, whose actions have been suppressed."""
    own = alarm.properties
    if states.get(own.get("ActionsSuppressor", "")) == "ALARM":
        return ALARM
    if alarm.suppressed_by == ALARM:
        return EXTENSION if own.get("ActionsSuppressorExtensionPeriod") else ""
    length = own.get(f"ActionsSuppressor{alarm.suppressed_by}") or 0
    return alarm.suppressed_by if now - alarm.suppressed_since < length else ""


def suppressed(alarm: Alarm, by: str, now: float) -> Alarm:
    """The alarm with what suppresses its actions."""
    return replace(alarm, suppressed_by=by, suppressed_reason=REASONS.get(by, ""), suppressed_since=now)


def review(book: AlarmStore, states: States, now: float, act: Callable[[Change], None]) -> None:
    """Look at every alarm whose actions wait; run those of which nothing suppresses them any more."""
    for alarm in book.all():
        if not alarm.suppressed_by:
            continue
        by = following(alarm, states, now)
        if by == alarm.suppressed_by:
            continue
        new = suppressed(alarm, by, now)
        book.replace(new)
        if not by:
            act(Change(replace(alarm, state=alarm.previous), new))
