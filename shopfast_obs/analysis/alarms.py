"""CloudWatch's rules for the state of an alarm: which points count, what stands for missing ones, when it waits.

Source: CloudWatch User Guide, "Using Amazon CloudWatch alarms"; its rows are in tests/analysis/test_alarms.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
EXTRA_PERIODS = 2  # CloudWatch looks at more than the evaluation periods: 5 points for 3 in its examples

COMPARISONS: Mapping[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanThreshold": (lambda value, threshold: value > threshold, "greater than"),
    "GreaterThanOrEqualToThreshold": (lambda value, threshold: value >= threshold, "greater than or equal to"),
    "LessThanThreshold": (lambda value, threshold: value < threshold, "less than"),
    "LessThanOrEqualToThreshold": (lambda value, threshold: value <= threshold, "less than or equal to"),
}
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")


@dataclass(frozen=True, slots=True)
class Rule:
    """What of an alarm decides its state. `missing` is one of TREATMENTS."""

    comparison: str
    threshold: float
    evaluation_periods: int
    datapoints_to_alarm: int
    missing: str = "missing"
    ignore_low_samples: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """The statistic of one period; `few_samples` marks a percentile of too few samples."""

    timestamp: float
    value: float
    samples: float = 1.0
    few_samples: bool = False


@dataclass(frozen=True, slots=True)
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
    breaches = COMPARISONS[rule.comparison][0]
    real = [point for point in points if point is not None][-rule.evaluation_periods :]
    breaching = [point for point in real if breaches(point.value, rule.threshold)]
    filled = rule.evaluation_periods - len(real)
    newest_first = tuple(reversed(real))
    if rule.ignore_low_samples and real and real[-1].few_samples:
        return Evaluation(None, newest_first, filled, len(breaching))
    state = _state(points, rule, len(real), len(breaching), breaches)
    return Evaluation(state, newest_first, filled, len(breaching))


def _state(
    points: Sequence[Point | None], rule: Rule, real: int, breaching: int, breaches: Callable[[float, float], bool]
) -> State | None:
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
    oldest = next(n for n, point in enumerate(points) if point is not None and breaches(point.value, rule.threshold))
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
    return f"Threshold Crossed: {_crossed(evaluation, rule, state, when)}"


def _crossed(evaluation: Evaluation, rule: Rule, state: State, when: Callable[[float], str]) -> str:
    breaches, words = COMPARISONS[rule.comparison]
    is_alarm = state == "ALARM"
    shown = [p for p in evaluation.points if breaches(p.value, rule.threshold) == is_alarm] or list(evaluation.points)
    values = ", ".join(f"{p.value} ({when(p.timestamp)})" for p in shown)
    count, total = len(shown), rule.evaluation_periods
    head = f"{count} {_points(count)}" if total == 1 else f"{count} out of the last {total} {_points(total)}"
    needed = rule.datapoints_to_alarm if is_alarm else total - rule.datapoints_to_alarm + 1
    change = "OK -> ALARM" if is_alarm else "ALARM -> OK"
    tail = "" if total == 1 else f" (minimum {needed} {_points(needed)} for {change} transition)"
    return (
        f"{head} [{values}] {_were(count)} {'' if is_alarm else 'not '}{words} the threshold ({rule.threshold}){tail}."
    )


def _points(count: int) -> str:
    return "datapoint" if count == 1 else "datapoints"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
