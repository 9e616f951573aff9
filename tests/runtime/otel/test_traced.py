"""What X-Ray's daemon gets of a handler on the OpenTelemetry road, and what whom it calls is told."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.runtime.otel.programs import PARENT, TRACE

Invocation = dict[str, Any]


def run(name: str) -> dict[str, Any]:
    """What a program prints."""
    command = [sys.executable, "-m", "tests.runtime.otel.programs", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def ours() -> dict[str, Invocation]:
    """The invocations under our own provider."""
    return run("ours")


def named(invocation: Invocation) -> dict[str, Any]:
    """The spans by name."""
    return {span["name"]: span for span in invocation["spans"]}


def tree(invocation: Invocation) -> dict[str, str]:
    """Each span's parent, by names."""
    names = {span["spanId"]: span["name"] for span in invocation["spans"]}
    return {span["name"]: names.get(span["parentSpanId"], span["parentSpanId"]) for span in invocation["spans"]}


def test_a_handler_and_its_calls(ours: dict[str, Invocation]) -> None:
    """The tree is the program's, below the function's own segment, and a call in a thread of a pool is no orphan."""
    spans = named(ours["calls"])
    assert {span["traceId"] for span in spans.values()} == {TRACE}
    assert {span["mark"] for span in spans.values()} == {"T1S"}
    assert tree(ours["calls"]) == {
        "## calls": PARENT,
        "## place": "## calls",
        "DynamoDB.BatchGetItem": "## place",
        "GET": "## calls",
        "DynamoDB.ListTables": "## calls",
    }


def test_the_handler_s_span(ours: dict[str, Invocation]) -> None:
    """The entry of a service; an answer of 5xx is its error, and X-Ray finds it by its annotations."""
    span = named(ours["calls"])["## calls"]
    assert (span["kind"], span["status"]["code"]) == ("SERVER", "ERROR")
    told = span["attributes"]
    assert told["http.response.status_code"] == 502 and told["http.route"] == "/orders/{id}"
    assert told["aws.xray.annotations"] == ["correlation_id", "faas.coldstart", "order"]
    assert (told["correlation_id"], told["faas.coldstart"], told["order"]) == ("abc", True, 7)
    assert told["basket"] == '{"n": 1}'


def test_a_call_of_aws(ours: dict[str, Invocation]) -> None:
    """It says what the X-Ray SDK says: service, operation, tables, request, status."""
    span = named(ours["calls"])["DynamoDB.BatchGetItem"]
    assert span["kind"] == "CLIENT"
    assert span["attributes"] == {
        "rpc.system": "aws-api",
        "rpc.service": "DynamoDB",
        "rpc.method": "BatchGetItem",
        "peer.service": "dynamodb",
        "cloud.region": "eu-west-1",
        "aws.dynamodb.table_names": ["orders", "stock"],
        "http.response.status_code": 200,
        "aws.request_id": "Q1",
    }


def test_calls_over_http(ours: dict[str, Invocation]) -> None:
    """One span each, whatever a library is built on; a query may be a secret."""
    calls = [span for span in ours["calls"]["spans"] if span["name"] == "GET"]
    assert [span["attributes"]["http.response.status_code"] for span in calls] == [200, 404]
    assert [span["attributes"]["url.full"].rpartition("/")[2] for span in calls] == ["price", "none"]
    assert calls[0]["parentSpanId"] == named(ours["calls"])["## place"]["spanId"]
    assert [span["status"]["code"] for span in calls] == ["UNSET", "ERROR"]


def test_what_is_called_is_told_its_caller(ours: dict[str, Invocation]) -> None:
    """The header names the call's own span."""
    in_order = [s for s in ours["calls"]["spans"] if s["kind"] == "CLIENT"]
    wanted = [f"Root=1-{TRACE[:8]}-{TRACE[8:]};Parent={span['spanId']};Sampled=1" for span in in_order]
    assert ours["calls"]["headers"] == wanted


def test_an_unsampled_trace_is_not_told(ours: dict[str, Invocation]) -> None:
    """And what is called is told that."""
    assert ours["unsampled"]["spans"] == []
    assert all(header.endswith("Sampled=0") for header in ours["unsampled"]["headers"] if header)


