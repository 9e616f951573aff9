"""Every filter expression of the X-Ray developer guide through the API: it finds what the guide says, nothing else."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.localcloud.telemetry_services import TelemetryServices
from tests.localcloud.service_clients import START, HandClock, RecordingApplication, client, running

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "xray-filter-expressions.txt"
DENIED = "Access Denied for account_id: 1234567890"
PATH = (
    '#[{ "Services": [ { "Name": "GetWeatherData", "EntityPath": [{ "Name": "GetWeatherData" }, { "Name": '
    '"get_temperature" } ] }, { "Name": "GetTemperature", "EntityPath": [ { "Name": "GetTemperature" } ] } ] }]'
)


def part(number: int, name: str, seconds: float, **more: Any) -> dict[str, Any]:
    """A segment or subsegment that begins at the start."""
    return {"id": f"{number:016x}", "name": name, "start_time": START, "end_time": START + seconds, **more}


def http(url: str, status: int = 200) -> dict[str, Any]:
    """The http section of a segment."""
    return {"request": {"url": url, "method": "GET"}, "response": {"status": status}}


def below(number: int) -> dict[str, str]:
    """The parent of a segment."""
    return {"parent_id": f"{number:016x}"}


def failure(kind: str, message: str) -> dict[str, Any]:
    """A fault with its exception."""
    return {"fault": True, "cause": {"exceptions": [{"id": "0" * 16, "type": kind, "message": message}]}}


def called(number: int, name: str, seconds: float, **more: Any) -> dict[str, Any]:
    """A call of something remote."""
    return part(number, name, seconds, namespace="remote", **more)


# One trace for each story of the guide; what each expression must find of them is below.
TRACES: dict[str, list[dict[str, Any]]] = {
    "fine": [part(1, "web", 0.1, http=http("http://web.example.com/api/game/1"))],
    "slow": [part(1, "web", 6, http=http("http://web.example.com/list"))],
    "slow-alice": [part(1, "web", 6.5, user="alice")],
    "long": [part(1, "web", 1), part(2, "worker", 7.5, **below(1))],
    "partial": [{**part(1, "web", 0), "end_time": None, "in_progress": True}],
    "deserialize": [part(1, "web", 1, fault=True, subsegments=[part(2, "deserialize", 0.5, **failure("E", "no"))])],
    "remote-traces": [part(1, "web", 1, subsegments=[called(2, "traces", 0.8)])],
    "table": [
        part(1, "web", 1, fault=True, subsegments=[
            part(2, "DynamoDB", 0.9, namespace="aws", fault=True, aws={"table_name": "traces"}),
        ]),
    ],
    "slow-table": [
        part(1, "web", 1, subsegments=[part(2, "DynamoDB", 0.9, namespace="aws", aws={"table_name": "items"})]),
    ],
    "data-plane-root": [part(1, "data-plane", 1, fault=True, http=http("http://dp.example.com/", 500))],
    "data-plane-inner": [part(1, "web", 1), part(2, "data-plane", 0.5, fault=True, **below(1))],
    "chain": [part(n, f"s{n}", 1, fault=True, **(below(n - 1) if n > 1 else {})) for n in range(1, 8)],
    "auth": [part(1, "web", 1, fault=True), part(2, "Auth", 0.5, **below(1), **failure("AccessDenied", DENIED))],
    "edge": [
        part(1, "api.example.com", 1, http=http("http://api.example.com/v2/x", 400), error=True, subsegments=[
            called(2, "backend.example.com", 0.5, error=True),
        ]),
        part(3, "backend.example.com", 0.4, **below(2), error=True, fault=True),
    ],
    "api-fault": [part(1, "api.example.com", 1, fault=True)],
    "bypassed": [part(1, "proxy", 3, http=http("http://api.example.com/v2/y"))],
    "annotated": [part(1, "web", 0.1, annotations={"gameid": "817DL6VO", "age": 30})],
    "young": [part(1, "web", 0.1, annotations={"gameid": "other", "age": 20})],
    "weather": [
        part(1, "GetWeatherData", 2, subsegments=[part(2, "get_temperature", 1.6)]),
        part(3, "GetTemperature", 1.5, **below(2)),
    ],
    "typed": [part(1, "service-name", 0.1, origin="service::type", fault=True)],
    "typed-edge": [
        part(1, "service-one", 0.2, origin="service::type", subsegments=[called(2, "service-two", 0.1, error=True)]),
        part(3, "service-two", 0.1, origin="service::type", **below(2)),
    ],
    "function": [part(1, "random-name", 0.1, origin="AWS::Lambda::Function", error=True)],
    "other-function": [part(1, "another", 0.1, origin="AWS::Lambda::Function", error=True)],
    "foreign": [part(1, "web", 0.1, aws={"account_id": "account-id"})],
}  # fmt: skip
ALL = set(TRACES)
FAILED = {
    "api-fault",
    "deserialize",
    "table",
    "data-plane-root",
    "chain",
    "auth",
    "edge",
    "typed",
    "function",
    "other-function",
}
FAULTS = {"api-fault", "deserialize", "table", "data-plane-root", "data-plane-inner", "chain", "auth", "edge", "typed"}
ANNOTATED = {"annotated", "young"}
GUIDE = {
    "responsetime > 5": {"slow", "slow-alice"},
    "duration >= 5 AND duration <= 8": {"slow", "slow-alice", "long"},
    "ok": ALL - FAILED,
    "!ok": FAILED,
    "ok = false": FAILED,
    'rootcause.fault.entity { last and name = "deserialize" }': {"deserialize"},
    'rootcause.responsetime.entity { remote and coverage > 0.7 and name = "traces" }': {"remote-traces"},
    'rootcause.fault.service { inferred and name = traces and type = "AWS::DynamoDB" }': {"table"},
    'service("data-plane") {root = true and fault = true}': {"data-plane-root"},
    "http.status != 200": {"data-plane-root", "edge"},
    "ok !partial duration <3": ALL - FAILED - {"slow", "slow-alice", "long", "partial", "bypassed"},
    "rootcause.fault.service { index > 5 }": {"chain"},
    "rootcause.responsetime.entity { last and coverage > 0.8 }": ALL - {"partial", "weather", "remote-traces"},
    'http.url CONTAINS "/api/game/"': {"fine"},
    'user CONTAINS ""': {"slow-alice"},
    'rootcause.fault.service { name = "Auth" }': {"auth"},
    'rootcause.responsetime.service { last and type = "AWS::DynamoDB" }': {"table", "slow-table"},
    f'rootcause.fault.exception {{ last and message = "{DENIED}" }}': {"auth"},
    'service("api.example.com") { fault }': {"api-fault"},
    "service() { fault }": FAULTS,
    'edge("api.example.com", "backend.example.com") { error }': {"edge"},
    'http.url BEGINSWITH "http://api.example.com/" AND http.url CONTAINS "/v2/" AND !service("api.example.com")': {
        "bypassed"
    },
    "http.url AND responseTime > 2": {"slow", "bypassed"},
    'annotation.gameid = "817DL6VO"': {"annotated"},
    "annotation.age": ANNOTATED,
    "!annotation.age": ALL - ANNOTATED,
    "annotation.age > 29": {"annotated"},
    'group.name = "high_response_time" AND user = "alice"': {"slow-alice"},
    f"rootcause.json = {PATH}": {"weather"},
    'service(id(name: "service-name", type:"service::type")) { fault }': {"typed"},
    'edge(id(name: "service-one", type:"service::type"), id(name: "service-two", type:"service::type")) { error }': {
        "typed-edge"
    },
    'service(id(name: "random-name", type: "AWS::Lambda::Function")) { error }': {"function"},
    'service(id(type: "AWS::Lambda::Function")) { error }': {"function", "other-function"},
    'service(id(account.id: "account-id"))': {"foreign"},
}


def trace_id(name: str) -> str:
    """The id of one of the traces."""
    return f"1-{int(START):08x}-{list(TRACES).index(name):024x}"


@pytest.fixture(scope="module")
def xray(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """An X-Ray with all the traces and the guide's group."""
    with running(tmp_path_factory.mktemp("guide"), HandClock(), RecordingApplication()) as services:
        yield filled(services)


