"""A number that the learner says, held against the learner's own telemetry."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shopfast_obs.model.telemetry import InvocationReport
from shopfast_obs.parse.logs.platform import report
from shopfast_obs.workshop.exercise import CheckSpec
from shopfast_obs.workshop.interface import NUMBER, TEXT, CannotTellError, CheckContext, Schema, TooLittleError

NUMERIC = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*(?:%|s|ms|MB)?", re.IGNORECASE)

# What can be asked of the REPORT lines of a function; zero is a fact that is not there.
FACTS: Mapping[str, Callable[[Sequence[InvocationReport]], float]] = {
    "killed_percent": lambda reports: 100 * sum(r.status == "timeout" for r in reports) / len(reports),
    "killed_after_seconds": lambda reports: max((r.duration for r in reports if r.status == "timeout"), default=0.0),
    "max_memory_mb": lambda reports: float(max(r.max_memory_mb for r in reports)),
}


class Fact:
    """`{name: rate, question: "...", fact: killed_percent, group: LOG_GROUP, within: 15}`: a number within that many
    percent of the truth."""

    kind = "fact"
    schema = Schema(
        required={"name": TEXT, "question": TEXT, "fact": TEXT, "group": TEXT, "within": NUMBER},
        measures=frozenset({"given", "question", "name"}),
    )

    def judge(self, spec: CheckSpec, world: CheckContext) -> tuple[bool, Mapping[str, Any]]:
        """Right, wrong or not given; the truth is not told. Where there is nothing to find out, nobody is asked."""
        wanted = spec.parameters
        right = truth(wanted, world)
        given = world.answers.get(wanted["name"], "").strip()
        number = NUMERIC.fullmatch(given)
        near = number is not None and abs(float(number[1]) - right) <= right * wanted["within"] / 100
        return near, {"given": given or "nothing", "question": wanted["question"], "name": wanted["name"]}


def truth(wanted: Mapping[str, Any], world: CheckContext) -> float:
    """The fact, computed from the telemetry since the exercise began; raises TooLittleError when there is none,
    CannotTellError when there is nothing to find out."""
    if wanted["fact"] not in FACTS:
        raise CannotTellError(f"{wanted['fact']!r} is none of the facts {', '.join(FACTS)}")
    events = world.cloud.events(str(wanted["group"]), world.since_start)
    reports = [found for event in events if (found := report(event.message, event))]
    if not reports:
        raise TooLittleError(f"{wanted['group']} has no REPORT lines since the exercise began")
    right = FACTS[wanted["fact"]](reports)
    if not right:
        raise CannotTellError(f"{wanted['fact']} is 0 in {wanted['group']}, there is nothing to find out")
    return right


CHECK = Fact()
