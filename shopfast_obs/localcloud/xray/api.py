"""The operations of the X-Ray API, of one account and region."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

import orjson

from shopfast_obs.analysis.traces.filter import parser
from shopfast_obs.localcloud.interface import Clock
from shopfast_obs.localcloud.protocol.wire import AwsError
from shopfast_obs.localcloud.xray.graph import graph
from shopfast_obs.localcloud.xray.groups import Groups
from shopfast_obs.localcloud.xray.rootcauses import root_causes
from shopfast_obs.localcloud.xray.segment_validation import BadSegmentError, StoredSegment, accept
from shopfast_obs.localcloud.xray.store import SegmentStore
from shopfast_obs.localcloud.xray.summaries import summarise
from shopfast_obs.localcloud.xray.timeseries import time_series
from shopfast_obs.localcloud.xray.traces import AssembledTrace, Traces, filter_of, trace_id_of

MAX_TRACES = 5  # BatchGetTraces and GetTraceGraph; more than that are an error, not a second page
FULL = "Trace Size Exceeded. Reduce the number of segments per trace and the size of your segment documents."
Parameters = Mapping[str, Any]
Take = Callable[[Sequence[StoredSegment]], None]  # stores segments before it returns
Result = dict[str, Any]


class TraceApi:
    """Segments in, and what is asked about traces."""

    def __init__(self, store: SegmentStore, traces: Traces, groups: Groups, clock: Clock, take: Take) -> None:
        self._take = take
        self._store = store
        self._traces = traces
        self._groups = groups
        self._clock = clock
        self.operations: dict[str, Callable[[Parameters], Result]] = {
            "PutTraceSegments": self.put_trace_segments,
            "PutTelemetryRecords": lambda _: {},
            "GetTraceSummaries": self.get_trace_summaries,
            "BatchGetTraces": self.batch_get_traces,
            "GetTraceGraph": self.get_trace_graph,
            "GetServiceGraph": self.get_service_graph,
            "GetTimeSeriesServiceStatistics": self.get_time_series,
        }

    def put_trace_segments(self, parameters: Parameters) -> Result:
        """Documents that are stored when this returns, and those that are not."""
        accepted, refused = [], []
        for document in parameters["TraceSegmentDocuments"]:
            try:
                accepted.append(accept(document))
            except BadSegmentError as problem:
                refused.append(problem)
        full = self._store.full({segment.trace_id for segment in accepted})
        if full:
            refused += [BadSegmentError("InvalidSegment", s.id, FULL) for s in accepted if s.trace_id in full]
            self._store.exceeded(full)
        kept = [segment for segment in accepted if segment.trace_id not in full]
        if kept:
            self._take(kept)
        return {
            "UnprocessedTraceSegments": [
                {"Id": problem.segment_id or None, "ErrorCode": problem.code, "Message": str(problem)}
                for problem in refused
            ]
        }

    def get_trace_summaries(self, parameters: Parameters) -> Result:
        """One page of the traces in a time range that match the filter."""
        start, end = _range(parameters)
        matches = filter_of(parameters.get("FilterExpression", ""), self._groups.expressions())
        by: Literal["id", "event"] = "id" if parameters.get("TimeRangeType", "TraceId") == "TraceId" else "event"
        traces, following = self._traces.page(start, end, by, _place(parameters.get("NextToken")))
        result: Result = {
            "TraceSummaries": [_summary(trace) for trace in traces if matches(trace)],
            "ApproximateTime": self._clock.now(),
            "TracesProcessedCount": len(traces),
        }
        return result | ({"NextToken": _token(following)} if following else {})

    def batch_get_traces(self, parameters: Parameters) -> Result:
        """Up to five traces with all their segments, and the ids that are unknown."""
        ids = _ids(parameters)
        if len(set(ids)) < len(ids):
            raise AwsError("InvalidRequestException", "The request has duplicate trace ids.")
        found = self._traces.by_id(ids)
        return {
            "Traces": [found[i].described for i in ids if i in found],
            "UnprocessedTraceIds": [raw for raw, i in zip(parameters["TraceIds"], ids, strict=True) if i not in found],
        }

    def get_trace_graph(self, parameters: Parameters) -> Result:
        """The service graph of up to five traces."""
        return {"Services": graph(self._traces.by_id(_ids(parameters)).values(), self._traces.by_id)}

    def get_service_graph(self, parameters: Parameters) -> Result:
        """The service graph of a time range, of a group if one is named."""
        start, end = _range(parameters)
        services = graph(self._of_group(parameters), self._traces.by_id)
        return {"StartTime": start, "EndTime": end, "Services": services, "ContainsOldGroupVersions": False}

    def get_time_series(self, parameters: Parameters) -> Result:
        """Statistics of requests, or of the services or edges that an expression selects, by period."""
        start, end = _range(parameters)
        period = parameters.get("Period") or 60
        if period not in (60, 300) or (end - start) / period > 1500:
            raise AwsError(
                "InvalidRequestException", "Period must be 60 or 300, and the time range at most 1500 periods."
            )
        text = parameters.get("EntitySelectorExpression", "")
        filter_of(text, self._groups.expressions())
        selector = parser.parse(text) if text.strip() else None
        views = (trace.view for trace in self._of_group(parameters, text))
        points = time_series(views, start, end, period, selector)
        return {"TimeSeriesServiceStatistics": points, "ContainsOldGroupVersions": False}

    def _of_group(self, parameters: Parameters, expression: str = "") -> Iterator[AssembledTrace]:
        start, end = _range(parameters)
        expressions = self._groups.expressions()
        group = parameters.get("GroupName") or parameters.get("GroupARN") or "Default"
        if group not in expressions:
            raise AwsError("InvalidRequestException", "Group not found.")
        both = [filter_of(text, expressions) for text in (expressions[group], expression)]
        return (trace for trace in self._traces.between(start, end) if all(matches(trace) for matches in both))


def _summary(trace: AssembledTrace) -> Result:
    return {**summarise(trace.stored.id, trace.documents, trace.stored.revision), **root_causes(trace.view)}


def _range(parameters: Parameters) -> tuple[float, float]:
    start, end = parameters["StartTime"], parameters["EndTime"]
    if start >= end:
        raise AwsError("InvalidRequestException", "The EndTime must be after the StartTime.")
    return start, end


def _ids(parameters: Parameters) -> list[str]:
    if len(parameters["TraceIds"]) > MAX_TRACES:
        raise AwsError("InvalidRequestException", f"Exceeding maximum query size: {MAX_TRACES}")
    if parameters.get("NextToken"):
        raise AwsError("InvalidRequestException", "NextToken is currently not supported")
    return [trace_id_of(text) for text in parameters["TraceIds"]]


def _token(place: tuple[float, str]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode()


def _place(token: str | None) -> tuple[float, str] | None:
    if not token:
        return None
    try:
        time, trace_id = orjson.loads(base64.urlsafe_b64decode(token))
        return float(time), str(trace_id)
    except (binascii.Error, ValueError, TypeError):
        raise AwsError("InvalidRequestException", "Invalid NextToken") from None
