"""What reads a recorded number, or asks for what a shape does not tell, has an error and never a wrong answer."""

import array
import math
import operator
import re
import statistics
import struct
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from shopfast_obs.analysis.traces.overview.plans.recorded_numbers import Recorder
from shopfast_obs.analysis.traces.overview.plans.unknown import Id, Known, Text, Unknown, UnplannableError

ERRORS = (UnplannableError, TypeError, AttributeError, struct.error)
ANSWERED = {
    "math.fsum": lambda one: math.fsum([one]),
    "math.sqrt": math.sqrt,
    "math.isclose": lambda one: math.isclose(one, 1.0),
    "math.copysign": lambda one: math.copysign(1.0, one),
    "math.floor": math.floor,
    "a column": lambda one: array.array("d").append(one),
    "columns": lambda one: array.array("d", [one]),
    "struct": lambda one: struct.pack("d", one),
    "mean": lambda one: statistics.mean([one, one]),
    "sum": lambda one: sum([one, one]),
    "int": int,
    "float": float,
    "round": round,
    "index": operator.index,
    "a member of a set": lambda one: {one},
    "text": str,
    "repr": repr,
    "percent": lambda one: "%.3f" % one,  # noqa: UP031
    "its type": lambda one: isinstance(one, float),
    "a bool": lambda one: one == True,  # noqa: E712
    "a fraction": lambda one: Fraction(1, 2) < one,
    "a quotient": lambda one: one / 2,
    "a rest": lambda one: one % 1,
    "a power": lambda one: one**2,
    "a method of floats": lambda one: one.is_integer(),
}


@pytest.mark.parametrize("ask", ANSWERED.values(), ids=ANSWERED)
def test_a_recorded_number_is_read_by_nobody(ask: Callable[[Any], object]) -> None:
    """Also not by functions written in C, which take the number of any float."""
    with pytest.raises(ERRORS):
        ask(Recorder().number(1.5, "t0"))


def test_comparisons_in_tuples_lists_and_sorting_are_noted() -> None:
    """C makes them too, and asks the number."""
    recorder = Recorder()
    a, b = recorder.number(1.0, "t0"), recorder.number(2.0, "t1")
    assert sorted([(b, 1), (a, 2)]) == [(a, 2), (b, 1)]
    assert max([a, b]) is b
    assert b in [a, b]
    assert math.inf > b
    assert recorder.lines[0] == "if (t0==t1): return False"
    assert {"if not (t0<t1): return False", "if not (t1>t0): return False"} <= set(recorder.lines)


@pytest.mark.parametrize(
    "ask",
    [
        lambda known: known.get("other"), lambda known: known["other"], lambda known: "other" in known, list, dict, len,
        lambda known: {**known}, lambda known: known | {}, lambda known: {} | known, lambda known: known.items(), str,
        {}.update, lambda known: known == {},
    ],
)  # fmt: skip
def test_values_that_the_shape_does_not_tell_are_not_asked_for(ask: Callable[[Any], object]) -> None:
    """Neither by their names, nor which there are."""
    with pytest.raises(UnplannableError):
        ask(Known({"one": 1, "other": 2}, ("one",)))


def test_values_that_the_shape_tells() -> None:
    """And that there are others."""
    known = Known({"one": 1, "other": 2}, ("one", "two"))
    assert (known["one"], known.get("two"), "two" in known, bool(known)) == (1, None, False, True)
    assert bool(Known({"other": 2}, ("one",)))
    assert not Known({}, ("one",))


@pytest.mark.parametrize("make", [lambda: Text("id"), Unknown], ids=["text", "unknown"])
@pytest.mark.parametrize(
    "ask",
    [
        str, hash, len, lambda one: f"{one}", lambda one: one == "a", lambda one: one in {"a"}, lambda one: one < "a",
        lambda one: re.match("a", one), lambda one: "a" + one, lambda one: one.startswith("a"), lambda one: one in "a",
        lambda one: "".join([one]), lambda one: one[:3],
    ],
)  # fmt: skip
def test_a_text_that_differs_is_only_handed_on(make: Callable[[], object], ask: Callable[[Any], object]) -> None:
    """What depends on it has an error."""
    with pytest.raises(ERRORS):
        ask(make())


def test_ids_are_looked_up_and_not_read() -> None:
    """As keys they are themselves."""
    assert {Id(1): "x"}[Id(1)] == "x"
    assert Id(1) != Id(2)
    assert Id(1) != ""
    with pytest.raises(UnplannableError):
        sorted([Id(2), Id(1)])  # type: ignore[type-var]
