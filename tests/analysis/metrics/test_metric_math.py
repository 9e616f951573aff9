"""Metric math."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopfast_obs.analysis.metrics.metric_math import (
    Grid,
    MathError,
    Named,
    Scope,
    Series,
    Value,
    evaluate,
    names,
    uses,
)

GRID = Grid(0.0, 60, 5)
A: Series = {0.0: 1.0, 60.0: 2.0, 180.0: 4.0}
B: Series = {60.0: 10.0, 120.0: 20.0, 180.0: 0.0}


def value(expression: str) -> Value:
    """The expression over a and b."""
    return evaluate(expression, Scope({"a": dict(A), "b": dict(B), "empty": {}}, GRID, ("a", "b")))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2 * 3", 7.0),
        ("2 ^ 3 ^ 2", 512.0),
        ("-a", {0.0: -1.0, 60.0: -2.0, 180.0: -4.0}),
        ("a + b", {60.0: 12.0, 180.0: 4.0}),
        ("a / b", {60.0: 0.2}),
        ("100 * a", {0.0: 100.0, 60.0: 200.0, 180.0: 400.0}),
        ("a > 1", {0.0: 0.0, 60.0: 1.0, 180.0: 1.0}),
        ("a > 1 && b == 0", {60.0: 0.0, 180.0: 1.0}),
        ("a > 9 || b > 9", {60.0: 1.0, 180.0: 0.0}),
        ("a > 9 or b > 9", {60.0: 1.0, 180.0: 0.0}),
        ("IF(a > 1, a, 0)", {0.0: 0.0, 60.0: 2.0, 180.0: 4.0}),
        ("IF(a > 1, b)", {60.0: 10.0, 180.0: 0.0}),
        ("IF(1, a, b)", A),
        ("FILL(a, 0)", {0.0: 1.0, 60.0: 2.0, 120.0: 0.0, 180.0: 4.0, 240.0: 0.0}),
        ("FILL(a, REPEAT)", {0.0: 1.0, 60.0: 2.0, 120.0: 2.0, 180.0: 4.0, 240.0: 4.0}),
        ("FILL(a, LINEAR)", {0.0: 1.0, 60.0: 2.0, 120.0: 3.0, 180.0: 4.0}),
        ("FILL(a, b)", {0.0: 1.0, 60.0: 2.0, 120.0: 20.0, 180.0: 4.0}),
        ("FILL(empty, 1)", dict.fromkeys([0.0, 60.0, 120.0, 180.0, 240.0], 1.0)),
        ("SUM([a, b])", {0.0: 1.0, 60.0: 12.0, 120.0: 20.0, 180.0: 4.0}),
        ("SUM(METRICS())", {0.0: 1.0, 60.0: 12.0, 120.0: 20.0, 180.0: 4.0}),
        ("MAX([a, b])", {0.0: 1.0, 60.0: 10.0, 120.0: 20.0, 180.0: 4.0}),
        ("AVG(b)", 10.0),
        ("MIN(a) + MAX(a)", 5.0),
        ("a - AVG(b)", {0.0: -9.0, 60.0: -8.0, 180.0: -6.0}),
        ("METRIC_COUNT(METRICS())", 2.0),
        ("DATAPOINT_COUNT(a)", 3.0),
        ("RATE(a)", {60.0: 1 / 60, 180.0: 2 / 120}),
        ("DIFF(a)", {60.0: 1.0, 180.0: 2.0}),
        ("DIFF_TIME(a)", {60.0: 60.0, 180.0: 120.0}),
        ("RUNNING_SUM(a)", {0.0: 1.0, 60.0: 3.0, 180.0: 7.0}),
        ("a / PERIOD(a)", {0.0: 1 / 60, 60.0: 2 / 60, 180.0: 4 / 60}),
        ("CEIL(a / 3)", {0.0: 1.0, 60.0: 1.0, 180.0: 2.0}),
        ("FLOOR(2.9) + ABS(-1)", 3.0),
        ("LOG10(b)", {60.0: 1.0, 120.0: pytest.approx(1.30103)}),
        ("MINUTE(a)", {0.0: 0.0, 60.0: 1.0, 180.0: 3.0}),
        ("TIME_SERIES(3)", dict.fromkeys([0.0, 60.0, 120.0, 180.0, 240.0], 3.0)),
        ("FIRST(a) + LAST(a)", 5.0),
        ("STDDEV(b)", pytest.approx(8.16496580927726)),
        (
            "METRICS() * 2",
            [Named("a", {0.0: 2.0, 60.0: 4.0, 180.0: 8.0}), Named("b", {60.0: 20.0, 120.0: 40.0, 180.0: 0.0})],
        ),
        ("SORT(METRICS(), MAX, DESC, 1)", [Named("b", B)]),
        ("SLICE(METRICS(), 1)", B),
        ("REMOVE_EMPTY([empty, a])", [Named("1", A)]),
    ],
)
def test_an_expression_has_its_value(expression: str, expected: object) -> None:
    """Counted out by hand."""
    assert value(expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "", " ", "1 +", "c", "a.real", "a[0]", "(lambda: 1)()", "__import__('os')", "open('x')", "a if b else a",
        "f'{a}'",
        "a < b < a", "'x' + 1", "FILL(a)", "FILL(a, 'x')", "IF(METRICS(), 1)", "SORT(a, MAX, DESC)", "SUM(1)", "True",
        "SEARCH('x', 'Sum')", "ANOMALY_DETECTION_BAND(a)", "[1]", "a := 1", "*a", "SUM(*a)", "(" * 5000,
        "-" * 1500 + "1",
    ],
)  # fmt: skip
def test_what_is_no_expression_is_refused(expression: str) -> None:
    """By a MathError and nothing else; Python's own names are out of reach."""
    with pytest.raises(MathError):
        value(expression)


def test_names_and_uses_are_read_without_evaluating() -> None:
    """For the order of evaluation."""
    assert names("IF(a > 1, FILL(b, REPEAT), SUM([c]))") == {"a", "b", "c"}
    assert uses("SUM(METRICS())", "METRICS")
    assert not uses("a", "METRICS")


@settings(max_examples=300, deadline=None)
@given(st.text("ab01 +-*/^()[],<>=!&|'\".ANDORFILSUMETRC", max_size=40))
def test_no_text_crashes_the_evaluation(text: str) -> None:
    """A value or a MathError."""
    with contextlib.suppress(MathError):
        value(text)


@pytest.mark.parametrize(
    "expression",
    ["SLICE([a, b], 0/0)", "SLICE([a, b], 1e999)", "SLICE([a, b], 0, 0/0)", "SORT([a, b], MAX, DESC, 0/0)",
     "SEARCH('{A,b}', 'Sum', 0/0)", "1" * 400, "1e999", "FILL(a, IF(1, 'x'))"],
)  # fmt: skip
def test_a_number_that_is_none_is_refused(expression: str) -> None:
    """With the error of expressions."""
    with pytest.raises(MathError):
        value(expression)


def test_arrays_and_periods_are_bounded() -> None:
    """Expressions that double each other would fill any memory."""
    many: Value = [Named(str(n), dict(A)) for n in range(600)]
    with pytest.raises(MathError, match="at most 1000"):
        evaluate("[x, x]", Scope({"x": many}, GRID))
    with pytest.raises(MathError, match="100,800"):
        evaluate("TIME_SERIES(1)", Scope({}, Grid(0.0, 1, 10_000_000)))
