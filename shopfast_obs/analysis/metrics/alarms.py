"""CloudWatch's rules for the state of an alarm: which points count, what stands for missing ones, when it waits.

Source: CloudWatch User Guide, "Using Amazon CloudWatch alarms"; its rows are in tests/analysis/metrics/test_alarms.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from shopfast_obs.model.records import record

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
EXTRA_PERIODS = 2  # CloudWatch looks at more than the evaluation periods: 5 points for 3 in its examples

COMPARISONS: Mapping[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanThreshold": (lambda value, threshold: value > threshold, "greater than"),
    "GreaterThanOrEqualToThreshold": (lambda value, threshold: value >= threshold, "greater than or equal to"),
    "LessThanThreshold": (lambda value, threshold: value < threshold, "less than"),
    "LessThanOrEqualToThreshold": (lambda value, threshold: value <= threshold, "less than or equal to"),
}
# Of an anomaly detection alarm: which side of its band breaches.
BANDS: Mapping[str, tuple[bool, bool, str]] = {
    "LessThanLowerOrGreaterThanUpperThreshold": (
        True,
        True,
        "less than the lower thresholds {lower} or greater than the upper thresholds {upper}",
    ),
    "LessThanLowerThreshold": (True, False, "less than the lower thresholds {lower}"),
    "GreaterThanUpperThreshold": (False, True, "greater than the upper thresholds {upper}"),
}
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")


@record
class Rule:
    """What of an alarm decides its state. `missing` is one of TREATMENTS; in one of BANDS each point has its own
    band, and `threshold` says nothing."""

    comparison: str
    threshold: float
    evaluation_periods: int
    datapoints_to_alarm: int
    missing: str = "missing"
    ignore_low_samples: bool = False


@record
class Point:
    """The statistic of one period; `few_samples` marks a percentile of too few samples. `band` is what is expected."""

    timestamp: float
    value: float
    samples: float = 1.0
    few_samples: bool = False
    band: tuple[float, float] = (float("-inf"), float("inf"))


@record
class Evaluation:
    """What an evaluation came to. `state` is None when the alarm keeps the state that it has. `points` are those that
    counted, newest first; `filled` is how many missing ones the treatment stood in for."""

    state: State | None
    points: tuple[Point, ...]
    filled: int
    breaching: int


def evaluation_range(rule: Rule) -> int:
    """How many periods an evaluation looks at."""
    return rule.evaluation_periods + EXTRA_PERIODS


def treatment(namespaces: Sequence[str], setting: str) -> str:
    """How missing data are treated; metrics of DynamoDB keep the state whatever the setting."""
    return "ignore" if "AWS/DynamoDB" in namespaces else setting


def evaluate(points: Sequence[Point | None], rule: Rule) -> Evaluation:
    """The state that the points of the evaluation range (oldest first, None where nothing was measured) give."""
    breaches = _breaches(rule)
    real = [point for point in points if point is not None][-rule.evaluation_periods :]
    breaching = [point for point in real if breaches(point)]
    filled = rule.evaluation_periods - len(real)
    newest_first = tuple(reversed(real))
    if rule.ignore_low_samples and real and real[-1].few_samples:
        return Evaluation(None, newest_first, filled, len(breaching))
    state = _state(points, rule, len(real), len(breaching))
    return Evaluation(state, newest_first, filled, len(breaching))


def _breaches(rule: Rule) -> Callable[[Point], bool]:
    if rule.comparison in BANDS:
        below, above, _ = BANDS[rule.comparison]
        return lambda point: (below and point.value < point.band[0]) or (above and point.value > point.band[1])
    compare = COMPARISONS[rule.comparison][0]
    return lambda point: compare(point.value, rule.threshold)


def _state(points: Sequence[Point | None], rule: Rule, real: int, breaching: int) -> State | None:
    filled = rule.evaluation_periods - real
    if rule.missing == "breaching":
        breaching += filled
    if breaching >= rule.datapoints_to_alarm:
        return "ALARM"
    if filled <= 0 or rule.missing in ("breaching", "notBreaching") or breaching < real:
        return "OK"
    if rule.missing == "ignore":
        return None
    if real == 0:
        return "INSUFFICIENT_DATA"
    # All that is there is breaching, but too little of it. The alarm waits until the oldest breaching point is old
    # enough: then whatever was measured since cannot have been better.
    breaches = _breaches(rule)
    oldest = next(n for n, point in enumerate(points) if point is not None and breaches(point))
    return "ALARM" if len(points) - oldest >= rule.datapoints_to_alarm else None


def reason(evaluation: Evaluation, rule: Rule, state: State, when: Callable[[float], str]) -> str:
    """The sentence that CloudWatch writes for a change to `state`; `when` formats a time."""
    if state == "INSUFFICIENT_DATA":
        count = rule.evaluation_periods
        return f"Insufficient Data: {count} {_points(count)} {_were(count)} unknown."
    if not evaluation.points:
        count = evaluation.filled
        treated = {"breaching": "Breaching", "notBreaching": "NonBreaching"}.get(rule.missing, "Missing")
        return (
            f"Threshold Crossed: no datapoints were received for {count} {'period' if count == 1 else 'periods'} and "
            f"{count} missing {_points(count)} {_were(count)} treated as [{treated}]."
        )
    heading = "Thresholds Crossed" if rule.comparison in BANDS else "Threshold Crossed"
    return f"{heading}: {_crossed(evaluation, rule, state, when)}"


def _crossed(evaluation: Evaluation, rule: Rule, state: State, when: Callable[[float], str]) -> str:
    breaches, is_alarm = _breaches(rule), state == "ALARM"
    shown = [p for p in evaluation.points if breaches(p) == is_alarm] or list(evaluation.points)
    values = ", ".join(f"{p.value} ({when(p.timestamp)})" for p in shown)
    count, total = len(shown), rule.evaluation_periods
    head = f"{count} {_points(count)}" if total == 1 else f"{count} out of the last {total} {_points(total)}"
    needed = rule.datapoints_to_alarm if is_alarm else total - rule.datapoints_to_alarm + 1
    change = "OK -> ALARM" if is_alarm else "ALARM -> OK"
    tail = "" if total == 1 else f" (minimum {needed} {_points(needed)} for {change} transition)"
    return f"{head} [{values}] {_were(count)} {'' if is_alarm else 'not '}{_against(rule, shown)}{tail}."


def _against(rule: Rule, shown: Sequence[Point]) -> str:
    if rule.comparison in BANDS:
        lower, upper = ([p.band[side] for p in shown] for side in (0, 1))
        return BANDS[rule.comparison][2].format(lower=lower, upper=upper)
    return f"{COMPARISONS[rule.comparison][1]} the threshold ({rule.threshold})"


def _points(count: int) -> str:
    return "datapoint" if count == 1 else "datapoints"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
