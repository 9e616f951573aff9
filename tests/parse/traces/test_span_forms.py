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
