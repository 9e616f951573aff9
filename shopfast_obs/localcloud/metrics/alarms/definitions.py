"""An alarm as it is put, checked, and what of it is evaluated."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shopfast_obs.analysis.metrics.alarms import BANDS, COMPARISONS, TREATMENTS, Rule, treatment
from shopfast_obs.analysis.metrics.metric_math import uses
from shopfast_obs.analysis.metrics.statistics import is_percentile
from shopfast_obs.localcloud.metrics.put_metric_data import dimensions_of
from shopfast_obs.localcloud.metrics.queries import Query, queries_of
from shopfast_obs.localcloud.metrics.reading import checked_statistic
from shopfast_obs.localcloud.metrics.store import metric_id
from shopfast_obs.localcloud.protocol.wire import AwsError

NAME = re.compile(r"[^\x00-\x1f\x7f]{1,255}\Z")
BAND = "ANOMALY_DETECTION_BAND"
LONGEST = 86_400  # EvaluationPeriods x Period
MAX_ACTIONS = 5
NOT_HERE = {
    "EvaluationCriteria": "it takes no OpenTelemetry metrics, which PromQL alarms read",
    "EvaluationInterval": "it goes with PromQL alarms",
    "ActionConfiguration": "its notifications have no tags",
}
ACTION_LISTS = ("OKActions", "AlarmActions", "InsufficientDataActions")


@dataclass(frozen=True, slots=True)
class Watch:
    """What an alarm evaluates: the series `watched` of the queries, period by period, against the rule."""

    rule: Rule
    queries: tuple[Query, ...]
    watched: str
    period: int
    band: str = ""  # the id of the ANOMALY_DETECTION_BAND that stands for the threshold

    @property
    def percentile(self) -> str:
        """The percentile's name where the alarm is on one."""
        query = next(q for q in self.queries if q.id == self.watched)
        return query.statistic if is_percentile(query.statistic) else ""


def refused(message: str) -> AwsError:
    """The error for an alarm that CloudWatch does not accept."""
    return AwsError("ValidationError", message)


def check_common(properties: Mapping[str, Any]) -> None:
    """What metric and composite alarms have in common; raises AwsError."""
    if not NAME.match(properties.get("AlarmName") or ""):
        raise refused("The AlarmName must be 1 to 255 characters long and have no control characters.")
    for key in ACTION_LISTS:
        actions = properties.get(key) or []
        if len(actions) > MAX_ACTIONS or not all(action.startswith("arn:") for action in actions):
            raise refused(f"{key} must be at most {MAX_ACTIONS} ARNs.")


def watch_of(properties: Mapping[str, Any]) -> Watch:
    """What the alarm evaluates; raises AwsError for one that CloudWatch refuses."""
    check_common(properties)
    _check_known(properties)
    operator = str(properties.get("ComparisonOperator"))
    band = str(properties.get("ThresholdMetricId") or "")
    _check_threshold(properties, operator, band)
    if bool(properties.get("Metrics")) == bool(properties.get("MetricName")):
        raise refused("Exactly one of MetricName and Metrics must be specified.")
    queries, watched = _math(properties["Metrics"], band) if properties.get("Metrics") else _single(properties)
    periods = properties.get("EvaluationPeriods", 0)
    needed = properties.get("DatapointsToAlarm", periods)
    if not 1 <= needed <= periods:
        raise refused("EvaluationPeriods must be at least 1, and DatapointsToAlarm between 1 and EvaluationPeriods.")
    setting = properties.get("TreatMissingData", "missing")
    if setting not in TREATMENTS:
        raise refused(f"Option {setting} for treatment of missing data is not supported.")
    period = max(query.period for query in queries)
    if period * periods > LONGEST:
        raise refused("Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).")
    low = properties.get("EvaluateLowSampleCountPercentile") == "ignore"
    namespaces = [query.metric.namespace for query in queries if query.metric]
    rule = Rule(operator, properties.get("Threshold", 0.0), periods, needed, treatment(namespaces, setting), low)
    return Watch(rule, queries, watched, period, band)


def _check_known(properties: Mapping[str, Any]) -> None:
    """Refuses what is not there, so that nobody takes it for evaluated."""
    for key, why in NOT_HERE.items():
        if properties.get(key):
            raise refused(f"The local cloud does not have {key}: {why}.")
    if (properties.get("EvaluationWindow") or {}).get("WallClockWindow") is not None:
        raise refused("The local cloud does not have wall clock windows: its windows slide.")


def _check_threshold(properties: Mapping[str, Any], operator: str, band: str) -> None:
    if operator not in COMPARISONS and operator not in BANDS:
        raise refused(f"{operator} is not a comparison operator.")
    if bool(band) == ("Threshold" in properties):
        raise refused("Exactly one of Threshold and ThresholdMetricId must be specified.")
    if bool(band) != (operator in BANDS):
        raise refused(f"ThresholdMetricId and ComparisonOperator {operator} do not go together.")
    if band and not properties.get("Metrics"):
        raise refused("An alarm with a ThresholdMetricId must have Metrics.")


def _single(properties: Mapping[str, Any]) -> tuple[tuple[Query, ...], str]:
    stat = properties.get("Statistic") or properties.get("ExtendedStatistic")
    if not stat or not properties.get("Namespace") or not properties.get("Period"):
        raise refused("Namespace, Period and one of Statistic and ExtendedStatistic must be specified.")
    checked_statistic(stat)
    dimensions = dimensions_of(properties.get("Dimensions"), "Request")
    metric = metric_id(properties["Namespace"], properties["MetricName"], dimensions)
    period = _alarm_period(properties["Period"])
    return (Query("m", "", metric, stat, period, properties.get("Unit")),), "m"


def _math(listed: Sequence[Mapping[str, Any]], band: str) -> tuple[tuple[Query, ...], str]:
    queries = queries_of(listed)
    if band and not any(query.id == band and uses(query.expression, BAND) for query in queries if query.expression):
        raise refused("ThresholdMetricId must be the id of an ANOMALY_DETECTION_BAND of the alarm.")
    watched = [query.id for query in queries if query.returned and query.id != band]
    periods = {query.period for query in queries if query.metric or query.insights}
    if len(watched) != 1:
        raise refused("Exactly one element of the metrics list should return data.")
    if len(periods) != 1:
        raise refused("Period must not be different across the metrics of an alarm.")
    _alarm_period(min(periods))
    return queries, watched[0]


def _alarm_period(period: int) -> int:
    if period not in (10, 20, 30) and (period < 60 or period % 60):
        raise refused("Period must be 10, 20, 30 or a multiple of 60.")
    return period
