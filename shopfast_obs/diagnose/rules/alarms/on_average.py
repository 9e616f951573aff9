"""Alarms that an average keeps quiet."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.diagnose.property_values import is_open, number
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import ALARM, Resource


def judge(alarm: Resource, context: Context) -> Judgement:
    """Found when an alarm reads the average of durations or latencies, or one of errors, which is at most 1."""
    name, statistic = alarm.properties.get("MetricName"), alarm.properties.get("Statistic")
    if is_open(statistic) or is_open(alarm.properties.get("Threshold")):
        return Undecided("its statistic or threshold is left to a parameter")
    threshold = number(alarm.properties.get("Threshold"))
    if statistic != "Average" or threshold is None:
        return Passed(f"it reads {statistic or alarm.properties.get('ExtendedStatistic') or 'an expression'}")
    shown = [configured(f"Average of {name} above {threshold:g}", "Statistic", threshold=threshold)]
    if name in ("Errors", "Throttles") and threshold >= 1:
        return Found(
            f"{alarm.name} can never fire: the average of {name} is at most 1, and its threshold is {threshold:g}",
            shown,
            Remedy("Sum instead of Average, or an error rate."),
            severity=Severity.MEDIUM,
        )
    if name in ("Duration", "Latency", "IntegrationLatency", "UrlRequestLatency"):
        said = f"{alarm.name} watches the average of {name}: one customer in twenty may wait ten times as long"
        return Found(said, shown, Remedy("ExtendedStatistic p95 or p99, at a share of the timeout."))
    return Passed(f"an average of {name} says what it should")


RULE = Rule(
    id="alarm-on-average",
    title="An alarm reads an average",
    severity=Severity.LOW,
    types=(ALARM,),
    needs=("configuration",),
    why="Most requests are quick, so the average stays low while the slow ones time out.",
    remedy="A percentile for times, a sum or a rate for counts.",
    limits="Plain alarms only, not metric math.",
    judge=judge,
    misleads="The average looks fine on the dashboard, too.",
)
