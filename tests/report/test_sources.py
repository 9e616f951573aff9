"""The same report from the same traces, wherever they come from: the local cloud, X-Ray, Transaction Search, a file."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber
from click.testing import CliRunner

from shopfast_obs.analysis.traces.overview.overview import overview
from shopfast_obs.cli.app import App
from shopfast_obs.cli.report import command as report_command
from shopfast_obs.cloud import aws_calls
from shopfast_obs.cloud.aws import AwsCloud
from shopfast_obs.cloud.aws_calls import Calls
from shopfast_obs.cloud.interface import Target
from shopfast_obs.cloud.telemetry import transaction_search
from shopfast_obs.errors import DeniedError
from shopfast_obs.model.telemetry import TimeRange, Trace
from shopfast_obs.parse.traces import documents
from shopfast_obs.report.traces import trace_document
from tests.localcloud.service_clients import HandClock, RecordingApplication, client, running

REAL = Path(__file__).parents[3] / "shared" / "data" / "xray-traces"
FILES = sorted(file for file in REAL.glob("*.json") if file.name != "expected.json") if REAL.is_dir() else []
RECORDED: list[dict[str, Any]] = [json.loads(file.read_text()) for file in FILES]
pytestmark = pytest.mark.skipif(not RECORDED, reason="the folder of real X-Ray traces is not beside this checkout")

ANY_WINDOW = {"StartTime": ANY, "EndTime": ANY}
Answer = tuple[str, dict[str, Any], dict[str, Any]]  # operation, response, expected parameters


def report(traces: Iterable[Trace]) -> dict[str, Any]:
    """The document; of warnings only the kind, because the order of segments chooses which one is named."""
    document = trace_document(overview(traces), None)
    for trace in document["traces"]:
        trace["warnings"] = [warning.partition(":")[0] for warning in trace["warnings"]]
    return document


def window_of(recorded: dict[str, Any]) -> TimeRange:
    """Some seconds around a trace."""
    start = min(json.loads(segment["Document"])["start_time"] for segment in recorded["Segments"])
    return TimeRange(start - 100, start + 100)


def stubbed(stack: ExitStack, xray: list[Answer], logs: list[Answer] | None = None) -> AwsCloud:
    """A cloud whose APIs give these answers."""
    return AwsCloud(Target("aws", "eu-west-1"), stubbed_clients(stack, xray, logs).__getitem__)


def stubbed_clients(stack: ExitStack, xray: list[Answer], logs: list[Answer] | None = None) -> dict[str, Any]:
    """Clients that give these answers in this order, checked against the service models, and no others."""
    clients: dict[str, Any] = {}
    for service, answers in (("xray", xray), ("logs", logs or [])):
        clients[service] = boto3.client(service, "eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
        stub = stack.enter_context(Stubber(clients[service]))
        for operation, response, expected in answers:
            stub.add_response(operation, response, expected)
    return clients


def from_file(recorded: dict[str, Any], folder: Path) -> Iterable[Trace]:
    """Saved as the `aws` command writes it."""
    return documents.read([("saved.json", json.dumps({"Traces": [recorded]}).encode())]).traces


def from_local_cloud(recorded: dict[str, Any], folder: Path) -> Iterable[Trace]:
    """Sent to the local X-Ray without what X-Ray infers, and asked back."""
    sent = [json.loads(segment["Document"]) for segment in recorded["Segments"]]
    parents = {document.get("parent_id") for document in sent}
    known = [d for d in sent if not d.get("inferred") or d.get("subsegments") or d["id"] in parents]
    window = window_of(recorded)
    with running(folder, HandClock(window.end), RecordingApplication()) as services:
        answer = client(services, "xray").put_trace_segments(TraceSegmentDocuments=[json.dumps(d) for d in known])
        assert answer["UnprocessedTraceSegments"] == []
        cloud = AwsCloud(Target("local", "us-east-1"), lambda service: client(services, service))
        return list(cloud.traces(cloud.trace_ids(window)))


def from_xray(recorded: dict[str, Any], folder: Path) -> Iterable[Trace]:
    """Found by GetTraceSummaries, read by BatchGetTraces in two pages."""
    answers: list[Answer] = [
        ("get_trace_summaries", {"TraceSummaries": [{"Id": recorded["Id"]}]}, {"StartTime": ANY, "EndTime": ANY}),
        ("get_trace_segment_destination", {"Destination": "XRay", "Status": "ACTIVE"}, {}),
        ("batch_get_traces", {"Traces": [], "NextToken": "more"}, {"TraceIds": [recorded["Id"]]}),
        ("batch_get_traces", {"Traces": [recorded]}, {"TraceIds": [recorded["Id"]], "NextToken": "more"}),
    ]
    with ExitStack() as stack:
        cloud = stubbed(stack, answers)
        return list(cloud.traces(cloud.trace_ids(window_of(recorded))))


def from_transaction_search(recorded: dict[str, Any], folder: Path) -> Iterable[Trace]:
    """Not indexed; its root span is found in aws/spans, and a retrieval gives it in two pages."""
    id_, segments = recorded["Id"], recorded["Segments"]
    half = len(segments) // 2
    token = {"RetrievalToken": "t", "TraceFormat": "XRAY"}
    head = {"Id": id_} | ({"Duration": recorded["Duration"]} if "Duration" in recorded else {})
    pages: list[dict[str, Any]] = [
        {"RetrievalStatus": "COMPLETE", "Traces": [{**head, "Spans": part}]}
        for part in (segments[:half], segments[half:])
    ]
    answers: list[Answer] = [
        ("get_trace_summaries", {"TraceSummaries": []}, {"StartTime": ANY, "EndTime": ANY}),
        ("get_trace_segment_destination", {"Destination": "CloudWatchLogs", "Status": "ACTIVE"}, {}),
        ("start_trace_retrieval", {"RetrievalToken": "t"}, {"TraceIds": [id_], "StartTime": ANY, "EndTime": ANY}),
        ("list_retrieved_traces", {**pages[0], "NextToken": "more"}, token),
        ("list_retrieved_traces", pages[1], {**token, "NextToken": "more"}),
    ]
    span = {"traceId": id_.replace("-", "")[1:], "spanId": "a", "startTimeUnixNano": 1}
    found = {"events": [{"timestamp": int(window_of(recorded).start * 1000) + 1, "message": json.dumps(span)}]}
    asked = {"logGroupName": "aws/spans", "filterPattern": transaction_search.ROOTS, "startTime": ANY, "endTime": ANY}
    with ExitStack() as stack:
        cloud = stubbed(stack, answers, [("filter_log_events", found, asked)])
        return list(cloud.traces(cloud.trace_ids(window_of(recorded))))


@pytest.mark.parametrize("source", [from_local_cloud, from_xray, from_transaction_search])
@pytest.mark.parametrize("recorded", RECORDED, ids=[file.stem for file in FILES])
def test_the_report_is_that_of_the_saved_file(
    source: Callable[[dict[str, Any], Path], Iterable[Trace]], recorded: dict[str, Any], tmp_path: Path
) -> None:
    """Entry points, map, breakdown, critical path, cold starts, patterns, failures, quality: nothing differs."""
    assert report(source(recorded, tmp_path)) == report(from_file(recorded, tmp_path))


def test_a_retrieval_is_waited_for_and_its_failure_is_named() -> None:
    """Asked again while it runs; then what X-Ray says of it, and which call it was."""
    token, slept = {"RetrievalToken": "t", "TraceFormat": "XRAY"}, list[float]()
    answers: list[Answer] = [
        ("start_trace_retrieval", {"RetrievalToken": "t"}, {"TraceIds": ["1-a"], "StartTime": ANY, "EndTime": ANY}),
        ("list_retrieved_traces", {"RetrievalStatus": "SCHEDULED"}, token),
        ("list_retrieved_traces", {"RetrievalStatus": "RUNNING"}, token),
        ("list_retrieved_traces", {"RetrievalStatus": "FAILED"}, token),
    ]
    with ExitStack() as stack:
        calls = Calls(stubbed_clients(stack, answers).__getitem__)
        with pytest.raises(DeniedError, match="StartTraceRetrieval ended as FAILED after 1 s"):
            list(transaction_search.traces(calls, ["1-a"], slept.append))
    assert slept == [0.5, 0.5]


def moved(recorded: dict[str, Any], to: float, number: int) -> list[dict[str, Any]]:
    """The segments of a trace as its services send them, as if it had begun then."""
    sent = [json.loads(segment["Document"]) for segment in recorded["Segments"]]
    parents = {document.get("parent_id") for document in sent}
    known = [d for d in sent if not d.get("inferred") or d.get("subsegments") or d["id"] in parents]
    shift = to - min(document["start_time"] for document in known)
    trace_id = f"1-{int(to):08x}-{number:024x}"

    def later(document: dict[str, Any]) -> dict[str, Any]:
        times = {key: document[key] + shift for key in ("start_time", "end_time") if key in document}
        inner = {"subsegments": [later(one) for one in document["subsegments"]]} if "subsegments" in document else {}
        return {**document, **times, **inner, **({"trace_id": trace_id} if "trace_id" in document else {})}

    return [later(document) for document in known]


class Undeployed:
    """A client of a service that has nothing."""

    def get_paginator(self, _: str) -> Undeployed:
        """Itself."""
        return self

    def paginate(self) -> list[dict[str, Any]]:
        """One page."""
        return [{}]


class AnyApp(App):
    """The command line's App over a cloud."""

    def __init__(self, cloud: AwsCloud) -> None:
        super().__init__()
        self._any = cloud

    def cloud(self) -> AwsCloud:
        """This one."""
        return self._any


