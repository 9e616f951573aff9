"""Traces through GetTraceSummaries and BatchGetTraces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from shopfast_obs.cloud.aws_calls import Calls
from shopfast_obs.model.telemetry import TimeRange, Trace
from shopfast_obs.parse.traces import xray

BATCH = 5  # ids of one BatchGetTraces
WINDOW = 6 * 3600  # seconds that one GetTraceSummaries may span


def ids(calls: Calls, window: TimeRange, filter_expression: str = "") -> list[str]:
    """The ids of the traces in the window, each once."""
    found: dict[str, None] = {}
    start = window.start
    while start < window.end:
        end = min(start + WINDOW, window.end)
        asked = {"StartTime": datetime.fromtimestamp(start, UTC), "EndTime": datetime.fromtimestamp(end, UTC)}
        extra = {"FilterExpression": filter_expression} if filter_expression else {}
        for item in calls.items("xray", "get_trace_summaries", "TraceSummaries", **asked, **extra):
            found[item["Id"]] = None
        start = end
    return list(found)


def traces(calls: Calls, wanted: Sequence[str]) -> Iterator[Trace]:
    """The traces, five a call; unknown ids are left out."""

    def batch(start: int) -> list[Trace]:
        ids = list(wanted[start : start + BATCH])
        return [xray.trace(item) for item in calls.items("xray", "batch_get_traces", "Traces", TraceIds=ids)]

    for found in calls.ahead(batch, range(0, len(wanted), BATCH)):
        yield from found
