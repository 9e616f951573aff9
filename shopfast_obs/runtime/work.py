"""Which record the running code works on: the one that its innermost function was given, or that its loop has come to.

An id that is not certain is none: a line with another customer's id is worse than one with the batch's. So whatever
else the code holds of the same batch speaks against: a pair, a chunk, the record of an outer loop.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import Any, Protocol

DEEPEST = 100  # frames
LONGEST = 100  # records of a chunk that are looked at
MOST_ATTRIBUTES = 16  # of an object that may hold a record
PLAIN = (str, int, float, bool, bytes, type(None), list, tuple, set, type)
# Not the application's: they hold what is logged or sent, whatever record it is of.
PASSED = (
    "logging",
    "aws_lambda_powertools.logging",
    "aws_lambda_powertools.tracing",
    "aws_xray_sdk",
    "shopfast_obs.runtime",
)
BELOW = tuple(f"{name}." for name in PASSED)
EVENT_LOOPS = ("asyncio.events", "asyncio.base_events", "asyncio.runners")  # below a task is another's work
# Flags of code, for which `inspect` has names; it is not loaded for them.
VARARGS, VARKEYWORDS, WAITING = 0x04, 0x08, 0x20 | 0x80 | 0x200

Ids = Mapping[int, str]  # of records, by identity


class Step(Protocol):
    """What a loop over the records has come to."""

    @property
    def value(self) -> str:
        """The record's id."""

    @property
    def frame(self) -> FrameType:
        """Whose loop it is."""

    @property
    def before(self) -> frozenset[tuple[str, int]]:
        """What the frame held of records when the loop began."""


def at_hand(ids: Ids, steps: Sequence[Step], boundary: FrameType | None) -> str:
    """The id of the record that the calling code works on; empty where that is none, or not certain."""
    seen: set[str] = set()
    own: set[FrameType] = set()
    for frame in _frames(boundary):
        own.add(frame)
        loops = [step for step in steps if step.frame is frame]
        arguments, others = _held(frame, ids, loops)
        seen |= arguments | others
        if loops:
            return _only(seen.union(step.value for step in loops))
        if arguments:
            return _only(seen)
    # A generator that waits for being asked for more, whose loop has come to what it gave last.
    waiting = [step for step in steps if step.frame not in own and _can_wait(step.frame)]
    for step in waiting:
        seen |= {step.value} | set().union(*_held(step.frame, ids, [step]))
    return _only(seen) if waiting else ""


def bindings(frame: FrameType, ids: Ids) -> frozenset[tuple[str, int]]:
    """The names in the frame that hold a record, or several, each with the identity of what it is bound to."""
    local = frame.f_locals
    return frozenset((name, id(value)) for name, value in local.items() if any(_records(value, ids, inside=True)))


def _frames(boundary: FrameType | None) -> Iterator[FrameType]:
    """The application's frames of this thread and task, innermost first, the handler's last."""
    frame: FrameType | None = sys._getframe(3)
    inside = True
    for _ in range(DEEPEST):
        if frame is None or frame is boundary:
            return
        name = str(frame.f_globals.get("__name__", ""))
        if name in EVENT_LOOPS:
            return
        if name not in PASSED and not name.startswith(BELOW):
            inside = False
            yield frame
        elif inside and frame.f_code.co_name == "flush_buffer":
            return  # lines that were kept back: whose they are is not known any more
        frame = frame.f_back


def _held(frame: FrameType, ids: Ids, loops: Sequence[Step]) -> tuple[set[str], set[str]]:
    """The ids of records in the frame's arguments, and in its other names."""
    code = frame.f_code
    count = code.co_argcount + code.co_kwonlyargcount
    given = code.co_varnames[:count]
    several = code.co_varnames[count : count + _stars(code.co_flags)]
    before = frozenset().union(*(step.before for step in loops))
    arguments: set[str] = set()
    others: set[str] = set()
    for name, value in frame.f_locals.items():
        kind = type(value)
        if name in code.co_freevars or (kind in PLAIN and not loops and name not in several):
            continue
        found = set(_records(value, ids, inside=bool(loops) or name in several))
        if found and (name, id(value)) not in before:
            if name in given or name in several:
                arguments |= found
            else:
                others |= found
    return arguments, others


def _stars(flags: int) -> int:
    return bool(flags & VARARGS) + bool(flags & VARKEYWORDS)


def _records(value: Any, ids: Ids, *, inside: bool) -> Iterator[str]:  # noqa: ANN401
    """The ids of the records that a value is, wraps, or has in it."""
    kind = type(value)
    if id(value) in ids:
        yield ids[id(value)]
    elif inside and kind in (list, tuple):
        yield from (ids[id(item)] for item in value[:LONGEST] if id(item) in ids)
    elif inside and kind is dict:
        yield from (ids[id(item)] for item in list(value.values())[:LONGEST] if id(item) in ids)
    elif kind not in PLAIN and kind is not dict:
        attributes = getattr(value, "__dict__", None)
        if type(attributes) is dict and len(attributes) <= MOST_ATTRIBUTES:
            yield from (ids[id(item)] for item in list(attributes.values()) if id(item) in ids)


def _only(seen: set[str]) -> str:
    return next(iter(seen)) if len(seen) == 1 else ""


def _can_wait(frame: FrameType) -> bool:
    return bool(frame.f_code.co_flags & WAITING)
