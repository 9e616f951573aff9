"""What the learner says, held against the learner's own telemetry."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shopfast_obs.model.telemetry import InvocationReport
from shopfast_obs.parse.platform import report
from shopfast_obs.workshop.interface import CannotTellError, CheckSpec, World

# What can be asked of the REPORT lines of a function.
FACTS: Mapping[str, Callable[[Sequence[InvocationReport]], float]] = {
    "killed_percent": lambda reports: 100 * sum(r.status == "timeout" for r in reports) / len(reports),
    "killed_after_seconds": lambda reports: max((r.duration for r in reports if r.status == "timeout"), default=0.0),
    "max_memory_mb": lambda reports: float(max(r.max_memory_mb for r in reports)),
}


class Answer:
    """`{name: rate, fact: killed_percent, group: LOG_GROUP, within: 15}`: a number within that many percent of
    the truth; or `{name: scarce, equals: cpu}`: one of a few words."""

    kind = "answer"
    parameters = frozenset({"name", "fact", "group", "within", "equals", "question"})

    def judge(self, spec: CheckSpec, world: World) -> tuple[bool, Mapping[str, Any]]:
        """Right, wrong or not given; the truth is not told."""
        wanted = spec.parameters
        given = world.answers.get(wanted["name"], "").strip().lower()
        measured = {"given": given or "nothing", "question": wanted["question"], "name": wanted["name"]}
        if not given:
            return False, measured
        if "equals" in wanted:
            return given == str(wanted["equals"]).lower(), measured
        number = re.match(r"-?\d+(\.\d+)?", given)
        right = truth(wanted, world)
        return number is not None and abs(float(number[0]) - right) <= right * wanted["within"] / 100, measured


def truth(wanted: Mapping[str, Any], world: World) -> float:
    """The fact, computed from the telemetry of this deployment; raises CannotTellError when there is none."""
    events = world.cloud.events(str(wanted["group"]), world.since_start)
    reports = [found for event in events if (found := report(event.message, event))]
    if not reports:
        raise CannotTellError(f"{wanted['group']} has no REPORT lines yet; send traffic first")
    return FACTS[wanted["fact"]](reports)


CHECK = Answer()