def printed(cloud: AwsCloud, *arguments: str) -> str:
    """What `report traces` writes; of JSON without the window, which is the time of fetching."""
    asked = ["traces", *arguments]
    result = CliRunner().invoke(report_command, asked, obj=AnyApp(cloud), catch_exceptions=False)
    assert result.exit_code == 0
    return re.sub(r'"window": \{[^}]*\}', '"window": null', result.stdout)


def test_the_whole_report_is_the_same_byte_for_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All real traces recorded by the local cloud; read from it, from the same answers behind botocore's stubs (five a
    call, in pages, checked against AWS's own service model), and from a file that has these answers."""
    monkeypatch.setattr(aws_calls, "AHEAD", 1)  # the stubs answer in their order, several calls at once have none
    now = float(int(time.time()))
    with running(tmp_path, HandClock(now), RecordingApplication()) as services, ExitStack() as stack:
        clients: dict[str, Any] = {service: client(services, service) for service in ("xray", "logs", "cloudwatch")}
        clients |= {"lambda": Undeployed(), "cloudformation": Undeployed()}
        ids = []
        for number, recorded in enumerate(RECORDED):
            sent = moved(recorded, now - 300 + number, number)
            answer = clients["xray"].put_trace_segments(TraceSegmentDocuments=[json.dumps(d) for d in sent])
            assert answer["UnprocessedTraceSegments"] == []
            ids.append(sent[0]["trace_id"])
        batches = [ids[::-1][start : start + 5] for start in range(0, len(ids), 5)]
        kept = [clients["xray"].batch_get_traces(TraceIds=batch)["Traces"] for batch in batches]
        answers: list[Answer] = [
            ("get_trace_summaries", {"TraceSummaries": [{"Id": i} for i in ids[:3]], "NextToken": "n"}, ANY_WINDOW),
            ("get_trace_summaries", {"TraceSummaries": [{"Id": i} for i in ids[3:]]}, {**ANY_WINDOW, "NextToken": "n"}),
            ("get_trace_segment_destination", {"Destination": "XRay", "Status": "ACTIVE"}, {}),
        ]
        for batch, traces in zip(batches, kept, strict=True):
            answers.append(("batch_get_traces", {"Traces": traces}, {"TraceIds": batch}))
        file = tmp_path / "saved.json"
        file.write_text(json.dumps({"Traces": [trace for traces in kept for trace in traces]}))
        local = AwsCloud(Target("local", "us-east-1"), clients.__getitem__)
        for form in ("json", "text", "markdown", "dot"):
            stubs = {**clients, "xray": stubbed_clients(stack, answers)["xray"]}
            aws = AwsCloud(Target("aws", "us-east-1"), stubs.__getitem__)
            first = printed(local, "--since", "10m", "--format", form)
            assert len(first) > 1000
            assert first == printed(aws, "--since", "10m", "--format", form)
            saved = printed(local, "--input", str(file), "--format", form)
            # the title says where the traces come from, and the next command where they are
            here, there = (text.partition("Next\n")[0].splitlines()[form != "json" :] for text in (saved, first))
            assert here == there
