"""One id for one order, in the logs of everything that it touches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from shopfast_obs.workshop.exercise import CheckSpec
from shopfast_obs.workshop.interface import NUMBER, TEXTS, CheckContext, Schema, TooLittleError
from shopfast_obs.workshop.lines import fields, own


class Correlation:
    """`{groups: [...], at_least: 3}`: so many correlation ids appear in every one of these log groups."""

    kind = "correlation"
    schema = Schema(
        required={"groups": TEXTS, "at_least": NUMBER},
        measures=frozenset({"ids", "whole", "reach", "groups", "lines", "structured"}),
        settles=True,
    )

    def judge(self, spec: CheckSpec, world: CheckContext) -> tuple[bool, Mapping[str, Any]]:
        """An id that is made anew in each service appears in one group only."""
        groups = list(spec.parameters["groups"])
        seen: dict[str, set[str]] = defaultdict(set)
        structured = lines = 0
        for group in groups:
            for message in own(world.cloud.events(group, world.window)):
                lines += 1
                record = fields(message)
                structured += bool(record)
                if identifier := record.get("correlation_id"):
                    seen[str(identifier)].add(group)
        if not lines:
            raise TooLittleError(f"{groups[0]} and the others have no line of their functions yet")
        whole = sum(len(found) == len(groups) for found in seen.values())
        reach = max((len(found) for found in seen.values()), default=0)
        measured = {"ids": len(seen), "whole": whole, "reach": reach, "groups": len(groups)}
        if whole and len(seen) < spec.parameters["at_least"]:
            raise TooLittleError(f"{len(seen)} requests were logged, {spec.parameters['at_least']} are needed")
        return whole >= spec.parameters["at_least"], {**measured, "lines": lines, "structured": structured}


CHECK = Correlation()
