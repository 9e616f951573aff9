"""Spans of one service within one another: a call within a call, an entry within an entry. The shapes are those that
OpenTelemetry's packages for Node and Python sent when they were run: an SDK of AWS above the HTTP client, a consumer
below a Lambda handler, a receipt above the work on each message."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shopfast_obs.analysis.traces.overview.overview import Overview, overview
from shopfast_obs.parse.traces import documents

BEGIN = 1_764_000_000_000_000_000
SEND = {"rpc.system": "aws-api", "rpc.service": "SQS", "rpc.method": "SendMessage"}
JOBS = {"messaging.system": "aws_sqs", "messaging.destination.name": "jobs"}
POST = {
    "http.request.method": "POST",
    "url.full": "https://sqs.eu-west-1.amazonaws.com/",
    "http.response.status_code": 200,
}


def span(number: int, parent: int, name: str, kind: str, at: tuple[int, int], **own: Any) -> dict[str, Any]:
    """A record of aws/spans; `at` is from and to, in milliseconds."""
    return {
        "resource": {"attributes": {"service.name": own.pop("service", "shop")}},
        "traceId": "6921c0a45b1e4f0d8c3a7e9b12d4f6a8",
        "spanId": f"{number:016x}",
        "parentSpanId": f"{parent:016x}" if parent else "",
        "name": name,
        "kind": kind,
        "startTimeUnixNano": BEGIN + at[0] * 1_000_000,
        "endTimeUnixNano": BEGIN + at[1] * 1_000_000,
        "attributes": own.pop("attributes", {}),
    }


def seen(*spans: dict[str, Any]) -> Overview:
    """The report on one trace, whichever span comes first."""
    found = documents.read([("spans.jsonl", "\n".join(map(json.dumps, reversed(spans))).encode())])
    assert found.problems == ()
    return overview(found.traces)


def edges(found: Overview) -> list[tuple[str, str, bool, int]]:
    """The map's edges by name: from, to, whether nobody waits, how often."""
    return sorted((e.source, e.target, e.asynchronous, e.counts.total) for e in found.service_map.edges)


ROOT = span(1, 0, "GET /orders", "SERVER", (0, 100), attributes={"http.request.method": "GET", "url.path": "/orders"})
CALL = span(2, 1, "SQS.SendMessage", "PRODUCER", (10, 40), attributes={**SEND, **JOBS})
HTTP = span(3, 2, "POST", "CLIENT", (12, 38), attributes=POST)


def test_the_request_of_a_call_is_no_second_call() -> None:
    """An SDK's call and the HTTP client below it, which both send a span: one edge, to the queue."""
    connect = span(4, 3, "tls.connect", "INTERNAL", (12, 14))
    assert edges(seen(ROOT, CALL, HTTP, connect)) == [("client", "shop", False, 1), ("shop", "jobs", False, 1)]


def test_who_was_called_hangs_below_the_call() -> None:
    """Whoever read its parent from the inner span's header: the consumer comes after the queue."""
    taken = span(5, 3, "jobs process", "CONSUMER", (30, 90), service="worker", attributes=JOBS)
    assert edges(seen(ROOT, CALL, HTTP, taken)) == [
        ("client", "shop", False, 1),
        ("jobs", "worker", True, 1),  # taken before the sender's span was over, and still nobody waited
        ("shop", "jobs", False, 1),
    ]


@pytest.mark.parametrize("inner", ["CONSUMER", "SERVER"])
def test_an_entry_within_an_entry_calls_nobody(inner: str) -> None:
    """A handler that opens a span for the messages, a framework below the function: one service, asked once."""
    work = span(2, 1, "jobs process", inner, (5, 120), attributes=JOBS)
    found = seen(span(1, 0, "pay", "SERVER", (0, 100)), work)
    assert edges(found) == [("client", "shop", False, 1)]
    assert [entry.name for entry in found.entry_points] == ["shop: pay"]


def test_a_service_that_calls_itself_is_called() -> None:
    """Through a call, even of itself, there is an edge."""
    call = span(2, 1, "GET", "CLIENT", (10, 40), attributes={"url.full": "http://127.0.0.1/rates"})
    rates = span(
        3, 2, "GET /rates", "SERVER", (12, 38), attributes={"url.path": "/rates", "http.request.method": "GET"}
    )
    assert edges(seen(ROOT, call, rates)) == [("client", "shop", False, 1), ("shop", "shop", False, 1)]


def test_a_root_that_calls_is_named_by_what_it_asked() -> None:
    """A browser's or a load generator's first span is a call: the service and the route, not the service alone."""
    attributes = {"http.request.method": "GET", "http.url": "app:80/orders/7"}
    found = seen(span(1, 0, "GET", "CLIENT", (0, 100), service="web", attributes=attributes))
    assert [entry.name for entry in found.entry_points] == ["web: GET /orders/{id}"]
    assert ("web", "app", False, 1) in edges(found)


def test_a_broker_that_is_not_sqs_is_named_by_its_topic() -> None:
    """Kafka's instrumentation writes the bootstrap servers into messaging.url."""
    own = {"messaging.system": "kafka", "messaging.destination": "orders", "messaging.url": '"127.0.0.1:9092"'}
    assert ("shop", "orders", False, 1) in edges(
        seen(ROOT, span(2, 1, "orders send", "PRODUCER", (10, 11), attributes=own))
    )
