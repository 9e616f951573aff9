"""An alarm that fired for a real reason, and recovered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.workshop.interface import CheckSpec, World


class Alarm:
    """`{name: ALARM}`: since the exercise began, the alarm went to ALARM and is OK again, both by evaluation."""

    kind = "alarm"
    parameters = frozenset({"name"})

    def judge(self, spec: CheckSpec, world: World) -> tuple[bool, Mapping[str, Any]]:
        """`set-alarm-state` is not a fire drill: only evaluated changes count."""
        name = spec.parameters["name"]
        now = next((alarm for alarm in world.cloud.alarms() if alarm.name == name), None)
        changes = world.cloud.alarm_changes(name, world.since_start) if now else ()
        fired = any(change.state == "ALARM" and change.evaluated for change in changes)
        measured = {"state": now.state if now else "absent", "fired": "yes" if fired else "no", "alarm": name}
        return bool(now and fired and now.state == "OK"), measured


CHECK = Alarm()
