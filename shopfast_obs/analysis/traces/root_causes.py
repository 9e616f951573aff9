"""The most likely cause of a fault, an error or a slow answer: the path from the entry point to where it began.

X-Ray does not publish its algorithm. This one follows failures downwards as long as a part of the failed part failed,
too, and time as long as one part took more than half of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from shopfast_obs.analysis.traces.filter.view import ServiceKey, TraceView, service_key
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import Segment, TracedException

MAX_PATH = 200  # longer paths, and circles, end there
DOMINANT = 0.5


@record
class Entity:
    """A segment or subsegment on the path. `coverage` is its share of the root's time."""

    name: str
    coverage: float
    remote: bool
    exceptions: tuple[TracedException, ...] = ()


@record
class CauseService:
    """A service on the path, with its own part of the path."""

    key: ServiceKey
    inferred: bool
    entities: tuple[Entity, ...]


@record
class RootCause:
    """One path. `client_impacting` when it reaches the entry point."""

    services: tuple[CauseService, ...]
    client_impacting: bool


def fault_causes(view: TraceView) -> tuple[RootCause, ...]:
    """Where the faults of a trace began."""
    return _failures(view, lambda part: part.fault)


def error_causes(view: TraceView) -> tuple[RootCause, ...]:
    """Where its errors began."""
    return _failures(view, lambda part: part.error)


def response_time_causes(view: TraceView) -> tuple[RootCause, ...]:
    """Where its time went."""
    root = view.root
    if root is None or root.duration <= 0:
        return ()

    def slowest(candidates: Sequence[Segment], current: Segment) -> Segment | None:
        best = max(candidates, key=lambda part: part.duration, default=None)
        return best if best is not None and best.duration > DOMINANT * current.duration else None

    return (RootCause(_path(view, root, slowest), True),)


def _failures(view: TraceView, failed: Callable[[Segment], bool]) -> tuple[RootCause, ...]:
    callers = {call.callee.id: call for call in view.calls}
    tops = [s for s in view.segments if failed(s) and not (s.id in callers and failed(callers[s.id].caller))]

    def first(candidates: Sequence[Segment], _: Segment) -> Segment | None:
        return next((part for part in sorted(candidates, key=lambda p: p.start) if failed(part)), None)

    roots = {root.id for root in view.roots}
    return tuple(RootCause(_path(view, top, first), top.id in roots) for top in tops)


def _path(
    view: TraceView, start: Segment, choose: Callable[[Sequence[Segment], Segment], Segment | None]
) -> tuple[CauseService, ...]:
    total = view.root.duration if view.root is not None else 0.0
    services: list[tuple[Segment, list[Segment]]] = [(start, [start])]
    current: Segment | None = start
    for _ in range(MAX_PATH):
        assert current is not None
        callee = choose(view.callees.get(current.id, []), current)
        inner = choose(current.subsegments, current)
        if callee is not None:
            services.append((callee, [callee]))
        elif inner is not None:
            services[-1][1].append(inner)
        current = callee or inner
        if current is None:
            break
    return tuple(CauseService(service_key(s), s.inferred, tuple(_entities(inside, total))) for s, inside in services)


def _entities(path: Iterable[Segment], total: float) -> Iterable[Entity]:
    for part in path:
        coverage = part.duration / total if total > 0 else 0.0
        yield Entity(part.name, round(min(coverage, 1.0), 4), part.namespace == "remote", part.exceptions)
