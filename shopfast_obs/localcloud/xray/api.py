"""The operations of the X-Ray API."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any, Literal

import orjson

from shopfast_obs.localcloud.awsprotocol import AwsError
from shopfast_obs.localcloud.interface import Clock
from shopfast_obs.localcloud.xray.assembly import Document, assemble
from shopfast_obs.localcloud.xray.documents import SEGMENT_ID, BadSegmentError, accept
from shopfast_obs.localcloud.xray.sampling import Sampling
from shopfast_obs.localcloud.xray.store import SegmentStore, StoredTrace
from shopfast_obs.localcloud.xray.summaries import extent, seconds, summarise

MAX_TRACES = 5  # BatchGetTraces; more than that are an error, not a second page
PAGE = 500  # traces looked at for one page of summaries; X-Ray names no size
Parameters = Mapping[str, Any]
Result = dict[str, Any]


class XRay:
    """The API over a store of segments."""

    def __init__(self, store: SegmentStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        sampling = Sampling(clock)
        self.operations: dict[str, Callable[[Parameters], Result]] = {
            "PutTraceSegments": self.put_trace_segments,
            "PutTelemetryRecords": lambda _: {},
            "GetTraceSummaries": self.get_trace_summaries,
            "BatchGetTraces": self.batch_get_traces,
            "GetSamplingRules": sampling.rules,
            "GetSamplingTargets": sampling.targets,
            "GetSamplingStatisticSummaries": lambda _: {"SamplingStatisticSummaries": []},
            "GetEncryptionConfig": lambda _: {"EncryptionConfig": {"Status": "ACTIVE", "Type": "NONE"}},
        }

    def put_trace_segments(self, parameters: Parameters) -> Result:
        """Documents that are stored when this returns, and those that are not."""
        accepted, refused = [], []
        for document in parameters["TraceSegmentDocuments"]:
            try:
                accepted.append(accept(document))
            except BadSegmentError as problem:
                refused.append({"Id": problem.segment_id, "ErrorCode": problem.code, "Message": str(problem)})
        if accepted:
            self._store.submit(accepted, self._clock.now()).result()
        return {"UnprocessedTraceSegments": refused}

    def get_trace_summaries(self, parameters: Parameters) -> Result:
        """One page of the traces in a time range that match the filter."""
        start, end = parameters["StartTime"], parameters["EndTime"]
        if start >= end:
            raise AwsError("InvalidRequestException", "The EndTime must be after the StartTime.")
        matches = _filter(parameters.get("FilterExpression", ""))
        by: Literal["id", "event"] = "id" if parameters.get("TimeRangeType", "TraceId") == "TraceId" else "event"
        found = self._store.trace_ids(start, end, by, _place(parameters.get("NextToken")), PAGE)
        summaries = []
        for trace in self._store.traces(i for _, i in found).values():
            segments = assemble(trace.documents)
            if matches(segments):
                summaries.append(summarise(trace.id, segments, trace.revision))
        result: Result = {
            "TraceSummaries": summaries,
            "ApproximateTime": self._clock.now(),
            "TracesProcessedCount": len(found),
        }
        return result | ({"NextToken": _token(found[-1])} if len(found) == PAGE else {})

    def batch_get_traces(self, parameters: Parameters) -> Result:
        """Up to five traces with all their segments, and the ids that are unknown."""
        ids = parameters["TraceIds"]
        if len(ids) > MAX_TRACES:
            raise AwsError("InvalidRequestException", f"Exceeding maximum query size: {MAX_TRACES}")
        if len(set(ids)) < len(ids):
            raise AwsError("InvalidRequestException", "The request has duplicate trace ids.")
        if parameters.get("NextToken"):
            raise AwsError("InvalidRequestException", "NextToken is currently not supported")
        wanted = [_trace_id(i) for i in ids]
        found = self._store.traces(wanted)
        return {
            "Traces": [_trace(found[i]) for i in wanted if i in found],
            "UnprocessedTraceIds": [raw for raw, i in zip(ids, wanted, strict=True) if i not in found],
        }


def _trace(trace: StoredTrace) -> Result:
    segments = assemble(trace.documents)
    first, last = extent(segments)
    return {
        "Id": trace.id,
        "Duration": seconds(last - first),
        "LimitExceeded": trace.limit_exceeded,
        "Segments": [{"Id": s["id"], "Document": orjson.dumps(s).decode()} for s in segments],
    }


def _trace_id(text: str) -> str:
    """The id as X-Ray stores it; OpenTelemetry's form without dashes is accepted, too."""
    bare = text.strip().lower()
    if len(bare) == 32 and SEGMENT_ID.match(bare[:16]) and SEGMENT_ID.match(bare[16:]):
        return f"1-{bare[:8]}-{bare[8:]}"
    return bare


def _filter(expression: str) -> Callable[[list[Document]], bool]:
    if expression.strip():
        raise AwsError("InvalidRequestException", "Filter expressions are not served yet.")
    return lambda _: True


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