def filled(services: TelemetryServices) -> Any:
    """The client of an X-Ray that was given everything."""
    made = client(services, "xray")
    for name, parts in TRACES.items():
        documents = [json.dumps({**one, "trace_id": trace_id(name)}) for one in parts]
        assert made.put_trace_segments(TraceSegmentDocuments=documents)["UnprocessedTraceSegments"] == []
    made.create_group(GroupName="high_response_time", FilterExpression="responsetime > 5")
    return made


@pytest.mark.parametrize(("expression", "expected"), GUIDE.items())
def test_the_guides_expression_finds_what_it_says(xray: Any, expression: str, expected: set[str]) -> None:
    """Of all traces these and no others."""
    pages = xray.get_paginator("get_trace_summaries").paginate(
        StartTime=START - 1, EndTime=START + 60, FilterExpression=expression
    )
    names = {trace_id(name): name for name in TRACES}
    assert {names[summary["Id"]] for page in pages for summary in page["TraceSummaries"]} == expected


@pytest.mark.skipif(not SHARED.exists(), reason="the list of documented expressions is not beside this checkout")
def test_no_expression_of_the_guide_is_missing() -> None:
    """The list above is the guide's."""
    lines = [line.strip() for line in SHARED.read_text(encoding="utf-8").splitlines()]
    assert {line for line in lines if line and not line.startswith("#")} == set(GUIDE)
