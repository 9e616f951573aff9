"""Whether the application is watched, and somebody hears of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.workshop.exercise import CheckSpec
from shopfast_obs.workshop.interface import NUMBER, TEXT, CheckContext, Schema


class Alarms:
    """`{prefix: shopfast-, at_least: 5}`: so many alarms have names that begin so, and each of them tells somebody."""

    kind = "alarms"
    schema = Schema(required={"prefix": TEXT, "at_least": NUMBER}, measures=frozenset({"alarms", "mute", "example"}))

    def judge(self, spec: CheckSpec, world: CheckContext) -> tuple[bool, Mapping[str, Any]]:
        """An alarm without an action is a lamp in a locked room."""
        found = [alarm for alarm in world.cloud.alarms() if alarm.name.startswith(spec.parameters["prefix"])]
        mute = [alarm.name for alarm in found if not alarm.actions]
        measured = {"alarms": len(found), "mute": len(mute), "example": mute[0] if mute else "none"}
        return len(found) >= spec.parameters["at_least"] and not mute, measured


CHECK = Alarms()
