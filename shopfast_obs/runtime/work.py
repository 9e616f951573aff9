"""Which record the running code works on: the one that its innermost function was given, or that its loop has come to.

An id that is not certain is none: a line with another customer's id is worse than one with the batch's. So whatever
else the code holds of the same batch speaks against: a pair, a chunk, the record of an outer loop.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from types import CodeType, FrameType, GeneratorType
from typing import Any, NamedTuple

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
FUNCTION, VARARGS, VARKEYWORDS, GENERATOR = 0x01, 0x04, 0x08, 0x20
# Up to Python 3.12 a frame has one dictionary of its names, which a function gets that asks for it.
ASKING = ("locals", "vars", "dir", "eval", "exec")

Ids = Mapping[int, str]  # of records, by identity
Names = list[tuple[str, Any]]  # of a function, with their values


class Step(NamedTuple):
    """What a loop over the records has come to. It keeps no frame: the loop of a generator that nobody asks any more
    has to end."""

    loop: int  # the identity of the iterator's frame
    value: str  # the record's id
    frame: int  # the identity of the frame whose loop it is
    before: frozenset[tuple[str, int]]  # what that frame held of records when the loop began
    single: bool  # True where that frame is a generator's that has taken this record alone


def at_hand(ids: Ids, steps: Sequence[Step], boundary: FrameType | None) -> str:
    """The id of the record that the calling code works on; empty where that is none, or not certain."""
    seen: set[str] = set()
    own: set[int] = set()
    for frame in _frames(boundary):
        if frame is None or _is_private(frame):
            return ""
        own.add(id(frame))
        loops = [step for step in steps if step.frame == id(frame)]
        names = _names(frame)
        arguments, others = _held(frame.f_code, names, ids, loops)
        seen |= arguments | others
        if loops:
            return "" if _keeps(names, loops) else _only(seen.union(step.value for step in loops))
        if arguments:
            return _only(seen)
    # A generator that waits for being asked for more, and has come to what it gave last.
    waiting = [step for step in steps if step.frame not in own and step.single]
    return _only(seen.union(step.value for step in waiting)) if waiting else ""


def is_single(frame: FrameType, ids: Ids, step: Step, last: str) -> bool:
    """True for a generator's frame that holds no record but the one that its loop comes to; by name the last one."""
    if not frame.f_code.co_flags & GENERATOR or _is_private(frame):
        return False
    names = _names(frame)
    for name, value in names:
        found = set(_records(value, ids, inside=True)) - {step.value}
        if type(value) not in (list, tuple, dict) or id(value) in ids:
            found.discard(last)
        if found and (name, id(value)) not in step.before:
            return False
    return not _keeps(names, [step])


def bindings(frame: FrameType, ids: Ids) -> frozenset[tuple[str, int]]:
    """The names in the frame that hold a record, or several, and are not bound again further down, with the identity of
    what each is bound to."""
    if _is_private(frame):
        return frozenset()
    found = [(name, id(value)) for name, value in _names(frame) if any(_records(value, ids, inside=True))]
    again = _bound_after(frame) if found else ()
    return frozenset(binding for binding in found if binding[0] not in again)


def _bound_after(frame: FrameType) -> set[str]:
    """The names that the frame's code binds behind the place where it is."""
    import dis

    names: set[str] = set()
    for instruction in dis.get_instructions(frame.f_code):
        if instruction.offset > frame.f_lasti and instruction.opname.startswith("STORE_"):
            bound = instruction.argval
            names |= set(bound) if isinstance(bound, tuple) else {str(bound)}
    return names


def _names(frame: FrameType) -> Names:
    """The names of a function's frame with their values."""
    names = frame.f_locals
    found = list(names.items())
    if type(names) is dict:  # up to Python 3.12: would keep the values alive for as long as the function runs
        names.clear()
    return found


def _is_private(frame: FrameType) -> bool:
    """True where the names of the frame cannot be read without the application noticing."""
    code = frame.f_code
    return not code.co_flags & FUNCTION or any(name in ASKING for name in code.co_names)


def _keeps(names: Names, loops: Sequence[Step]) -> bool:
    """True where the code asks a loop's iterator itself: there is no body whose record would be known."""
    iterators = [step.loop for step in loops]
    kept = (value for name, value in names if type(value) is GeneratorType and name[:1] != ".")
    return any(id(value.gi_frame) in iterators for value in kept)


def _frames(boundary: FrameType | None) -> Iterator[FrameType | None]:
    """The application's frames of this thread, innermost first, the handler's last; of a task its own, then None."""
    frame: FrameType | None = sys._getframe(3)
    inside = True
    for _ in range(DEEPEST):
        if frame is None or frame is boundary:
            return
        name = str(frame.f_globals.get("__name__", ""))
        if name in EVENT_LOOPS:
            yield None
            return
        if name not in PASSED and not name.startswith(BELOW):
            inside = False
            yield frame
        elif inside and frame.f_code.co_name == "flush_buffer":
            return  # lines that were kept back: whose they are is not known any more
        frame = frame.f_back


def _held(code: CodeType, names: Names, ids: Ids, loops: Sequence[Step]) -> tuple[set[str], set[str]]:
    """The ids of records in a function's arguments, and in its other names."""
    count = code.co_argcount + code.co_kwonlyargcount
    given = code.co_varnames[:count]
    several = code.co_varnames[count : count + _stars(code.co_flags)]
    before = frozenset().union(*(step.before for step in loops))
    arguments: set[str] = set()
    others: set[str] = set()
    for name, value in names:
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
