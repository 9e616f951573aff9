"""Rule alarm-on-average."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.alarms.on_average import RULE
from shopfast_obs.model.resources import ALARM, Resource
from tests.diagnose.builders import clear, declared, found, undecided


def one(name: str, statistic: object, threshold: object) -> Resource:
    """An alarm."""
    return Resource(ALARM, "a", properties={"MetricName": name, "Statistic": statistic, "Threshold": threshold})


def test_found_for_times_and_for_counts() -> None:
    """An average of errors never reaches 1."""
    slow = one("Duration", "Average", 25_000)
    assert "one customer in twenty" in found(RULE.check(slow, declared(slow))).title
    dead = one("Errors", "Average", 1)
    assert "can never fire" in found(RULE.check(dead, declared(dead))).title


def test_clear_for_sums_and_for_what_an_average_suits() -> None:
    """The share of 5xx is the average of 0 and 1."""
    assert clear(RULE.check(one("Errors", "Sum", 1), declared())) == "it reads Sum"
    share = one("5XXError", "Average", 0.05)
    assert clear(RULE.check(share, declared())) == "an average of 5XXError says what it should"


def test_no_data_when_a_parameter_decides() -> None:
    """The threshold."""
    assert "parameter" in undecided(RULE.check(one("Duration", "Average", {"Ref": "T"}), declared()))
