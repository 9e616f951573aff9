"""Which traces' waterfalls a page carries: those that its tables point to, then the slowest, while there is room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shopfast_obs.analysis.errors.groups import ErrorGroup
from shopfast_obs.analysis.traces.overview.overview import Overview
from shopfast_obs.report.html.data import ROWS

PARTS = 60_000  # of all waterfalls together: about 10 MB
TRACES = 300


def telling(overview: Overview, groups: Sequence[ErrorGroup] = ()) -> tuple[str, ...]:
    """The ids of the traces to carry, the most telling first."""
    parts = {summary.id: min(summary.parts, ROWS) for summary in overview.traces}
    chosen: dict[str, None] = {}
    room = PARTS
    for id_ in _ranked(overview, groups):
        if id_ in chosen or id_ not in parts or parts[id_] > room:
            continue
        chosen[id_] = None
        room -= parts[id_]
        if len(chosen) == TRACES:
            break
    return tuple(chosen)


def _ranked(overview: Overview, groups: Sequence[ErrorGroup]) -> Iterator[str]:
    for group in (*groups, *overview.failures):
        yield from (failure.trace_id for failure in group.exemplars)
    for entry in overview.entry_points:
        yield from entry.slowest
    for pattern in overview.patterns:
        yield from pattern.exemplars
    for step in overview.steps[:20]:
        yield from step.exemplars
    for summary in sorted(overview.traces, key=lambda one: (one.outcome == "ok", -one.duration)):
        yield summary.id
