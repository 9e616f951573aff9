"""What an alarm kind is: one module of `catalogue/` each, picked up by its folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from shopfast_obs.alarms import naming
from shopfast_obs.analysis.sensitive import masked
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import LOG_ALARM, Resource

PERIOD = 60  # seconds; the services publish their metrics once a minute

# AWS skill's rules of thumb: two of the last three minutes, so that one bad minute wakes nobody.
EVALUATION_PERIODS = 3
DATAPOINTS_TO_ALARM = 2

LOOK = "shopfast-obs diagnose --since 1h [--target aws]"  # the first command for whoever is woken


@record
class NotNeeded:
    """The kind does not apply to a resource of its type, and why."""

    resource: str
    kind: str
    reason: str


class AlarmKind(Protocol):
    """One entry of the catalogue. `id` names its runbook, too."""

    @property
    def id(self) -> str:
        """The stable name of the kind."""
        ...

    @property
    def title(self) -> str:
        """What is wrong when it fires."""
        ...

    @property
    def first(self) -> str:
        """What whoever is woken does first: the runbook in a sentence."""
        ...

    @property
    def resource_type(self) -> str:
        """The CloudFormation type that it watches."""
        ...

    def derive(self, resource: Resource, index: References) -> AlarmDefinition | NotNeeded:
        """The alarm for this resource with thresholds from its configuration, or why it needs none."""
        ...


Dimensions = Mapping[str, Any]  # values are strings, or intrinsics where only the deployment knows the value


def define(kind: AlarmKind, resource: Resource, because: str, properties: Mapping[str, Any]) -> AlarmDefinition:
    """The definition of one alarm: name, a description with the first step and command, the defaults of the catalogue.

    `because` is the sentence that says what is watched and where the threshold comes from.
    """
    return AlarmDefinition(
        name=f"{naming.title(resource)}-{kind.id}",
        kind=kind.id,
        resource=resource.name,
        properties={
            "AlarmDescription": masked(f"{because} First: {_started(kind.first)} Look: {LOOK}"),
            "EvaluationPeriods": EVALUATION_PERIODS,
            "DatapointsToAlarm": DATAPOINTS_TO_ALARM,
            # these metrics have no data while nothing happens: silence is no failure
            "TreatMissingData": "notBreaching",
            **properties,
        },
    )


def define_on_log(  # noqa: PLR0917 - what a log alarm is made of
    kind: AlarmKind,
    resource: Resource,
    because: str,
    query: str,
    groups: Sequence[Any],
    role: Any,  # noqa: ANN401 - an ARN or an intrinsic
    threshold: int,
) -> AlarmDefinition:
    """The definition of one log alarm: more lines than the threshold in five minutes, those of the last one left out,
    because they may still be on their way."""
    described = define(kind, resource, because, {})
    return AlarmDefinition(
        name=described.name,
        kind=kind.id,
        resource=resource.name,
        properties={
            "AlarmDescription": described.properties["AlarmDescription"],
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": threshold,
            "QueryResultsToEvaluate": 1,
            "QueryResultsToAlarm": 1,
            "TreatMissingData": "notBreaching",
            "ScheduledQueryConfiguration": {
                "QueryString": query,
                "AggregationExpression": "count(*)",
                "LogGroupIdentifiers": list(groups),
                "ScheduledQueryRoleARN": role,
                "ScheduleConfiguration": {
                    "ScheduleExpression": "rate(5 minutes)",
                    "StartTimeOffset": 360,
                    "EndTimeOffset": 60,
                },
            },
        },
        type=LOG_ALARM,
    )


def _started(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def single(namespace: str, metric: str, statistic: str, dimensions: Dimensions) -> dict[str, Any]:
    """The properties of an alarm on one metric. A statistic like `p99` is CloudWatch's ExtendedStatistic."""
    kind = "ExtendedStatistic" if statistic.startswith("p") else "Statistic"
    return {
        "Namespace": namespace,
        "MetricName": metric,
        kind: statistic,
        "Dimensions": _dimensions(dimensions),
        "Period": PERIOD,
    }


def math(  # noqa: PLR0917 - what an expression is made of
    expression: str, label: str, namespace: str, metrics: Mapping[str, str], on: Dimensions, statistic: str = "Sum"
) -> dict[str, Any]:
    """The properties of an alarm on an expression over sums; `metrics` maps the ids in it to metric names."""
    queries: list[dict[str, Any]] = [{"Id": "result", "Expression": expression, "Label": label, "ReturnData": True}]
    for name, metric in metrics.items():
        stat = {
            "Metric": {"Namespace": namespace, "MetricName": metric, "Dimensions": _dimensions(on)},
            "Period": PERIOD,
            "Stat": statistic,
        }
        queries.append({"Id": name, "MetricStat": stat, "ReturnData": False})
    return {"Metrics": queries}


def _dimensions(dimensions: Dimensions) -> list[dict[str, Any]]:
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]
