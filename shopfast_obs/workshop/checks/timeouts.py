"""Whether a function is killed by its timeout, judged under traffic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.parse.logs.platform import report
from shopfast_obs.workshop.interface import NUMBER, TEXT, CheckContext, CheckSpec, Schema


class Timeouts:
    """`{group: LOG_GROUP, at_most: 0, min_invocations: 20}`: so many invocations were killed, of at least so many."""

    kind = "timeouts"
    schema = Schema(
        required={"group": TEXT, "at_most": NUMBER, "min_invocations": NUMBER},
        measures=frozenset({"invocations", "killed", "slowest_s"}),
        settles=True,  # REPORT lines that are under way may still make it enough invocations
    )

    def judge(self, spec: CheckSpec, world: CheckContext) -> tuple[bool, Mapping[str, Any]]:
        """No errors out of no requests is not a success."""
        events = world.cloud.events(str(spec.parameters["group"]), world.window)
        reports = [found for event in events if (found := report(event.message, event))]
        killed = [item for item in reports if item.status == "timeout"]
        slowest = max((item.duration for item in reports), default=0.0)
        measured = {"invocations": len(reports), "killed": len(killed), "slowest_s": round(slowest, 2)}
        enough = len(reports) >= spec.parameters["min_invocations"]
        return enough and len(killed) <= spec.parameters["at_most"], measured


CHECK = Timeouts()
