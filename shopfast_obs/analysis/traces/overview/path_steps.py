"""The kinds of parts on the paths of many traces: how long they took there, and in which traces most."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, MutableSequence, Sequence
from heapq import nlargest

from shopfast_obs.model.records import record

EXEMPLARS = 3


def doubles() -> array[float]:
    """An empty column of numbers, eight bytes each."""
    return array("d")


Column = Callable[[], MutableSequence[float]]


@record
class PathStep:
    """One kind of part on the paths to the answers, and after these to the ends: its own seconds there, which is what
    it could save at most. `exemplars` are the traces in which that was most; `spread` is the standard deviation among
    the traces that have it; `later` are those of its seconds that came after the answer: nobody at the entry point
    waited for them."""

    name: str
    category: str
    traces: int
    seconds: float
    exemplars: tuple[str, ...] = ()
    spread: float = 0.0
    later: float = 0.0

    @property
    def awaited(self) -> float:
        """Seconds until the answer."""
        return self.seconds - self.later


class StepColumn:
    """One step while it is collected: its seconds in each trace that has it, and which traces these are. Sums are
    taken at the end and exactly, so that they do not depend on the order in which traces came."""

    __slots__ = ("later", "rows", "seconds")

    def __init__(self, column: Column = doubles) -> None:
        self.seconds, self.later = column(), column()
        self.rows: MutableSequence[int] = array("I")

    def add(self, seconds: float, row: int) -> None:
        """Count the seconds of one trace, `row` is its number."""
        self.seconds.append(seconds)
        self.rows.append(row)

    def merge(self, other: StepColumn, shift: int = 0) -> None:
        """Count what the other one counted; its traces have numbers that are lower by `shift`."""
        self.seconds.extend(other.seconds)
        self.later.extend(other.later)
        self.rows.extend(shifted(other.rows, shift))

    def of(self, name: str, category: str, ids: Sequence[str]) -> PathStep:
        """What was collected; `ids` are those of all traces, by number."""
        seconds = self.seconds
        traces, total = len(seconds), math.fsum(seconds)
        most = nlargest(EXEMPLARS, zip(seconds, map(ids.__getitem__, self.rows), strict=True))
        variance = max(0.0, math.fsum([one * one for one in seconds]) / traces - (total / traces) ** 2)
        later = math.fsum(self.later)
        return PathStep(name, category, traces, total, tuple(one for _, one in most), math.sqrt(variance), later)


def shifted(rows: Sequence[int], shift: int) -> array[int]:
    """The numbers of traces that stand behind so many others."""
    return array("I", [row + shift for row in rows]) if shift else array("I", rows)


def longest_first(steps: Iterable[PathStep]) -> tuple[PathStep, ...]:
    """The steps in the order of their seconds."""
    return tuple(sorted(steps, key=lambda step: (-step.seconds, step.name)))
