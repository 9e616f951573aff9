"""CloudWatch's documented rows, and the rules behind them."""

import json
from pathlib import Path

import pytest

from shopfast_obs.analysis.metrics.alarms import Point, Rule, evaluate, evaluation_range, reason, treatment

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "cloudwatch" / "alarm-evaluation.json"
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")

# Points oldest first (0 not breaching, X breaching, - missing), datapoints to alarm of 3 periods, then the state for
# each treatment in the order above. From the user guide's two tables.
DOCUMENTED = [
    ("0-X-X", 3, "OK OK OK OK"),
    ("0----", 3, "OK OK OK OK"),
    ("-----", 3, "INSUFFICIENT_DATA RETAIN ALARM OK"),
    ("0XX-X", 3, "ALARM ALARM ALARM ALARM"),
    ("--X--", 3, "ALARM RETAIN ALARM OK"),
    ("0-X-X", 2, "ALARM ALARM ALARM ALARM"),
    ("00X0X", 2, "ALARM ALARM ALARM ALARM"),
    ("0-X--", 2, "OK OK ALARM OK"),
    ("----0", 2, "OK OK ALARM OK"),
    ("---X-", 2, "ALARM RETAIN ALARM OK"),
]
# What the text around the tables says.
DERIVED = [
    ("----X", 3, "RETAIN RETAIN ALARM OK"),  # too early to tell
    ("---X-", 3, "RETAIN RETAIN ALARM OK"),
    ("---XX", 3, "RETAIN RETAIN ALARM OK"),
    ("--X-X", 3, "ALARM RETAIN ALARM OK"),  # old enough, and nothing better since
    ("---XX", 2, "ALARM ALARM ALARM ALARM"),  # enough breaching points, whatever is missing
    ("XXX00", 2, "OK OK OK OK"),  # only the last three count
    ("00000", 3, "OK OK OK OK"),
    ("XXXXX", 3, "ALARM ALARM ALARM ALARM"),
]


def points_of(row: str) -> list[Point | None]:
    """A row of the documentation as points above and below a threshold of 1."""
    values = {"0": 0.0, "X": 2.0}
    return [None if mark == "-" else Point(60.0 * n, values[mark]) for n, mark in enumerate(row)]


def rule_of(needed: int, missing: str = "missing", periods: int = 3) -> Rule:
    """An alarm above 1."""
    return Rule("GreaterThanThreshold", 1.0, periods, needed, missing)


@pytest.mark.parametrize(("row", "needed", "states"), DOCUMENTED + DERIVED)
def test_every_row_gives_its_state_under_every_treatment(row: str, needed: int, states: str) -> None:
    """The tables of the user guide, and what its text adds."""
    found = [evaluate(points_of(row), rule_of(needed, missing)).state or "RETAIN" for missing in TREATMENTS]
    assert found == states.split()


@pytest.mark.skipif(not SHARED.exists(), reason="the data set of documented rows is not beside this checkout")
def test_every_row_of_the_data_set_gives_its_state() -> None:
    """The same tables as data: states, range, and how many points are filled."""
    for row in json.loads(SHARED.read_text())["rows"]:
        rule = rule_of(row["datapoints_to_alarm"], periods=row["evaluation_periods"])
        assert evaluation_range(rule) == row["evaluation_range"]
        points = points_of("".join(row["datapoints"]))
        assert evaluate(points, rule).filled == row["must_be_filled"]
        for missing in TREATMENTS:
            state = evaluate(points, rule_of(row["datapoints_to_alarm"], missing)).state or "RETAIN"
            assert state == row[missing], (row, missing)


@pytest.mark.parametrize(
    ("comparison", "breaching"),
    [
        ("GreaterThanThreshold", [False, False, True]),
        ("GreaterThanOrEqualToThreshold", [False, True, True]),
        ("LessThanThreshold", [True, False, False]),
        ("LessThanOrEqualToThreshold", [True, True, False]),
    ],
)
def test_comparisons_are_exact_at_the_threshold(comparison: str, breaching: list[bool]) -> None:
    """Below, at and above."""
    rule = Rule(comparison, 5.0, 1, 1)
    assert [evaluate([Point(0, value)], rule).state == "ALARM" for value in (4.0, 5.0, 6.0)] == breaching


def test_a_percentile_of_few_samples_can_keep_the_state() -> None:
    """`EvaluateLowSampleCountPercentile: ignore`; without it the point counts."""
    points = [Point(0, 9.0, samples=3, few_samples=True)]
    assert evaluate(points, Rule("GreaterThanThreshold", 1, 1, 1, ignore_low_samples=True)).state is None
    assert evaluate(points, Rule("GreaterThanThreshold", 1, 1, 1)).state == "ALARM"


def test_dynamodb_keeps_the_state_whatever_the_setting() -> None:
    """Its metrics are sparse by nature."""
    assert treatment(["AWS/DynamoDB"], "breaching") == "ignore"
    assert treatment(["AWS/Lambda"], "breaching") == "breaching"


@pytest.mark.parametrize(
    ("row", "needed", "periods", "state", "text"),
    [
        ("X", 1, 1, "ALARM", "Threshold Crossed: 1 datapoint [2.0 (at 0)] was greater than the threshold (1.0)."),
        ("0", 1, 1, "OK", "Threshold Crossed: 1 datapoint [0.0 (at 0)] was not greater than the threshold (1.0)."),
        (
            "X0X",
            2,
            3,
            "ALARM",
            "Threshold Crossed: 2 out of the last 3 datapoints [2.0 (at 120), 2.0 (at 0)] were greater than the "
            "threshold (1.0) (minimum 2 datapoints for OK -> ALARM transition).",
        ),
        ("---", 1, 3, "INSUFFICIENT_DATA", "Insufficient Data: 3 datapoints were unknown."),
    ],
)
def test_the_reason_says_what_was_compared(row: str, needed: int, periods: int, state: str, text: str) -> None:
    """In CloudWatch's words."""
    rule = rule_of(needed, periods=periods)
    assert reason(evaluate(points_of(row), rule), rule, state, lambda t: f"at {t:.0f}") == text  # type: ignore[arg-type]


def test_the_reason_names_the_treatment_of_missing_points() -> None:
    """No point at all, but a state."""
    rule = rule_of(1, "notBreaching", periods=1)
    text = reason(evaluate([None], rule), rule, "OK", str)
    assert text == (
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as "
        "[NonBreaching]."
    )
