"""The parts of one trace by what they are: how many, how long together, and how much of that is their own."""

from __future__ import annotations

from collections.abc import Iterable

from shopfast_obs.analysis.traces.waterfall import Row
from shopfast_obs.model.records import record


@record
class PartStatistic:
    """All parts of one name and kind: seconds together, the longest, their own, and their own on the critical path."""

    name: str
    kind: str
    count: int
    failed: int
    total: float
    longest: float
    own: float
    on_path: float


def part_statistics(rows: Iterable[Row]) -> tuple[PartStatistic, ...]:
    """The statistics of a waterfall's rows, what takes most by itself first."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.name, row.kind), []).append(row)
    found = [
        PartStatistic(
            name=name,
            kind=kind,
            count=len(own),
            failed=sum(row.outcome != "ok" for row in own),
            total=sum(row.duration for row in own),
            longest=max(row.duration for row in own),
            own=sum(row.own for row in own),
            on_path=sum(row.on_path or 0.0 for row in own),
        )
        for (name, kind), own in groups.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.own, one.name, one.kind)))
