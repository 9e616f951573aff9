"""GetTimeSeriesServiceStatistics: requests by period, or what a selector chooses of every trace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from shopfast_obs.analysis.traces.filter.evaluation import selected
from shopfast_obs.analysis.traces.filter.parser import Expression, Scoped
from shopfast_obs.analysis.traces.filter.view import TraceView
from shopfast_obs.localcloud.xray.graph import Tally
from shopfast_obs.model.telemetry import Segment


def time_series(
    views: Iterable[TraceView], start: float, end: float, period: int, selector: Expression | None
) -> list[dict[str, Any]]:
    """One entry a period in which something began, oldest first: of services where the selector names some, else of
    edges; without a selector of those from clients."""
    tallies: dict[float, Tally] = {}
    for view in views:
        for outcome, timed in _chosen(view, selector):
            if start <= timed.start < end:
                tallies.setdefault(timed.start // period * period, Tally()).add(outcome, timed)
    of_services = isinstance(selector, Scoped) and selector.scope == "service"
    kind = "ServiceSummaryStatistics" if of_services else "EdgeSummaryStatistics"
    return [
        {"Timestamp": time, kind: tallies[time].statistics(), "ResponseTimeHistogram": tallies[time].buckets()}
        for time in sorted(tallies)
    ]


def _chosen(view: TraceView, selector: Expression | None) -> Iterator[tuple[Segment, Segment]]:
    if isinstance(selector, Scoped) and selector.scope in ("service", "edge"):
        yield from selected(view, selector)
    else:
        yield from ((root, root) for root in view.roots)
