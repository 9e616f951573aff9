"""Whether the functions write a metric of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.parse.logs.emf import Rejected, extract
from shopfast_obs.workshop.interface import NUMBER, TEXT, TEXTS, CheckContext, CheckSpec, Schema


class Metric:
    """`{groups: [...], name: ColdStart, at_least: 1}`: EMF lines of these groups add up to so much of the metric."""

    kind = "metric"
    schema = Schema(
        required={"groups": TEXTS, "name": TEXT, "at_least": NUMBER},
        measures=frozenset({"name", "total", "services"}),
        settles=True,
    )

    def judge(self, spec: CheckSpec, world: CheckContext) -> tuple[bool, Mapping[str, Any]]:
        """The sum of what CloudWatch makes of the functions' log lines since the exercise began."""
        wanted, total, services = spec.parameters, 0.0, 0
        for group in wanted["groups"]:
            here = 0.0
            for event in world.cloud.events(group, world.since_start, '"_aws"'):
                found = extract(event.message, event.timestamp)
                if found is not None and not isinstance(found, Rejected):
                    here += sum(sum(metric.values, 0.0) for metric in found if metric.name == wanted["name"])
            total, services = total + here, services + (here > 0)
        return total >= wanted["at_least"], {"name": wanted["name"], "total": total, "services": services}


CHECK = Metric()
