"""Alarms on metrics that have no data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.values import is_open
from shopfast_obs.model.findings import Evidence, Outcome, Remedy, Severity
from shopfast_obs.model.resources import ALARM, EVENT_RULE, FUNCTION, QUEUE, TOPIC, Resource
from shopfast_obs.model.telemetry import WatchedMetric
from shopfast_obs.parse.alarm_definition import watched

# What a service publishes, by metric, where a set of dimensions is often got wrong.
ONLY: Mapping[tuple[str, str], tuple[frozenset[str], ...]] = {
    ("AWS/DynamoDB", "UserErrors"): (frozenset(),),
    ("AWS/DynamoDB", "ThrottledRequests"): (frozenset({"TableName", "Operation"}),),
    ("AWS/DynamoDB", "SystemErrors"): (frozenset({"TableName", "Operation"}),),
    ("AWS/DynamoDB", "ReadThrottleEvents"): (
        frozenset({"TableName"}),
        frozenset({"TableName", "GlobalSecondaryIndexName"}),
    ),
    ("AWS/DynamoDB", "WriteThrottleEvents"): (
        frozenset({"TableName"}),
        frozenset({"TableName", "GlobalSecondaryIndexName"}),
    ),
}
# What it publishes any metric by: the pages "metrics and dimensions" of the service's guide.
SETS: Mapping[str, tuple[frozenset[str], ...]] = {
    "AWS/Lambda": (
        frozenset(),
        frozenset({"FunctionName"}),
        frozenset({"FunctionName", "Resource"}),
        frozenset({"FunctionName", "Resource", "ExecutedVersion"}),
        frozenset({"EventSourceMappingUUID"}),
        frozenset({"EventSourceMappingUUID", "FunctionName"}),
    ),
    "AWS/SQS": (frozenset({"QueueName"}),),
}
KEY = {"AWS/Lambda": ("FunctionName", FUNCTION), "AWS/SQS": ("QueueName", QUEUE), "AWS/SNS": ("TopicName", TOPIC)}


def check(alarm: Resource, context: Context) -> Outcome:
    """Found when an alarm has a dimension set that its service does not publish, or says that it has no data."""
    missing = context.missing("alarms") if context.observations else ""
    if missing:
        return RULE.unknown(alarm, missing)
    metrics = watched(alarm.properties)
    if not metrics or is_open(alarm.properties.get("Dimensions")):
        return RULE.unknown(alarm, "what it reads cannot be told")
    wrong = [said for metric in metrics for said in _wrong(metric, context)]
    live = context.observations.alarms if context.observations else ()
    status = next((item for item in live if item.name == alarm.name), None)
    if not wrong:
        state = f"; it is {status.state}" if status else ""
        return RULE.clear(alarm, f"its service publishes what it reads{state}")
    treated = alarm.properties.get("TreatMissingData", "missing")
    evidence = [configured(said, "Dimensions", treat_missing=str(treated)) for said in wrong[:2]]
    if status:
        evidence.append(Evidence("alarms", f"{status.state}: {status.reason}", alarm.name, {"state": status.state}))
    return RULE.found(
        alarm,
        f"{alarm.name} can never fire: {wrong[0]}",
        evidence,
        Remedy(
            "The dimensions that the service publishes; then cause the fault and see it fire.",
            "shopfast-obs alarms drill",
        ),
    )


def _wrong(metric: WatchedMetric, context: Context) -> Iterator[str]:
    names = frozenset(name for name, _ in metric.dimensions)
    sets = ONLY.get((metric.namespace, metric.name), SETS.get(metric.namespace))
    if sets is not None and names not in sets:
        yield f"{metric.namespace} {metric.name} is not published by {', '.join(sorted(names)) or 'no dimension'}"
    if metric.namespace == "AWS/Events" and "RuleName" in names and "EventBusName" not in names:
        rule = context.inventory.find(EVENT_RULE, dict(metric.dimensions)["RuleName"])
        if rule is not None and rule.properties.get("EventBusName", "default") != "default":
            yield f"rules of a custom bus publish {metric.name} by EventBusName and RuleName"
    if metric.namespace in KEY:
        key, type_ = KEY[metric.namespace]
        value = dict(metric.dimensions).get(key)
        known = list(context.inventory.of_type(type_))
        if value and known and "${" not in value and not context.references.named(value, type_):
            yield f"there is no {key} {value} in the inventory"


RULE = Rule(
    id="alarm-dead",
    title="An alarm can never fire",
    severity=Severity.MEDIUM,
    types=(ALARM,),
    needs=("configuration", "alarms"),
    why="CloudWatch accepts an alarm on a metric that does not exist, and calls it green for ever.",
    remedy="The dimensions that the service publishes.",
    limits="Knows the dimensions that are often got wrong, and the names of the inventory.",
    check=check,
    misleads="OK, or INSUFFICIENT_DATA with notBreaching: a green alarm looks like health.",
)
