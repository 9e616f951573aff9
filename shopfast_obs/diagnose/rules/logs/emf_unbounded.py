"""Metrics that become one for each order."""

from __future__ import annotations

from collections import defaultdict

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, plural
from shopfast_obs.facts import number
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource
from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs.emf import MetricValues, extract

ENOUGH, SHARE = 20, 0.5
USD_PER_METRIC = number("cloudwatch-price-metric")  # a month


def judge(function: Resource, context: Context) -> Judgement:
    """Found when a dimension of embedded metrics has twenty values or more, a new one in every other event."""
    made = [metric for event in context.lines(function) for metric in _metrics(event)]
    if not made:
        return Passed("it writes no embedded metrics")
    values: defaultdict[str, list[str]] = defaultdict(list)
    for metric in made:
        for name, value in metric.dimensions:
            values[name].append(value)
    wide = {
        name: len(set(seen))
        for name, seen in values.items()
        if len(set(seen)) >= ENOUGH and len(set(seen)) >= SHARE * len(seen) / len({m.name for m in made})
    }
    if not wide:
        return Passed(f"{plural(len({m.dimensions for m in made}), 'set')} of dimensions")
    name, count = max(wide.items(), key=lambda item: item[1])
    metrics = len({(m.name, m.dimensions) for m in made})
    return Found(
        f"{function.name} makes a metric for each {name}: {metrics:,} metrics from {plural(len(made), 'value')}",
        [
            Evidence(
                "logs",
                f"the dimension {name} has {count:,} different values",
                f"EMF namespace {made[0].namespace}",
                {"values": count, "metrics": metrics, "events": len(made)},
                context.window,
            )
        ],
        Remedy(f"Make {name} a property (or metadata) of the event: it can be searched, and costs nothing."),
        usd_a_month=metrics * USD_PER_METRIC,
    )


def _metrics(event: LogEvent) -> list[MetricValues]:
    found = extract(event.message, event.timestamp) if '"_aws"' in event.message else None
    return found if isinstance(found, list) else []


RULE = Rule(
    id="metrics-unbounded",
    title="A metric's dimension has no bound",
    severity=Severity.MEDIUM,
    types=(FUNCTION,),
    needs=("logs",),
    why=f"Each combination of dimensions is a metric of its own, at {USD_PER_METRIC:.2f} USD a month, with one point.",
    remedy="Ids are properties, not dimensions.",
    limits="Only embedded metrics in the log; PutMetricData leaves no line.",
    judge=judge,
    lacking=missing_data.log,
    facts=("cloudwatch-price-metric",),
    misleads="The graphs look empty, as if nothing were measured.",
)
