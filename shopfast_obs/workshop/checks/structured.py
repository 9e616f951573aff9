"""Whether services log fields instead of sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.workshop.exercise import CheckSpec
from shopfast_obs.workshop.interface import NUMBER, TEXTS, CheckContext, Schema, TooLittleError
from shopfast_obs.workshop.lines import fields, own


class Structured:
    """`{groups: [...], ratio: 0.95}`: of what the functions themselves log, that share is JSON, in every group."""

    kind = "structured"
    schema = Schema(
        required={"groups": TEXTS, "ratio": NUMBER},
        measures=frozenset({"lines", "structured", "worst", "worst_percent"}),
        settles=True,
    )

    def judge(self, spec: CheckSpec, world: CheckContext) -> tuple[bool, Mapping[str, Any]]:
        """A group without a line has nothing to show yet."""
        shares: dict[str, float] = {}
        lines = structured = 0
        for group in spec.parameters["groups"]:
            messages = list(own(world.cloud.events(group, world.window)))
            if not messages:
                raise TooLittleError(f"{group} has no line of its function yet")
            good = sum(bool(fields(message)) for message in messages)
            shares[group] = good / len(messages)
            lines, structured = lines + len(messages), structured + good
        worst = min(shares, key=lambda group: shares[group])
        measured = {"lines": lines, "structured": structured, "worst": worst}
        return shares[worst] >= spec.parameters["ratio"], {**measured, "worst_percent": round(100 * shares[worst])}


CHECK = Structured()
