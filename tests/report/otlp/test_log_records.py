"""Log lines as OTLP."""

from __future__ import annotations

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from shopfast_obs.parse.logs.correlation import Wanted, related
from shopfast_obs.report.otlp.log_records import log_lines
from shopfast_obs.testing import log_events, report_line
from tests.report.otlp.test_spans import ID, told
from tests.report.otlp.wire import read

REQUEST = "8f507cfc-1234-4697-b07a-ac58fc914c95"
LINES = [
    (1_700_000_000.0, f"START RequestId: {REQUEST} Version: $LATEST"),
    (1_700_000_000.1, '{"level": "WARNING", "message": "no stock", "password": "hunter2-hunter2"}'),
    (1_700_000_000.2, "free text"),
    (1_700_000_000.3, report_line(REQUEST, 300, trace_id=ID)),
]


def request(group: str = "/aws/lambda/web") -> ExportLogsServiceRequest:
    """The lines as the messages of OTLP's authors."""
    return read(log_lines(related(log_events(group, LINES), Wanted((REQUEST,)))), ExportLogsServiceRequest)


def test_every_line_of_a_request_has_its_trace() -> None:
    """Although the last one alone names it."""
    (group,) = request().resource_logs
    records = group.scope_logs[0].log_records
    assert len(records) == 4
    assert {record.trace_id.hex() for record in records} == {"5e34a61410bd1234f1fb44f07bc535a1"}
    assert [record.time_unix_nano for record in records][1] == 1_700_000_000_100_000_000
    assert {told(record.attributes)["faas.invocation_id"] for record in records} == {REQUEST}


def test_severity_body_and_where_it_was_written() -> None:
    """As OpenTelemetry numbers them; the body is the line, without secrets."""
    (group,) = request().resource_logs
    start, warning, *_ = group.scope_logs[0].log_records
    assert (warning.severity_number, warning.severity_text, start.severity_number) == (13, "WARNING", 0)
    assert "no stock" in warning.body.string_value
    assert "hunter2" not in warning.body.string_value
    assert told(group.resource.attributes)["service.name"] == "web"
    assert told(group.resource.attributes)["aws.log.group.names"] == ["/aws/lambda/web"]


def test_a_group_that_is_no_functions_is_its_own_service() -> None:
    """Such as that of an API."""
    (group,) = request("/aws/apigateway/shop").resource_logs
    assert told(group.resource.attributes)["service.name"] == "/aws/apigateway/shop"
    assert "faas.name" not in told(group.resource.attributes)


def test_no_line_is_no_request() -> None:
    """Nothing is sent for nothing."""
    assert list(log_lines(())) == []
