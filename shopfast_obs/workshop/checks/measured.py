"""A metric that AWS keeps of a resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.cloud.interface import MetricQuery
from shopfast_obs.workshop.exercise import CheckSpec
from shopfast_obs.workshop.interface import NUMBER, TEXT, CheckContext, Schema


class Measured:
    """`{namespace: AWS/Lambda, name: Throttles, dimension: FunctionName, value: NAME, at_most: 0}`: its sum since the
    application changed is at most that."""

    kind = "measured"
    schema = Schema(
        required={"namespace": TEXT, "name": TEXT, "dimension": TEXT, "value": TEXT, "at_most": NUMBER},
        measures=frozenset({"name", "value", "total"}),
    )

    def judge(self, spec: CheckSpec, world: CheckContext) -> tuple[bool, Mapping[str, Any]]:
        """AWS keeps no datapoint of most metrics where nothing happened: none is 0."""
        wanted = spec.parameters
        dimensions = ((wanted["dimension"], wanted["value"]),)
        query = MetricQuery(wanted["namespace"], wanted["name"], dimensions, "Sum", 60)
        (series,) = world.cloud.series([query], world.window)
        total = sum(value for _, value in series.points)
        return total <= wanted["at_most"], {"name": wanted["name"], "value": wanted["value"], "total": total}


CHECK = Measured()
