"""How often functions ran, and how long it took them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from shopfast_obs.parse.logs.platform import report
from shopfast_obs.workshop.exercise import CheckSpec
from shopfast_obs.workshop.interface import NUMBER, TEXTS, CheckContext, Schema, TooLittleError


class Invocations:
    """`{groups: [...], at_least: 1, p95_s: 2}`: each of these functions ran so often, and 95 % of its invocations took
    no longer than that."""

    kind = "invocations"
    schema = Schema(
        required={"groups": TEXTS, "at_least": NUMBER},
        optional={"p95_s": NUMBER},
        measures=frozenset({"invocations", "p95_s", "slowest"}),
        settles=True,
    )

    def judge(self, spec: CheckSpec, world: CheckContext) -> tuple[bool, Mapping[str, Any]]:
        """The slowest function decides; one that did not run has nothing to show yet."""
        every, p95 = 0, dict[str, float]()
        for group in spec.parameters["groups"]:
            events = world.cloud.events(group, world.window)
            durations = sorted(found.duration for event in events if (found := report(event.message, event)))
            if len(durations) < (least := spec.parameters["at_least"]):
                raise TooLittleError(f"{group} has {len(durations)} invocations, {least} are needed")
            every += len(durations)
            p95[group] = durations[math.ceil(0.95 * len(durations)) - 1]
        slowest = max(p95, key=lambda group: p95[group])
        measured = {"invocations": every, "p95_s": round(p95[slowest], 2), "slowest": slowest}
        return p95[slowest] <= spec.parameters.get("p95_s", math.inf), measured


CHECK = Invocations()
