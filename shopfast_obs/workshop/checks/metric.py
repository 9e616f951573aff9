"""Whether the functions write a metric of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.parse.logs.emf import MetricValues, Rejected, extract
from shopfast_obs.parse.logs.platform import report
from shopfast_obs.workshop.exercise import CheckSpec
from shopfast_obs.workshop.interface import NUMBER, TEXT, TEXTS, CheckContext, Schema, TooLittleError


class Metric:
    """`{groups: [...], name: UnitsSold, at_least: 1, sets: 4, each: false}`: EMF lines of these groups (of each,
    where that is asked for) add up to so much of the metric, in at most so many sets of dimensions."""

    kind = "metric"
    schema = Schema(
        required={"groups": TEXTS, "name": TEXT, "at_least": NUMBER},
        optional={"sets": NUMBER, "each": (bool,)},
        measures=frozenset({"name", "total", "services", "sets"}),
        settles=True,
    )

    def judge(self, spec: CheckSpec, world: CheckContext) -> tuple[bool, Mapping[str, Any]]:
        """The sum of what CloudWatch makes of the functions' log lines since the application changed."""
        wanted, totals, sets = spec.parameters, dict[str, float](), set[Any]()
        for group in wanted["groups"]:
            totals[group], own = 0.0, _metrics(world, group)
            for metric in (one for one in own if one.name == wanted["name"]):
                totals[group] += sum(metric.values, 0.0)
                sets.add(metric.dimensions)
            if not own and not any(report(event.message, event) for event in world.cloud.events(group, world.window)):
                raise TooLittleError(f"{group} has no invocation yet")
        total, services = sum(totals.values()), sum(one > 0 for one in totals.values())
        least = len(totals) if wanted.get("each") else 1
        right = total >= wanted["at_least"] and services >= least and len(sets) <= wanted.get("sets", len(sets))
        return right, {"name": wanted["name"], "total": total, "services": services, "sets": len(sets)}


def _metrics(world: CheckContext, group: str) -> list[MetricValues]:
    found: list[MetricValues] = []
    for event in world.cloud.events(group, world.window, '"_aws"'):
        read = extract(event.message, event.timestamp)
        if read is not None and not isinstance(read, Rejected):
            found += read
    return found


CHECK = Metric()
