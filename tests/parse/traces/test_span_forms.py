"""One request in every form that OpenTelemetry's tools write: the same entry point, the same map, the same stack."""

from __future__ import annotations

import json

import pytest

from shopfast_obs.analysis.traces.overview.overview import overview
from shopfast_obs.model.telemetry import Trace
from shopfast_obs.parse.traces import documents
from tests.parse.traces import span_exports

EDGES = {
    ("client", "web", "", False),
    ("web", "orders", "AWS::DynamoDB", False),
    ("web", "api.fx.example", "remote", False),
    ("web", "mysql shop", "remote", False),
    ("web", "jobs", "AWS::SQS", False),
    ("jobs", "worker", "", True),
}


def read(content: bytes) -> Trace:
    """The one trace of a file, of which nothing was left."""
    found = documents.read([("spans", content)])
    assert found.problems == ()
    [trace] = found.traces
    return trace


@pytest.mark.parametrize("form", list(span_exports.files()))
def test_every_form_gives_the_same_map(form: str) -> None:
    """The route of the server, the peers by their names, the queue between producer and consumer, each edge once."""
    trace = read(span_exports.files()[form])
    found = overview([trace])
    edges = [(e.source, e.target, e.target_type, e.asynchronous) for e in found.service_map.edges]
    assert (trace.id, len(edges), set(edges)) == ("1-6921c0a4-5b1e4f0d8c3a7e9b12d4f6a8", 6, EDGES)
    assert [(entry.name, entry.counts.total) for entry in found.entry_points] == [("POST /shop/{slug}", 1)]
    if "zipkin" not in form and "fields" not in form:  # which have no exceptions
        [raised] = [s.exceptions[0] for s in trace.segments if s.exceptions]
        assert (raised.type, raised.stack[0]) == ("shop.OutOfStock", ("/var/task/shop/orders.py", 31, "sell"))


def test_documents_in_many_lines_follow_one_another() -> None:
    """As the Python SDK prints spans, indented, one after the other."""
    text = "\n".join(json.dumps(json.loads(one), indent=4) for one in span_exports.printed())
    assert len(read(text.encode()).segments) == 6


def function(own: dict[str, object], about: dict[str, object]) -> bytes:
    """The span of a Lambda handler, as a record of aws/spans."""
    span = {
        **span_exports.RECORDS[0],
        "resource": {"attributes": {"service.name": "pricer", "cloud.platform": "aws_lambda", **about}},
        "attributes": own,
    }
    return json.dumps(span).encode()


@pytest.mark.parametrize(("own", "cold"), [({"faas.coldstart": True}, 1), ({"faas.coldstart": False}, 0)])
def test_cold_starts_and_memory_are_told_by_the_conventions(own: dict[str, object], cold: int) -> None:
    """`faas.coldstart` of the span, `faas.max_memory` of its resource in bytes."""
    found = overview([read(function(own, {"faas.max_memory": 512 * 1024 * 1024}))])
    [starts] = found.cold_starts
    assert (starts.function, starts.invocations, starts.cold, starts.memory_mb) == ("pricer", 1, cold, 512)


@pytest.mark.parametrize("parent", ["00000000000000f0", "00000000000000f1"])
@pytest.mark.parametrize("platform", ["aws_lambda", "unknown"])
def test_a_handlers_span_is_part_of_the_segment_that_lambda_sent(parent: str, platform: str) -> None:
    """In files, too: one function, called once; below the segment or below its phase, as Lambda's header says, and
    where the tracer does not know that it runs in Lambda."""
    whole = {
        "id": "00000000000000f0",
        "trace_id": "1-6921c0a4-5b1e4f0d8c3a7e9b12d4f6a8",
        "name": "pricer",
        "origin": "AWS::Lambda::Function",
        "start_time": 1_764_000_000.0,
        "end_time": 1_764_000_001.0,
    }
    phase = {"id": "00000000000000f1", "name": "Invocation"}
    whole["subsegments"] = [{**phase, "start_time": whole["start_time"], "end_time": whole["end_time"]}]
    inner = {**json.loads(function({}, {"cloud.platform": platform})), "parentSpanId": parent}
    found = overview([read(json.dumps([whole, inner]).encode())])
    assert [(node.name, node.counts.total) for node in found.service_map.nodes] == [("pricer", 1)]
