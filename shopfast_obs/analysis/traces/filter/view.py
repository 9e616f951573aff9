"""A trace as X-Ray's queries see it: services, the calls between them, and the roots."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import Segment, Trace


@record
class ServiceKey:
    """A node of the service graph. A function has two: of the type AWS::Lambda and of AWS::Lambda::Function."""

    name: str
    type: str = ""
    account: str = ""


@record
class Call:
    """`caller` called `callee`; `via` is the caller's subsegment, or the caller itself."""

    caller: Segment
    via: Segment
    callee: Segment


def service_key(segment: Segment) -> ServiceKey:
    """The node that a segment belongs to; an inferred one is named for the resource."""
    name, resources = segment.name, segment.aws.get("resource_names")
    if segment.inferred and isinstance(resources, list) and resources:
        name = str(resources[0])
    kind = segment.origin or ("remote" if segment.inferred else "")
    return ServiceKey(name, kind, str(segment.aws.get("account_id") or ""))


def parts(segment: Segment) -> Iterator[Segment]:
    """A segment and everything embedded in it, parents first."""
    stack = [segment]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(current.subsegments))


class TraceView:
    """Answers about one trace, each computed when first asked for."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.segments = trace.segments

    @cached_property
    def owners(self) -> dict[str, tuple[Segment, Segment]]:
        """By id: the part, and the segment that holds it."""
        return {part.id: (part, segment) for segment in reversed(self.segments) for part in parts(segment)}

    @cached_property
    def roots(self) -> tuple[Segment, ...]:
        """What nothing in the trace calls: segments without a parent, then orphans, the earliest first."""
        free = sorted((s for s in self.segments if not s.parent_id), key=lambda s: s.start)
        orphans = sorted((s for s in self.segments if s.parent_id and self._caller(s) is None), key=lambda s: s.start)
        return (*free, *orphans) or tuple(sorted(self.segments, key=lambda s: s.start)[:1])

    @property
    def root(self) -> Segment | None:
        """The entry point; None for a trace without segments."""
        return self.roots[0] if self.roots else None

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Every call of one segment by another."""
        found = ((segment, self._caller(segment)) for segment in self.segments)
        return tuple(Call(caller[1], caller[0], segment) for segment, caller in found if caller is not None)

    @cached_property
    def callees(self) -> dict[str, list[Segment]]:
        """The segments that were called, by the id of the part that called them."""
        found: dict[str, list[Segment]] = {}
        for call in self.calls:
            found.setdefault(call.via.id, []).append(call.callee)
        return found

    def _caller(self, segment: Segment) -> tuple[Segment, Segment] | None:
        owner = self.owners.get(segment.parent_id)
        return None if owner is None or owner[1] is segment else owner

    @cached_property
    def everything(self) -> tuple[Segment, ...]:
        """All segments and subsegments."""
        return tuple(self.trace.walk())

    @property
    def duration(self) -> float:
        """From the earliest start to the latest end."""
        starts = [part.start for part in self.everything]
        ends = [part.end for part in self.everything if part.end is not None]
        return max([*ends, *starts]) - min(starts) if starts else 0.0
