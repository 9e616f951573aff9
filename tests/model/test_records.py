"""A record behaves as the standard library's frozen, slotted dataclass of the same fields."""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field, replace
from typing import Any

import pytest

from shopfast_obs.model.records import record


@record
class Point:
    """What a test can pickle."""

    x: int
    y: int = 2
    tags: list[str] = field(default_factory=list)


def made(decorator: Callable[[type], type]) -> Any:
    """A family of classes: defaults, fields by name only, fields that are not compared or not told."""

    class Base:
        first: int
        second: str = "two"
        third: tuple[int, ...] = field(default=(), compare=False, repr=False)

    base: Any = decorator(Base)

    class Sub(base):  # type: ignore[misc]
        fourth: dict[str, int] = field(default_factory=dict, compare=False)
        fifth: int = field(default=5, kw_only=True)
        sixth: int = field(init=False, default=6)

        def __post_init__(self) -> None:
            if self.first < 0:
                raise ValueError("first is negative")

    return decorator(Sub)


RECORD, LIBRARY = made(record), made(dataclass(frozen=True, slots=True))


@pytest.mark.parametrize(
    ("positional", "named"),
    [((1,), {}), ((1, "b", (3,)), {"fifth": 7}), ((1,), {"fourth": {"a": 1}}), ((), {"first": 2, "second": ""})],
)
def test_it_is_made_told_and_compared_alike(positional: tuple[Any, ...], named: dict[str, Any]) -> None:
    """By place and by name, with the defaults of each."""
    one, other = RECORD(*positional, **named), LIBRARY(*positional, **named)
    assert repr(one).partition("(")[2] == repr(other).partition("(")[2]
    assert dataclasses.asdict(one) == dataclasses.asdict(other)
    assert one == RECORD(*positional, **named)
    assert hash(one) == hash(RECORD(*positional, **named))
    assert one != replace(one, second="another")
    assert one == replace(one, third=(9,), fourth={"z": 1})
    assert one != other
    assert RECORD.__match_args__ == LIBRARY.__match_args__
    assert not hasattr(one, "__dict__")


@pytest.mark.parametrize("call", [{}, {"first": 1, "seventh": 7}, {"first": 1, "sixth": 6}])
def test_a_wrong_call_is_refused(call: dict[str, int]) -> None:
    """A field that is missing, one that there is not, and one that nobody gives."""
    for kind in (RECORD, LIBRARY):
        with pytest.raises(TypeError, match="__init__"):
            kind(**call)


def test_nothing_is_changed_and_what_follows_is_run() -> None:
    """A value for a field, a new name and a removal are refused; `__post_init__` checks."""
    one = Point(1)
    for change in (lambda: setattr(one, "x", 2), lambda: setattr(one, "z", 2), lambda: delattr(one, "x")):
        with pytest.raises(FrozenInstanceError):
            change()
    with pytest.raises(ValueError, match="negative"):
        RECORD(-1)


def test_it_travels_and_shares_no_default() -> None:
    """Another process gets the same; each has a list of its own."""
    assert pickle.loads(pickle.dumps(Point(1, tags=["a"]))) == Point(1, 2, ["a"])
    assert Point(1).tags is not Point(1).tags


def test_own_methods_stay() -> None:
    """What a class says itself is not replaced."""

    @record
    class Odd:
        value: int

        def __repr__(self) -> str:
            return "odd"

        def __hash__(self) -> int:
            return 7

    assert (repr(Odd(1)), hash(Odd(1)), Odd(1) == Odd(1)) == ("odd", 7, True)


def test_a_frozen_dataclass_may_inherit_from_it() -> None:
    """As in a test that replaces one method of a class of ours."""

    @dataclass(frozen=True)
    class Named(Point):
        name: str = "corner"

    assert Named(1) == Named(1, 2, [], "corner")
    with pytest.raises(FrozenInstanceError):
        Named(1).name = "other"  # type: ignore[misc]
