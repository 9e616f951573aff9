"""Rules of composite alarms."""

import pytest

from shopfast_obs.analysis.metrics.composite_alarms import RuleError, holds, references

STATES = {"a": "ALARM", "b": "OK", "c d": "INSUFFICIENT_DATA", "arn:aws:cloudwatch:us-east-1:0:alarm:x": "ALARM"}


@pytest.mark.parametrize(
    ("rule", "truth"),
    [
        ("ALARM(a)", True),
        ('ALARM("a")', True),
        ("OK(a)", False),
        ("INSUFFICIENT_DATA('c d')", True),
        ("INSUFFICIENT_DATA(c d)", True),
        ("ALARM(arn:aws:cloudwatch:us-east-1:0:alarm:x)", True),
        ("ALARM(unknown)", False),
        ("NOT ALARM(b)", True),
        ("NOT NOT ALARM(a)", True),
        ("ALARM(a) AND ALARM(b)", False),
        ("ALARM(a) OR ALARM(b) AND ALARM(b)", True),
        ("(ALARM(a) OR ALARM(b)) AND ALARM(b)", False),
        ("NOT (ALARM(a) AND OK(b))", False),
        ("TRUE", True),
        ("FALSE OR TRUE", True),
    ],
)
def test_a_rule_holds_or_not(rule: str, truth: bool) -> None:
    """AND binds stronger than OR, NOT strongest."""
    assert holds(rule, STATES) is truth


@pytest.mark.parametrize(
    "rule", ["", "ALARM", "ALARM()", "ALARM(a", "ALARM(a) ALARM(b)", "AND", "NOT", "(TRUE", "a", "(" * 500]
)
def test_what_is_no_rule_is_refused(rule: str) -> None:
    """By a RuleError."""
    with pytest.raises(RuleError):
        holds(rule, STATES)


def test_the_alarms_that_a_rule_looks_at() -> None:
    """By name."""
    assert references('ALARM("a") AND NOT (OK(b) OR TRUE)') == {"a", "b"}
