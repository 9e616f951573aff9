"""Numbers as anybody writes them."""

import pytest

from shopfast_obs.parse.numbers import number, whole


@pytest.mark.parametrize(("value", "expected"), [(3, 3.0), (2.5, 2.5), ("3.00", 3.0), (" 7 ", 7.0), ("-1e3", -1000.0)])
def test_what_is_a_number(value: object, expected: float) -> None:
    """In JSON or in text."""
    assert number(value) == expected
    assert whole(value) == int(expected)


@pytest.mark.parametrize(
    "value",
    ["...", "1.2.3", "", "NaN", "Infinity", "1e999", "1_000", "٣", "²", "9" * 5000, 10**400, float("nan"), float("inf"),
     True, None, [1], {"a": 1}, "1e18"],
)  # fmt: skip
def test_what_is_none(value: object) -> None:
    """Whatever it is, it raises nothing."""
    assert number(value) is None
    assert whole(value) is None
