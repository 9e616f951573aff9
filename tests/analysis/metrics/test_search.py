"""SEARCH expressions, by the examples of the user guide."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopfast_obs.analysis.metrics.math_functions import MathError
from shopfast_obs.analysis.metrics.search import read_search

METRICS = [
    ("AWS/Lambda", "Errors", (("FunctionName", "shop-order"),)),
    ("AWS/Lambda", "Errors", (("FunctionName", "shop-stock"),)),
    ("AWS/Lambda", "Errors", (("FunctionName", "shop-stock"), ("Resource", "shop-stock:live"))),
    ("AWS/Lambda", "Duration", (("FunctionName", "shop-order"),)),
    ("AWS/EC2", "CPUUtilization", (("InstanceId", "i-1"),)),
    ("Shop", "CustomerCount", ()),
]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("{AWS/Lambda,FunctionName}", [0, 1, 3]),
        ('{AWS/Lambda,FunctionName} MetricName="Errors"', [0, 1]),
        ('{AWS/Lambda,FunctionName,Resource} MetricName="Errors"', [2]),
        ('{"AWS/Lambda","FunctionName"} order', [0, 3]),
        ("{AWS/Lambda,FunctionName} Errors order", [0]),
        ("{AWS/Lambda,FunctionName} Errors AND order", [0]),
        ("{AWS/Lambda,FunctionName} duration OR stock", [1, 3]),
        ("{AWS/Lambda,FunctionName} (duration OR errors) AND NOT stock", [0, 3]),
        ("{AWS/Lambda,FunctionName} errors NOT (stock OR nothing)", [0]),
        ('{AWS/Lambda,FunctionName} FunctionName=("shop-order" OR "shop-stock") MetricName="Errors"', [0, 1]),
        ("{AWS/Lambda,FunctionName} FunctionName=order", [0, 3]),
        ("{AWS/Lambda,FunctionName} MetricName=order", []),
        ("cpu", [4]),
        ("utilization", [4]),
        ('"CPUUtilization"', [4]),
        ('"CPU"', []),
        ("count", [5]),
        ('Namespace="Shop"', [5]),
        ("{Shop}", [5]),
        ("{AWS/Lambda,FunctionName} errors -order", [1]),
    ],
)
def test_a_search_finds(search: str, found: list[int]) -> None:
    """Schema, words in any case and in part, exact texts, properties, OR, NOT, brackets."""
    read = read_search(search)
    assert [n for n, metric in enumerate(METRICS) if read.finds(*metric)] == found


@pytest.mark.parametrize(
    "search", ["", "  ", "(a", "a)", "OR a", "a OR", "NOT", "a=", "a=)", "x " * 200, "(" * 50 + "a"]
)
def test_what_is_no_search_is_refused(search: str) -> None:
    """By a MathError."""
    with pytest.raises(MathError):
        read_search(search)


@settings(max_examples=300, deadline=None)
@given(st.text('ab"{}(),=: ANDORNOT-', max_size=40))
def test_no_text_crashes_the_reader(text: str) -> None:
    """A search or a MathError."""
    with contextlib.suppress(MathError):
        search = read_search(text)
        [search.finds(*metric) for metric in METRICS]
