"""GetTimeSeriesServiceStatistics: the entry points of traces, by period."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shopfast_obs.analysis.trace_view import TraceView
from shopfast_obs.localcloud.xray.graph import Tally


def time_series(views: Iterable[TraceView], start: float, end: float, period: int) -> list[dict[str, Any]]:
    """One entry a period in which a trace began, oldest first."""
    tallies: dict[float, Tally] = {}
    for view in views:
        root = view.root
        if root is not None and start <= root.start < end:
            tallies.setdefault(root.start // period * period, Tally()).add(root, root)
    return [
        {
            "Timestamp": time,
            "ServiceSummaryStatistics": tallies[time].statistics(),
            "ResponseTimeHistogram": tallies[time].buckets(),
        }
        for time in sorted(tallies)
    ]
