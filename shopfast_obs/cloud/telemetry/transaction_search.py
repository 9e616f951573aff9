"""Traces of an account with Transaction Search, in which spans are log events and BatchGetTraces finds nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from shopfast_obs.cloud.aws_calls import Calls, RefusedError
from shopfast_obs.cloud.telemetry import logs
from shopfast_obs.model.telemetry import TimeRange, Trace
from shopfast_obs.parse.traces import xray
from shopfast_obs.parse.traces.otlp import xray_id

GROUP = "aws/spans"
ROOTS = '{ ($.parentSpanId NOT EXISTS) || ($.parentSpanId = "") }'
BATCH = 100  # ids of one StartTraceRetrieval
BEFORE, AFTER = 60.0, 3600.0  # seconds around the times in the ids in which the spans are looked for
EVERY, PATIENCE = 0.5, 300.0  # seconds between two looks, and until a retrieval is given up
_PENDING = ("SCHEDULED", "RUNNING")


def enabled(calls: Calls) -> bool:
    """True when segments go to CloudWatch Logs; False also where the target does not know or tell."""
    try:
        return calls.one("xray", "get_trace_segment_destination").get("Destination") == "CloudWatchLogs"
    except RefusedError:
        return False


def ids(calls: Calls, window: TimeRange) -> Iterator[str]:
    """The ids of all traces whose root span is in the window, indexed or not."""
    for event in logs.events(calls, GROUP, window, ROOTS):
        try:
            span = orjson.loads(event.message)
        except orjson.JSONDecodeError:
            continue
        trace_id = span.get("traceId") if isinstance(span, dict) else None
        if isinstance(trace_id, str) and trace_id:
            yield xray_id(trace_id)


def traces(calls: Calls, wanted: Sequence[str], sleep: Callable[[float], None] = time.sleep) -> Iterator[Trace]:
    """The traces, a hundred a retrieval; unknown ids are left out. Raises RefusedError when a retrieval fails."""
    for start in range(0, len(wanted), BATCH):
        yield from _retrieved(calls, wanted[start : start + BATCH], sleep)


def _retrieved(calls: Calls, batch: Sequence[str], sleep: Callable[[float], None]) -> Iterator[Trace]:
    times = [_time(trace_id) for trace_id in batch]
    token = calls.one(
        "xray",
        "start_trace_retrieval",
        TraceIds=list(batch),
        StartTime=datetime.fromtimestamp(min(times) - BEFORE, UTC),
        EndTime=datetime.fromtimestamp(max(times) + AFTER, UTC),
    )["RetrievalToken"]
    found: dict[str, dict[str, Any]] = {}
    for answer in _answers(calls, token, sleep):
        for item in answer.get("Traces") or ():
            # A page holds at most a hundred spans of a trace; the rest is on the next.
            known = found.setdefault(item["Id"], {"Id": item["Id"], "Duration": item.get("Duration"), "Segments": []})
            known["Segments"] += item.get("Spans") or ()
    for item in found.values():
        yield xray.trace(item)


def _answers(calls: Calls, token: str, sleep: Callable[[float], None]) -> Iterator[Mapping[str, Any]]:
    """The pages of a retrieval, as soon as it is complete."""
    asked = {"RetrievalToken": token, "TraceFormat": "XRAY"}
    waited = 0.0
    answer = calls.one("xray", "list_retrieved_traces", **asked)
    while answer["RetrievalStatus"] in _PENDING and waited < PATIENCE:
        sleep(EVERY)
        waited += EVERY
        answer = calls.one("xray", "list_retrieved_traces", **asked)
    if answer["RetrievalStatus"] != "COMPLETE":
        status = answer["RetrievalStatus"]
        raise RefusedError(f"xray:StartTraceRetrieval ended as {status} after {waited:.0f} s.", str(status))
    yield answer
    while answer.get("NextToken"):
        answer = calls.one("xray", "list_retrieved_traces", NextToken=answer["NextToken"], **asked)
        yield answer


def _time(trace_id: str) -> float:
    """When the trace began: the first part of its id."""
    try:
        return float(int(trace_id[2:10], 16))
    except ValueError:
        return time.time()