def test_a_failed_call_and_handler(ours: dict[str, Invocation]) -> None:
    """Each with the exception's stack; retries are counted as on the other road."""
    spans = named(ours["throttled"])
    call, handler = spans["DynamoDB.GetItem"], spans["## throttled"]
    assert call["attributes"]["error.type"] == "ProvisionedThroughputExceededException"
    assert call["attributes"]["sdk_retries"] == 1 and "sdk_retries" in call["attributes"]["aws.xray.annotations"]
    for span in (call, handler):
        assert span["status"]["code"] == "ERROR"
        assert "slow down" in span["events"][0]["attributes"]["exception.stacktrace"]
    assert "slow down" in ours["throttled"]["raised"]
    assert handler["attributes"].get("faas.coldstart") is False


def test_a_batch_of_two_customers(ours: dict[str, Invocation]) -> None:
    """The span links where its records come from, and what is done for a record has the record's id."""
    spans = named(ours["batch"])
    handler = spans["## batch"]
    assert handler["kind"] == "CONSUMER" and handler["attributes"]["messaging.batch.message_count"] == 2
    assert [(link["traceId"], link["spanId"]) for link in handler["links"]] == [
        ("5759e988000000000000000000000001", "00000000000000aa")
    ]
    assert [spans[f"## {n}"]["attributes"]["correlation_id"] for n in ("one", "two")] == ["one", "two"]


def test_open_spans_before_the_deadline(ours: dict[str, Invocation]) -> None:
    """Of every thread; what ends in time after all is sent again as it ended."""
    early = {name: (status, span_id) for name, status, span_id in ours["deadline"]["answer"]}
    assert set(early) == {"## deadline", "## slow", "## elsewhere"}
    for name, span in named(ours["deadline"]).items():
        status, span_id = early[name]
        assert status == {"code": "ERROR", "message": "The deadline is near: this invocation will time out"}
        assert (span["spanId"], span["status"]["code"]) == (span_id, "UNSET")


def test_tasks_threads_and_pools(ours: dict[str, Invocation]) -> None:
    """Siblings are siblings, and a thread's work stands where it was asked for, also that of a thread that had other
    work before."""
    wanted = {"## parallel": PARENT, "pool": "## parallel", "gather": "## parallel", "started": "## parallel"}
    wanted |= {"p": "pool", "q": "pool", "a": "gather", "b": "gather", "a thread": "a", "b thread": "b"}
    wanted |= {"executor": "gather", "t": "started", "late": "## parallel"}
    inner = {f"{name} inner": name for name in ("p", "q", "a thread", "b thread", "executor", "t", "late")}
    assert tree(ours["parallel"]) == wanted | inner


def test_an_answer_of_4xx_is_no_error_of_the_handler(ours: dict[str, Invocation]) -> None:
    """X-Ray makes an error of the status of a span; the X-Ray SDK's part of a handler has none for it."""
    (span,) = ours["refuses"]["spans"]
    assert span["status"]["code"] == "UNSET"
    assert "http.response.status_code" not in span["attributes"]


def test_a_handler_without_a_span_of_its_own(ours: dict[str, Invocation]) -> None:
    """What it does stands in the function's own segment, in the invocation's trace, and is sent before it answers."""
    own = {"## one": PARENT, "## two": PARENT, "DynamoDB.DescribeLimits": PARENT}
    assert tree(ours["spanless"]) == {**own, "DynamoDB.ListTables": "## one"}
    assert {span["traceId"] for span in ours["spanless"]["spans"]} == {TRACE}


def test_ids_differ_in_each_process_from_one_snapshot(ours: dict[str, Invocation]) -> None:
    """They come from the system, not from a generator whose state both have."""
    child, parent = ours["ids"]["answer"]
    assert len(child) == len(parent) == 16 and child != parent


def test_without_a_daemon_the_function_works(ours: dict[str, Invocation]) -> None:
    """It answers as it does with one."""
    assert ours["absent"]["answer"] == ours["calls"]["answer"]


def test_a_tracer_of_the_application_s_own_is_used() -> None:
    """It gets the one span of the handler, or the id on the span that is open already."""
    found = run("foreign")
    assert found == {"sent": [[], []], "kept": [["## handler", "abc"], ["wrapper", "abc"]], "same": True}
