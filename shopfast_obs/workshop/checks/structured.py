"""Whether services log fields instead of sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.parse.platform import is_platform
from shopfast_obs.workshop.checks.correlation import fields
from shopfast_obs.workshop.interface import CheckSpec, World


class Structured:
    """`{groups: [...], ratio: 0.95}`: of what the functions themselves log, that share is JSON, in every group."""

    kind = "structured"
    parameters = frozenset({"groups", "ratio"})

    def judge(self, spec: CheckSpec, world: World) -> tuple[bool, Mapping[str, Any]]:
        """A group without a line has nothing to show, which is not enough."""
        shares: dict[str, float] = {}
        lines = structured = 0
        for group in spec.parameters["groups"]:
            own = [event.message for event in world.cloud.events(group, world.window) if not is_platform(event.message)]
            good = sum(bool(fields(message)) for message in own)
            shares[group] = good / len(own) if own else 0.0
            lines, structured = lines + len(own), structured + good
        worst = min(shares, key=lambda group: shares[group])
        measured = {"lines": lines, "structured": structured, "worst": worst}
        return shares[worst] >= spec.parameters["ratio"], {**measured, "worst_percent": round(100 * shares[worst])}


CHECK = Structured()
