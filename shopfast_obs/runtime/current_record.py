"""Which record the running code works on: the one that its innermost function was given, or that its loop has come to.

An id that is not certain is none: a line with another customer's id is worse than one with the batch's. So whatever
else the code holds of the same batch speaks against: a pair, a chunk, a copy or a value of another record.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from types import CodeType, FrameType, GeneratorType
from typing import Any, NamedTuple

from shopfast_obs.runtime.distinct import CONTAINERS, LONGEST, Distinct

DEEPEST = 100  # frames
# Not the application's: they hold what is logged or sent, whatever record it is of.
PASSED = (
    "logging",
    "aws_lambda_powertools.logging",
    "aws_lambda_powertools.tracing",
    "aws_xray_sdk",
    "boto3",
    "botocore",
    "shopfast_obs.runtime",
)
BELOW = tuple(f"{name}." for name in PASSED)
EVENT_LOOPS = ("asyncio.events", "asyncio.base_events", "asyncio.runners")  # below a task is another's work
# Flags of code, for which `inspect` has names; it is not loaded for them.
FUNCTION, VARARGS, VARKEYWORDS, GENERATOR, ASYNC_GENERATOR = 0x01, 0x04, 0x08, 0x20, 0x200
# Up to Python 3.12 a frame has one dictionary of its names, which a function gets that asks for it.
ASKING = ("locals", "vars", "dir", "eval", "exec")
ITERATORS = ("builtins", "itertools")  # modules of those that pass on what another iterator gives

Names = list[tuple[str, Any]]  # of a function, with their values
Bindings = frozenset[tuple[str, int]]  # names with the identities of their values


class Place(NamedTuple):
    """Code that has asked for a record. It keeps no frame: the loop of a generator that nobody asks any more has to
    end."""

    frame: int  # its identity
    code: CodeType
    before: Bindings  # what its names were bound to when it asked

    def is_in(self, frame: FrameType) -> bool:
        """Whether that frame has asked; identities of frames are used again."""
        return self.frame == id(frame) and self.code is frame.f_code


class Step(NamedTuple):
    """What a loop over the records has come to."""

    loop: int  # the identity of the iterator's frame
    value: str  # the record's id
    places: tuple[Place, ...]


def at_hand(records: Distinct, steps: Sequence[Step], boundary: FrameType | None, said: object = None) -> str:
    """The id of the record that the calling code works on, and whose values alone are in what is `said`; empty where
    that is none, or not certain."""
    looked_at: list[Names] = []
    own, named = _of_code(records, steps, boundary, looked_at), records.said(said)
    if own and named <= {own}:
        return own
    # Code that has taken a record out of a list works on it at least where it says so.
    return _only(named) if named and _only(named) in _nearest(records, looked_at) else ""


def _of_code(records: Distinct, steps: Sequence[Step], boundary: FrameType | None, looked_at: list[Names]) -> str:
    told: set[str] = set()
    for frame in _frames(boundary):
        if _is_private(frame.f_code):
            return ""
        names = _names(frame)
        looked_at.append(names)
        asked = {step: place.before for step in steps for place in step.places if place.is_in(frame)}
        if asked:
            return "" if _keeps(names, asked) else _of_loop(records, asked, names, told)
        given, others = _held(frame.f_code, names, records)
        told |= given | others
        if given:
            return _only(told)
    return ""


def _nearest(records: Distinct, looked_at: Sequence[Names]) -> set[str]:
    """The ids of the records that the innermost code holds which holds any."""
    for names in looked_at:
        if found := {of for _, value in names for of in records.wrapped(value)}:
            return found
    return set()


def places(frame: FrameType) -> tuple[Place, ...]:
    """Who asks for a record: the code in that frame, and where it is a generator's also who asks that."""
    found = []
    asking: FrameType | None = frame
    while asking is not None and not _is_private(asking.f_code):
        found.append(Place(id(asking), asking.f_code, frozenset((name, id(value)) for name, value in _names(asking))))
        if not asking.f_code.co_flags & (GENERATOR | ASYNC_GENERATOR):
            break
        asking = asking.f_back
    return tuple(found)


