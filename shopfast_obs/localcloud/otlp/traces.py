"""X-Ray's endpoint for spans: its limits, and what it says of the spans that it does not take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from shopfast_obs.localcloud.interface import Clock, Scope
from shopfast_obs.localcloud.otlp import requests, spans
from shopfast_obs.localcloud.protocol.wire import AwsError
from shopfast_obs.localcloud.xray.segment_validation import StoredSegment

if TYPE_CHECKING:
    from google.protobuf.message import Message

# CloudWatch user guide, "OTLP endpoints": limits of the traces endpoint
MAX_REQUEST = 5 * 1024 * 1024
MAX_SPANS = 10_000
MAX_SPAN = 200 * 1024
PAST, FUTURE = 14 * 86400.0, 2 * 3600.0
MAX_GAP = 86400.0
NOT_SEARCHED = (
    "Taken, though on AWS this endpoint wants Transaction Search: aws xray update-trace-segment-destination "
    "--destination CloudWatchLogs"
)


class Traces:
    """Takes ExportTraceServiceRequest. `store` keeps spans, and has kept them when it returns; `searched` tells whether
    an account and region has Transaction Search."""

    def __init__(
        self,
        store: Callable[[Scope, Sequence[StoredSegment]], None],
        searched: Callable[[Scope], bool],
        clock: Clock,
    ) -> None:
        self._store = store
        self._searched = searched
        self._clock = clock

    def export(self, scope: Scope, body: bytes, content: str) -> Message:
        """The answer to a request whose good spans are stored; raises AwsError for one that is refused whole."""
        from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as service

        if len(body) > MAX_REQUEST:
            raise AwsError("InvalidRequestException", f"The request has more than {MAX_REQUEST} bytes.", 413)
        request = requests.decoded(body, content, service.ExportTraceServiceRequest())
        count = sum(len(inner.spans) for group in request.resource_spans for inner in group.scope_spans)
        if count > MAX_SPANS:
            raise AwsError("InvalidRequestException", f"The request has {count} spans; the limit is {MAX_SPANS}.")
        found = list(spans.stored(request))
        _check_gap(found)
        kept, reasons = self._judged(found)
        reasons["has no trace id, span id or start time"] += count - len(found)
        if kept:
            self._store(scope, kept)
        said = [f"{number} spans: {reason}" for reason, number in reasons.items() if number]
        if not said and not self._searched(scope):
            said = [NOT_SEARCHED]
        rejected = count - len(kept)
        answer = service.ExportTraceServiceResponse()
        if said:
            answer.partial_success.rejected_spans = rejected
            answer.partial_success.error_message = "; ".join(said)
        return answer

    def _judged(self, found: Sequence[StoredSegment]) -> tuple[list[StoredSegment], Counter[str]]:
        now, kept = self._clock.now(), []
        reasons: Counter[str] = Counter()
        for span in found:
            reason = _reason(span, now)
            if reason:
                reasons[reason] += 1
            else:
                kept.append(span)
        return kept, reasons


def _reason(span: StoredSegment, now: float) -> str:
    if len(span.document) > MAX_SPAN:
        return f"more than {MAX_SPAN} bytes"
    if not now - PAST <= span.start <= now + FUTURE:
        return "the start is more than 14 days in the past or two hours in the future"
    return ""


def _check_gap(found: Sequence[StoredSegment]) -> None:
    starts = [span.start for span in found]
    if starts and max(starts) - min(starts) > MAX_GAP:
        raise AwsError("InvalidRequestException", "The spans of a request cannot be more than 24 hours apart.")
