"""An alarm that fired for a real reason, and recovered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shopfast_obs.model.telemetry import AlarmChange
from shopfast_obs.workshop.exercise import CheckSpec
from shopfast_obs.workshop.interface import TEXT, CheckContext, Schema

BEFORE = 24 * 3600.0  # seconds before the start that may tell in which state the alarm was then


class Alarm:
    """`{name: ALARM, recovered: true}`: the alarm was in ALARM since the exercise began and (unless false) is OK again,
    both by evaluation."""

    kind = "alarm"
    schema = Schema(
        required={"name": TEXT},
        optional={"recovered": (bool,)},
        measures=frozenset({"alarm", "state", "fired"}),
        settles=True,
    )

    def judge(self, spec: CheckSpec, world: CheckContext) -> tuple[bool, Mapping[str, Any]]:
        """`set-alarm-state` is not a fire drill: only evaluated changes count."""
        name = spec.parameters["name"]
        now = next((alarm for alarm in world.cloud.alarms() if alarm.name == name), None)
        changes = self._changes(name, world) if now else []
        fired = any(change.state == "ALARM" and change.evaluated for change in changes)
        again = spec.parameters.get("recovered", True)
        recovered = not again or (bool(changes) and changes[-1].state == "OK" and changes[-1].evaluated)
        measured = {"alarm": name, "state": now.state if now else "absent", "fired": "yes" if fired else "no"}
        return bool(now and fired and recovered and (now.state == "OK" or not again)), measured

    @staticmethod
    def _changes(name: str, world: CheckContext) -> list[AlarmChange]:
        """The change that the alarm's state at the start came from, and those since."""
        window = world.alarm_window
        every = world.cloud.alarm_changes(name, replace(window, start=window.start - BEFORE))
        before = [change for change in every if change.timestamp < window.start]
        return [*before[-1:], *(change for change in every if change.timestamp >= window.start)]


CHECK = Alarm()
