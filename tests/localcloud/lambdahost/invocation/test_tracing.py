"""Trace headers and segments."""

import json

import pytest

from shopfast_obs.localcloud.interface import FunctionHost, Invocation
from shopfast_obs.localcloud.lambdahost.invocation.tracing import begin, cause_of
from tests.localcloud.lambdahost.support import Recorder, call, function

ROOT = "1-5fbcfc1f-4d2e9bed6dc0c41c39dfdb2f"
ECHO = "import os\ndef lambda_handler(event, context): return os.environ.get('_X_AMZN_TRACE_ID')"


@pytest.mark.parametrize(
    ("mode", "header", "sampled", "root"),
    [
        ("Active", "", True, None),
        ("Active", f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1", True, ROOT),
        ("Active", f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=0", False, ROOT),
        ("Active", f"Root={ROOT}", True, ROOT),
        ("PassThrough", f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1", True, ROOT),
        ("PassThrough", f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=0", False, ROOT),
        ("PassThrough", f"Root={ROOT}", False, ROOT),
        ("PassThrough", "", False, None),
        ("PassThrough", "nonsense", False, None),
    ],
)
def test_who_decides_on_sampling(mode: str, header: str, sampled: bool, root: str | None) -> None:
    """The caller does where it said something, Active mode samples all the rest."""
    trace = begin(function("", tracing_mode=mode), header, 1.0)
    assert trace.sampled is sampled
    assert root in (None, trace.root)
    assert trace.root.startswith("1-")
    assert trace.header.endswith(f"Sampled={int(sampled)}")


def test_other_fields_are_passed_on() -> None:
    """Recursion detection reads the lineage, an application its own; a load balancer's is for this hop alone."""
    header = f"Self={ROOT};Root={ROOT};Lineage=1:a:0;CalledFrom=app"
    assert begin(function(""), header, 1.0).header.endswith(";Sampled=0;Lineage=1:a:0;CalledFrom=app")
    assert "Long" not in begin(function(""), f"Root={ROOT};Long={'x' * 260}", 1.0).header


@pytest.mark.parametrize("header", ["", "no json", "[1]"])
def test_a_cause_that_is_none(header: str) -> None:
    """Only an object is a cause."""
    assert cause_of(header) is None


def test_the_segments_of_a_cold_start(host: FunctionHost, seen: Recorder) -> None:
    """AWS::Lambda below the caller, AWS::Lambda::Function below that; the function's SDK names Invocation as parent."""
    spec = function(ECHO, tracing_mode="Active")
    header = call(host, spec, trace_header=f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1").payload.decode()
    service, inner = [s for s in seen.segments if s["name"] == spec.name]
    assert (service["origin"], service["parent_id"], service["trace_id"]) == ("AWS::Lambda", "53995c3f42cd8ad8", ROOT)
    assert service["http"] == {"response": {"status": 200}}
    assert service["resource_arn"] == spec.arn
    assert (inner["origin"], inner["parent_id"]) == ("AWS::Lambda::Function", service["id"])
    assert inner["aws"]["function_arn"] == spec.arn
    init, invocation, overhead = inner["subsegments"]
    assert [phase["name"] for phase in (init, invocation, overhead)] == ["Initialization", "Invocation", "Overhead"]
    assert f"Parent={invocation['id']};Sampled=1" in header
    assert init["start_time"] < init["end_time"] <= inner["start_time"] <= invocation["end_time"]
    assert service["start_time"] <= init["start_time"]
    report = seen.lines(spec)[-1]
    assert report.endswith(f"\t\nXRAY TraceId: {ROOT}\tSegmentId: {service['id']}\tSampled: true\t\n")


def test_the_segments_of_failures(host: FunctionHost, seen: Recorder) -> None:
    """An exception is an error with the runtime's cause, a killed sandbox a fault."""
    spec = function(
        "def lambda_handler(event, context):\n    if event == 1: raise KeyError('a')\n    while True: pass",
        tracing_mode="Active",
        timeout=1,
    )
    call(host, spec, 1)
    call(host, spec, 2)
    service, raised, _, killed = [s for s in seen.segments if s["name"] == spec.name]
    assert service["error"] is True
    assert "parent_id" not in service
    assert raised["cause"]["exceptions"][0]["type"] == "KeyError"
    assert raised["cause"]["exceptions"][0]["stack"][-1]["path"] == "/var/task/handler.py"
    assert killed["fault"] is True
    assert killed["cause"]["exceptions"][0]["message"] == "Task timed out after 1.00 seconds"


def test_nothing_is_written_for_an_unsampled_call(host: FunctionHost, seen: Recorder) -> None:
    """Without a decision PassThrough means no segment, and the function hears so."""
    spec = function(ECHO)
    assert json.loads(call(host, spec).payload).endswith("Sampled=0")
    assert not [s for s in seen.segments if s["name"] == spec.name]
    assert "XRAY" not in seen.lines(spec)[-1]


def test_the_request_that_a_function_url_brought_is_in_the_trace(host: FunctionHost, seen: Recorder) -> None:
    """So that a report can tell the routes of one function apart."""
    spec = function("def lambda_handler(event, context): return 1", tracing_mode="Active")
    asked = ("GET", "https://abc.lambda-url.us-east-1.on.aws/products")
    host.invoke(spec, Invocation("r-1", b"{}", spec.arn, http=asked, wants_log=True))
    (service,) = [d for d in seen.segments if d["name"] == spec.name and d["origin"] == "AWS::Lambda"]
    assert service["http"] == {"request": {"method": asked[0], "url": asked[1]}, "response": {"status": 200}}


def test_an_attempt_has_the_functions_segment_only(host: FunctionHost, seen: Recorder) -> None:
    """Its queue writes the AWS::Lambda segment."""
    spec = function(ECHO, tracing_mode="Active")
    call(host, spec, trace_header=f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1", attempt="53995c3f42cd8ad8")
    (only,) = [s for s in seen.segments if s["name"] == spec.name]
    assert (only["origin"], only["parent_id"]) == ("AWS::Lambda::Function", "53995c3f42cd8ad8")


def test_a_batch_is_linked_to_the_traces_of_its_messages(host: FunctionHost, seen: Recorder) -> None:
    """Each sender's once, at most 20, and those only that were sampled; the trace is a new one."""
    spec = function(ECHO, tracing_mode="Active")
    sent = [f"Root={ROOT};Parent={n:016x};Sampled=1" for n in range(25)]
    call(host, spec, links=(*sent[:1], *sent, f"Root={ROOT};Parent=ffffffffffffffff;Sampled=0", "nonsense"))
    service = next(s for s in seen.segments if s["name"] == spec.name and s["origin"] == "AWS::Lambda")
    assert service["trace_id"] != ROOT
    assert [link["id"] for link in service["links"]] == [f"{n:016x}" for n in range(20)]
    assert service["links"][0] == {
        "trace_id": ROOT, "id": "0" * 16, "attributes": {"aws.xray.reserved.reference_type": "parent"},
    }  # fmt: skip
