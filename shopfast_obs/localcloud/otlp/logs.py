"""CloudWatch Logs' endpoint for log records: they become the events of the stream that the request's headers name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import orjson

from shopfast_obs.localcloud.interface import Clock
from shopfast_obs.localcloud.otlp import requests
from shopfast_obs.localcloud.otlp.spans import attributes, plain
from shopfast_obs.localcloud.protocol.operations import Operation
from shopfast_obs.localcloud.protocol.wire import AwsError

if TYPE_CHECKING:
    from google.protobuf.message import Message
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
    from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

GROUP, STREAM = "x-aws-log-group", "x-aws-log-stream"
_REASONS = {
    "tooOldLogEventEndIndex": "older than 14 days",
    "expiredLogEventEndIndex": "older than the retention of the log group",
    "tooNewLogEventStartIndex": "more than two hours in the future",
}
Event = dict[str, Any]


def export(put: Operation, clock: Clock, headers: Mapping[str, str], body: bytes, content: str) -> Message:
    """The answer to a request whose good records are stored, by PutLogEvents' rules; raises AwsError."""
    from opentelemetry.proto.collector.logs.v1 import logs_service_pb2 as service

    group, stream = headers.get(GROUP, ""), headers.get(STREAM, "")
    for name, value in ((GROUP, group), (STREAM, stream)):
        if not value:
            raise AwsError("InvalidParameterException", f"The request has no header {name}.")
    request = requests.decoded(body, content, service.ExportLogsServiceRequest())
    events = sorted(_events(request, int(clock.now() * 1000)), key=lambda event: int(event["timestamp"]))
    answer = service.ExportLogsServiceResponse()
    if not events:
        return answer
    said = put({"logGroupName": group, "logStreamName": stream, "logEvents": events}).get("rejectedLogEventsInfo", {})
    for name, place in said.items():
        answer.partial_success.rejected_log_records += len(events) - place if name.endswith("StartIndex") else place
        answer.partial_success.error_message += (
            f"{'; ' if answer.partial_success.error_message else ''}{_REASONS[name]}"
        )
    return answer


def _events(request: ExportLogsServiceRequest, now: int) -> Iterator[Event]:
    """The records as CloudWatch Logs keeps them: each with its resource and its scope."""
    for group in request.resource_logs:
        resource = orjson.Fragment(orjson.dumps({"attributes": attributes(group.resource.attributes)}))
        for inner in group.scope_logs:
            scope = {"name": inner.scope.name} | ({"version": inner.scope.version} if inner.scope.version else {})
            for record in inner.log_records:
                nanoseconds = record.time_unix_nano or record.observed_time_unix_nano
                document = {"resource": resource, "scope": scope, **_record(record)}
                message = orjson.dumps(document, option=orjson.OPT_NON_STR_KEYS).decode()
                yield {"timestamp": nanoseconds // 1_000_000 if nanoseconds else now, "message": message}


def _record(record: LogRecord) -> Event:
    fields: Event = {
        "timeUnixNano": record.time_unix_nano,
        "observedTimeUnixNano": record.observed_time_unix_nano,
        "severityNumber": record.severity_number,
        "severityText": record.severity_text,
        "body": plain(record.body),
        "attributes": attributes(record.attributes),
        "flags": record.flags,
        "traceId": record.trace_id.hex(),
        "spanId": record.span_id.hex(),
    }
    return {key: value for key, value in fields.items() if value not in ("", None, 0) or key == "attributes"}
