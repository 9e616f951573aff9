"""Tables of the report on traces: what a reader must be able to tell apart."""

from shopfast_obs.analysis.traces.overview.overview import overview
from shopfast_obs.model.telemetry import Segment, Trace
from shopfast_obs.report.trace_tables import patterns, service_map
from shopfast_obs.testing import function_trace

TRACE = "1-5e34a614-000000000000000000000001"


def call(name: str, operation: str, takes: float = 0.01, **more: str) -> Segment:
    """A call of an AWS service."""
    return Segment(operation, name, 100.02, 100.02 + takes, namespace="aws", aws={"operation": operation, **more})


def test_services_of_one_name_have_their_type() -> None:
    """A function and its table; others are named as they are."""
    calls = [
        call("DynamoDB", "GetItem", table_name="orders"),
        call("SQS", "SendMessage", queue_url="https://x/1/mails"),
    ]
    found = service_map(overview([function_trace(TRACE, 100.0, name="orders", calls=calls)]))
    assert sorted(row[:2] for row in found.rows) == [
        ("client", "-> orders (Lambda)"),
        ("orders (Lambda)", "-> mails"),
        ("orders (Lambda)", "-> orders (DynamoDB)"),
    ]


def test_a_request_is_no_slow_call_of_itself() -> None:
    """An API's call of its function is; what the function waits for is not."""
    slow = call("DynamoDB", "Scan", 0.9, table_name="items")
    function = Segment("f", "web", 100.01, 101.0, origin="AWS::Lambda", parent_id="c", subsegments=(slow,))
    integration = Segment("c", "Lambda", 100.0, 101.1, namespace="aws", aws={"operation": "Invoke"})
    api = Segment("a", "api/prod", 99.9, 101.2, origin="AWS::ApiGateway::Stage", subsegments=(integration,))
    found = patterns(overview([Trace(TRACE, (api, function))]))
    assert [row[:2] for row in found.rows] == [("slow", "web: DynamoDB Scan items")]
