"""Whether a function is killed by its timeout, judged under traffic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.parse.logs.platform import report
from shopfast_obs.workshop.exercise import CheckSpec
from shopfast_obs.workshop.interface import NUMBER, TEXT, CheckContext, Schema, TooLittleError


class Timeouts:
    """`{group: LOG_GROUP, at_most: 0, min_invocations: 20}`: so many invocations were killed, of at least so many."""

    kind = "timeouts"
    schema = Schema(
        required={"group": TEXT, "at_most": NUMBER, "min_invocations": NUMBER},
        measures=frozenset({"invocations", "killed", "slowest_s"}),
        settles=True,  # REPORT lines that are under way may still make it enough invocations
    )

    def judge(self, spec: CheckSpec, world: CheckContext) -> tuple[bool, Mapping[str, Any]]:
        """No errors out of no requests is not a success. An invocation that began before the application changed ran
        with what was in force then."""
        events = world.cloud.events(str(spec.parameters["group"]), world.window)
        told = [found for event in events if (found := report(event.message, event))]
        reports = [one for one in told if one.timestamp - one.duration >= world.window.start]
        killed = [item for item in reports if item.status == "timeout"]
        slowest = max((item.duration for item in reports), default=0.0)
        measured = {"invocations": len(reports), "killed": len(killed), "slowest_s": round(slowest, 2)}
        if len(killed) > spec.parameters["at_most"]:
            return False, measured
        if len(reports) < (least := spec.parameters["min_invocations"]):
            raise TooLittleError(f"{len(reports)} invocations were made, {least} are needed")
        return True, measured


CHECK = Timeouts()
