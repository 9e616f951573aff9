"""How much of a function's traced time it spends by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shopfast_obs.analysis.traces.outcome import operation
from shopfast_obs.model.telemetry import Segment, Trace

LARGE = frozenset({"Scan", "Query", "BatchGetItem", "GetObject"})  # operations whose answers may be megabytes


def compute_share(traces: Sequence[Trace], function: str, *, parsing: bool = False) -> float | None:
    """The share of the function's traced time that no call to another service covers; None without finished segments
    that have such calls at all (a function that is not instrumented shows none). With `parsing`, calls with large
    answers count as the function's own time: the SDK reads them at the function's CPU share."""
    total = waiting = 0.0
    instrumented = False
    for trace in traces:
        for segment in trace.segments:
            if segment.origin == "AWS::Lambda::Function" and segment.name == function and segment.end is not None:
                calls = list(_calls(segment, segment.end, parsing=parsing))
                instrumented = instrumented or bool(calls)
                total += segment.duration
                waiting += _covered(calls)
    return 1 - min(1.0, waiting / total) if instrumented and total else None


def _calls(segment: Segment, end: float, *, parsing: bool) -> Iterator[tuple[float, float]]:
    for child in segment.subsegments:
        if child.namespace not in ("aws", "remote"):
            yield from _calls(child, end, parsing=parsing)
        elif not (parsing and operation(child) in LARGE):
            yield child.start, end if child.end is None else child.end


def _covered(intervals: list[tuple[float, float]]) -> float:
    """The length of the union of the intervals."""
    covered, reached = 0.0, float("-inf")
    for start, end in sorted(intervals):
        covered += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return covered
