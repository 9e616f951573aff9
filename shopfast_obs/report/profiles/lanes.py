"""The parts of a trace in lanes in which they nest, because viewers of profiles draw nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from shopfast_obs.analysis.traces.tree import TraceTree
from shopfast_obs.analysis.traces.waterfall import is_copy
from shopfast_obs.report.profiles.frames import micro

LOOKED_AT = 64  # lanes of a service in which room is looked for


@dataclass(slots=True)
class Lane:
    """Parts that lie within one another or one after the other, in the order of time; `name` is their service."""

    name: str
    parts: list[int] = field(default_factory=list)
    open: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Lanes:
    """A trace in lanes. `begins` and `ends` are microseconds after the trace's start, by part."""

    begins: list[int]
    ends: list[int]
    lanes: list[Lane] = field(default_factory=list)

    def fits(self, lane: Lane, index: int) -> bool:
        """True where a part begins after the open parts have ended, or ends before they do; it closes the former."""
        while lane.open and self.ends[lane.open[-1]] <= self.begins[index]:
            lane.open.pop()
        return not lane.open or self.ends[index] <= self.ends[lane.open[-1]]


def lanes(grown: TraceTree) -> Lanes:
    """Each part in the lane of the part that it lies in where there is room, else in another of its service."""
    begins = [micro(start - grown.start) for start in grown.starts]
    found = Lanes(begins, [max(begin, micro(e - grown.start)) for begin, e in zip(begins, grown.ends, strict=True)])
    parts = [index for index in grown.order if not is_copy(grown, index)]
    parts.sort(key=lambda index: (begins[index], -found.ends[index]))  # the sort keeps parents before children
    of_service: dict[str, list[Lane]] = {}
    homes: dict[int, Lane] = {}
    for index in parts:
        name = grown.nodes[grown.owner(index)].name
        known = of_service.setdefault(name, [])
        above = homes.get(grown.parents[index])
        near = [above] if above is not None and above.name == name else []
        lane = next(filter(partial(found.fits, index=index), [*near, *known[-LOOKED_AT:]]), None)
        if lane is None:
            lane = Lane(name)
            known.append(lane)
            found.lanes.append(lane)
        lane.parts.append(index)
        lane.open.append(index)
        homes[index] = lane
    return found
