"""Alarms on metrics that have no data."""

from __future__ import annotations

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.alarms import never_firing
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import ALARM, LOG_ALARM, Resource


def judge(alarm: Resource, context: Context) -> Judgement:
    """Found when nothing publishes what an alarm reads (by its dimensions, unit, name, or because the resource has no
    such thing), when it names its resource by a logical id, ARN or URL in the place of a name, when its threshold is
    above all that the metric can be, or when its log group has no queries or no writer."""
    if never_firing.cannot_be_told(alarm):
        return Undecided("what it reads cannot be told")
    wrong = never_firing.reasons(alarm, context)
    live = context.observations.alarms if context.observations else ()
    status = next((item for item in live if item.name == alarm.name), None)
    if not wrong:
        state = f"; it is {status.state}" if status else ""
        return Passed(f"its service publishes what it reads{state}")
    treated = alarm.properties.get("TreatMissingData", "missing")
    evidence = [configured(said, "Dimensions", treat_missing=str(treated)) for said in wrong[:2]]
    if status:
        evidence.append(Evidence("alarms", f"{status.state}: {status.reason}", alarm.name, {"state": status.state}))
    return Found(
        f"{alarm.name} can never fire: {wrong[0]}",
        evidence,
        Remedy("What the service publishes, by a reference to the resource; then cause the fault and see it fire."),
    )


RULE = Rule(
    id="alarm-dead",
    title="An alarm can never fire",
    severity=Severity.MEDIUM,
    types=(ALARM, LOG_ALARM),
    needs=("configuration", "alarms"),
    why="CloudWatch accepts an alarm on a metric that does not exist, and calls it green for ever.",
    remedy="The dimensions and the unit that the service publishes, the resource by a reference (`Ref`, `Fn::GetAtt`).",
    limits="Knows the metrics of Lambda, SQS, SNS, EventBridge, Step Functions, API Gateway and DynamoDB, metric "
    "filters of the same templates, and the names of the inventory; what code publishes itself is not known, and "
    "PromQL alarms are not judged.",
    judge=judge,
    lacking=missing_data.alarms,
    misleads="OK, or INSUFFICIENT_DATA with notBreaching: a green alarm looks like health.",
)
