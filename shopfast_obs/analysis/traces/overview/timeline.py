"""Requests over time: how many, how many failed and how long they took, in slices of one length."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol

from shopfast_obs.analysis.statistics import percentile
from shopfast_obs.model.records import record

SLICES = 40
ROUND = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)  # seconds


class Request(Protocol):
    """What a timeline needs to know of one request."""

    @property
    def start(self) -> float: ...  # noqa: D102
    @property
    def response(self) -> float: ...  # noqa: D102
    @property
    def entry_point(self) -> str: ...  # noqa: D102
    @property
    def outcome(self) -> str: ...  # noqa: D102


@record
class Slice:
    """The requests that began in `[start, start + step)`; no percentiles where there were none."""

    start: float
    count: int
    failed: int
    p50: float | None
    p95: float | None


@record
class Timeline:
    """One entry point's slices of `step` seconds, empty ones included."""

    entry_point: str
    step: float
    slices: tuple[Slice, ...]


def timelines(requests: Iterable[Request], slices: int = SLICES) -> tuple[Timeline, ...]:
    """A timeline for every entry point, the busiest first, all with the same slices; nothing for no requests."""
    known = [request for request in requests if request.entry_point]
    if not known:
        return ()
    begin, end = _span([request.start for request in known])
    step = _step(end - begin, slices)
    begin = math.floor(begin / step) * step
    count = min(slices + 1, int((end - begin) // step) + 1)
    by_entry: defaultdict[str, list[list[Request]]] = defaultdict(lambda: [[] for _ in range(count)])
    for request in known:
        place = int((request.start - begin) // step)
        if 0 <= place < count:
            by_entry[request.entry_point][place].append(request)
    found = [
        Timeline(name, step, tuple(_slice(begin + number * step, inside) for number, inside in enumerate(places)))
        for name, places in by_entry.items()
    ]
    return tuple(sorted(found, key=lambda line: (-sum(one.count for one in line.slices), line.entry_point)))


def _span(starts: Sequence[float]) -> tuple[float, float]:
    """From the first to the last; without the few whose clocks are days off, which would squeeze all others."""
    ordered = sorted(starts)
    low, high = percentile(ordered, 0.02), percentile(ordered, 0.98)
    reach = max(60.0, 10 * (high - low))
    near = [start for start in ordered if low - reach <= start <= high + reach]
    return near[0], near[-1]


def _step(seconds: float, slices: int) -> float:
    least = seconds / slices
    return float(next((step for step in ROUND if step >= least), math.ceil(least / 86400) * 86400))


def _slice(start: float, inside: Sequence[Request]) -> Slice:
    times = sorted(request.response for request in inside)
    failed = sum(request.outcome != "ok" for request in inside)
    if not times:
        return Slice(start, 0, 0, None, None)
    return Slice(start, len(times), failed, percentile(times, 0.50), percentile(times, 0.95))
