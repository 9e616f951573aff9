"""Log lines as log records, each with the trace of the request that wrote it, where a line of the request names one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from shopfast_obs.analysis.sensitive import Masker
from shopfast_obs.parse.logs import platform, powertools
from shopfast_obs.parse.logs.correlation import Line
from shopfast_obs.report.logs import source
from shopfast_obs.report.otlp.values import Fields, attributes, lines, nanoseconds, trace_id, value

MOST_RECORDS = 5_000  # of one request
LAMBDA_LOGS = "/aws/lambda/"
# The numbers of OpenTelemetry's severities.
_SEVERITIES = {"TRACE": 1, "DEBUG": 5, "INFO": 9, "WARN": 13, "WARNING": 13, "ERROR": 17, "CRITICAL": 21, "FATAL": 21}


def log_lines(found: Sequence[Line]) -> Iterator[str]:
    """Requests of OTLP's logs service in JSON, secrets masked, each with a line feed."""
    return lines(_groups(found, Masker()), "resourceLogs", MOST_RECORDS)


def _groups(found: Sequence[Line], masker: Masker) -> Iterator[tuple[int, Fields]]:
    """The records of each stream, which are of one resource, and their number."""
    traces = _traces(found)
    streams: dict[tuple[str, str], list[Line]] = {}
    for line in found:
        streams.setdefault((line.event.group, line.event.stream), []).append(line)
    for (group, stream), written in streams.items():
        for first in range(0, len(written), MOST_RECORDS):
            records = [_record(line, traces, masker) for line in written[first : first + MOST_RECORDS]]
            yield (
                len(records),
                {
                    "resource": {"attributes": attributes(_resource(written[0], group, stream), masker)},
                    "scopeLogs": [{"scope": {}, "logRecords": records}],
                },
            )


def _traces(found: Iterable[Line]) -> Mapping[str, str]:
    """The trace of each request, as any of its lines names it."""
    named = ((line.request, platform.trace_id(line.event.message)) for line in found)
    return {request: trace for request, trace in named if request and trace}


def _record(line: Line, traces: Mapping[str, str], masker: Masker) -> Fields:
    message = line.event.message
    record = powertools.record(message)
    request = line.request or record.request_id
    trace = platform.trace_id(message) or traces.get(request, "")
    level = record.level.upper()
    moment = nanoseconds(line.event.timestamp)
    told: dict[str, Any] = {"faas.invocation_id": request, "log.record.uid": line.event.event_id}
    return {
        "timeUnixNano": moment,
        "observedTimeUnixNano": moment,
        **({"severityNumber": _SEVERITIES[level]} if level in _SEVERITIES else {}),
        **({"severityText": record.level} if record.level else {}),
        "body": value("", message, masker),
        "attributes": attributes(told, masker),
        **({"traceId": trace_id(trace)} if trace else {}),
    }


def _resource(line: Line, group: str, stream: str) -> Mapping[str, Any]:
    function = source(line.event) if group.startswith(LAMBDA_LOGS) else ""
    return {
        "service.name": function or group,
        "faas.name": function,
        "cloud.provider": "aws",
        "cloud.platform": "aws_lambda" if function else "",
        "aws.log.group.names": [group],
        "aws.log.stream.names": [stream] if stream else [],
    }