def _of_loop(records: Distinct, asked: dict[Step, Bindings], names: Names, told: set[str]) -> str:
    """The id of what the code of a loop has come to, where it has something of that record and, since then, of no
    other."""
    own = _only({step.value for step in asked})
    before = frozenset().union(*asked.values())
    for name, value in names:
        if records.ids.get(id(value)) == own:
            told.add(own)
        elif (name, id(value)) not in before:
            told |= records.told(value)
    return own if told == {own} else ""


def _keeps(names: Names, steps: Iterable[Step]) -> bool:
    """True where the code can ask a loop's iterator itself: there is no body whose record would be known."""
    loops = {step.loop for step in steps}
    return any(_asks(value, loops) for name, value in names if name[:1] != ".")


def _asks(value: Any, loops: set[int], depth: int = 5) -> bool:  # noqa: ANN401
    """Whether a value is one of those iterators, or passes on what one gives, as a `zip` does."""
    kind = type(value)
    if kind is GeneratorType:
        return id(value.gi_frame) in loops
    passes = kind is tuple or (hasattr(kind, "__next__") and kind.__module__ in ITERATORS)
    return passes and depth > 0 and any(_asks(part, loops, depth - 1) for part in gc.get_referents(value)[:LONGEST])


def _names(frame: FrameType) -> Names:
    """The names of a function's frame with their values."""
    names = frame.f_locals
    found = list(names.items())
    if type(names) is dict:  # up to Python 3.12: would keep the values alive for as long as the function runs
        names.clear()
    return found


@lru_cache(maxsize=1024)
def _is_private(code: CodeType) -> bool:
    """True where the names of the code's frames cannot be read without the application noticing."""
    return not code.co_flags & FUNCTION or any(name in ASKING for name in code.co_names)


def _frames(boundary: FrameType | None) -> Iterator[FrameType]:
    """The application's frames of this thread, innermost first, the handler's last; of a task its own."""
    frame: FrameType | None = sys._getframe(1)
    inside = True
    for _ in range(DEEPEST):
        if frame is None or frame is boundary:
            return
        name = frame.f_globals.get("__name__")
        if name in EVENT_LOOPS:
            return
        if not _is_passed(name):
            inside = False
            yield frame
        elif inside and frame.f_code.co_name == "flush_buffer":
            return  # lines that were kept back: whose they are is not known any more
        frame = frame.f_back


@lru_cache(maxsize=1024)
def _is_passed(module: object) -> bool:
    return module in PASSED or str(module).startswith(BELOW)


def _held(code: CodeType, names: Names, records: Distinct) -> tuple[set[str], set[str]]:
    """The ids of the records that a function was given, and of those that it has something else of: where it was given
    none, also in what it was given together."""
    count = code.co_argcount + code.co_kwonlyargcount
    several = code.co_varnames[count : count + _stars(code.co_flags)]
    arguments = {*code.co_varnames[:count], *several}
    given: set[str] = set()
    for name, value in names:
        if name in arguments:
            given.update(_given(value, records, inside=name in several))
    told: set[str] = set()
    for name, value in names:
        if type(value) not in CONTAINERS or (not given and name in arguments):
            told |= records.told(value)
    return given, told


def _given(value: Any, records: Distinct, *, inside: bool) -> Iterator[str]:  # noqa: ANN401
    """The ids of the records that an argument is or wraps; of several, that they are."""
    if not inside:
        yield from records.wrapped(value)
        return
    for item in list(value.values() if type(value) is dict else value)[:LONGEST]:
        yield from records.wrapped(item)


def _stars(flags: int) -> int:
    return bool(flags & VARARGS) + bool(flags & VARKEYWORDS)


def _only(seen: set[str]) -> str:
    return next(iter(seen)) if len(seen) == 1 else ""
