"""Graphs, filters, root causes and groups through the X-Ray API."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.localcloud.service_clients import START, HandClock, RecordingApplication, client, running

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "xray-traces"
RANGE = {"StartTime": START - 60, "EndTime": START + 60}


def trace_id(number: int) -> str:
    """An id whose time is the start."""
    return f"1-{int(START):08x}-{number:024x}"


def shop_trace(number: int, fault: bool = False, seconds: float = 1.0) -> list[dict[str, Any]]:
    """A function behind an API that reads a table, as the services send it."""
    base = number * 16
    common = {"trace_id": trace_id(number), "start_time": START, "end_time": START + seconds}
    failed = {"fault": True, "cause": {"exceptions": [{"id": "e", "type": "Broken", "message": "it broke"}]}}
    call = {"id": f"{base + 4:016x}", "name": "dynamodb", "namespace": "aws", "aws": {"table_name": "items"}}
    return [
        {"id": f"{base + 1:016x}", "name": "api", "origin": "AWS::ApiGateway::Stage", "fault": fault, **common},
        {
            **{"id": f"{base + 2:016x}", "name": "f", "origin": "AWS::Lambda", "parent_id": f"{base + 1:016x}"},
            **{"fault": fault, **common},
        },
        {
            **{
                "id": f"{base + 3:016x}",
                "name": "f",
                "origin": "AWS::Lambda::Function",
                "parent_id": f"{base + 2:016x}",
            },
            **common,
            **(failed if fault else {}),
            "subsegments": [{**call, "start_time": START, "end_time": START + seconds / 2}],
            "user": "bob" if fault else "ann",
        },
    ]


@pytest.fixture
def xray(tmp_path: Path) -> Iterator[Any]:
    """An X-Ray with three traces: two fine, one slow and broken."""
    with running(tmp_path, HandClock(), RecordingApplication()) as services:
        made = client(services, "xray")
        documents = [*shop_trace(1), *shop_trace(2, seconds=0.5), *shop_trace(3, fault=True, seconds=3)]
        made.put_trace_segments(TraceSegmentDocuments=[json.dumps(document) for document in documents])
        yield made


def test_a_function_is_two_nodes_and_a_client_stands_before_the_api(xray: Any) -> None:
    """Nodes by name and type, edges with the callers' counts and times."""
    services = xray.get_service_graph(**RANGE)["Services"]
    nodes = {service["ReferenceId"]: (service["Name"], service["Type"]) for service in services}
    edges = {
        (nodes[service["ReferenceId"]], nodes[edge["ReferenceId"]]): edge
        for service in services
        for edge in service["Edges"]
    }
    api, function, code = ("api", "AWS::ApiGateway::Stage"), ("f", "AWS::Lambda"), ("f", "AWS::Lambda::Function")
    assert set(edges) == {
        (("api", "client"), api),
        (api, function),
        (function, code),
        (code, ("items", "AWS::DynamoDB::Table")),
    }
    statistics = edges[(("api", "client"), api)]["SummaryStatistics"]
    assert (statistics["OkCount"], statistics["FaultStatistics"]["TotalCount"], statistics["TotalCount"]) == (2, 1, 3)
    assert statistics["TotalResponseTime"] == 4.5
    to_table = edges[(code, ("items", "AWS::DynamoDB::Table"))]
    assert to_table["ResponseTimeHistogram"] == [{"Value": v, "Count": 1} for v in (0.25, 0.5, 1.5)]
    assert [service["Name"] for service in services if service.get("Root")] == ["api"]


def test_the_graph_of_one_trace_has_only_its_calls(xray: Any) -> None:
    """And more than five ids are refused."""
    services = xray.get_trace_graph(TraceIds=[trace_id(1)])["Services"]
    assert {service["SummaryStatistics"]["TotalCount"] for service in services if "SummaryStatistics" in service} == {1}
    with pytest.raises(ClientError, match="Exceeding maximum query size: 5"):
        xray.get_trace_graph(TraceIds=[trace_id(n) for n in range(6)])


@pytest.mark.parametrize(
    ("expression", "numbers"),
    [
        ("fault", {3}),
        ("responsetime > 0.7 AND ok", {1}),
        ('service(id(name: "items", type: "AWS::DynamoDB::Table")) { responsetime < 1 }', {1, 2}),
        ('edge("api", "f") { fault }', {3}),
        ('user = "bob"', {3}),
        ('rootcause.fault.exception { message = "it broke" }', {3}),
    ],
)
def test_summaries_are_filtered(xray: Any, expression: str, numbers: set[int]) -> None:
    """By the same grammar as on AWS."""
    found = xray.get_trace_summaries(**RANGE, FilterExpression=expression)["TraceSummaries"]
    assert {summary["Id"] for summary in found} == {trace_id(n) for n in numbers}


def test_a_bad_filter_is_an_invalid_request(xray: Any) -> None:
    """With the reason."""
    with pytest.raises(ClientError, match=r"InvalidRequestException.*'nonsense' is not a keyword"):
        xray.get_trace_summaries(**RANGE, FilterExpression="nonsense")


def test_summaries_name_root_causes(xray: Any) -> None:
    """Service by service, down to the exception."""
    [summary] = xray.get_trace_summaries(**RANGE, FilterExpression="fault")["TraceSummaries"]
    [cause] = summary["FaultRootCauses"]
    assert [(service["Name"], service["Type"]) for service in cause["Services"]] == [
        ("api", "AWS::ApiGateway::Stage"),
        ("f", "AWS::Lambda"),
        ("f", "AWS::Lambda::Function"),
    ]
    assert cause["ClientImpacting"] is True
    assert cause["Services"][2]["EntityPath"][0]["Exceptions"] == [{"Name": "Broken", "Message": "it broke"}]
    [slow] = summary["ResponseTimeRootCauses"]
    assert slow["Services"][0]["EntityPath"] == [{"Name": "api", "Coverage": 1.0, "Remote": False}]
    assert summary["ErrorRootCauses"] == []


def test_groups_are_kept_filter_and_go(xray: Any) -> None:
    """By name and ARN; a bad expression and a second group of the name are refused."""
    arn = xray.create_group(GroupName="broken", FilterExpression="fault")["Group"]["GroupARN"]
    assert [group["GroupName"] for group in xray.get_groups()["Groups"]] == ["Default", "broken"]
    assert xray.get_group(GroupARN=arn)["Group"]["FilterExpression"] == "fault"
    for expression in ('group.name = "broken"', f'group.arn = "{arn}"'):
        found = xray.get_trace_summaries(**RANGE, FilterExpression=expression)["TraceSummaries"]
        assert [summary["Id"] for summary in found] == [trace_id(3)]
    statistics = [s for s in xray.get_service_graph(**RANGE, GroupName="broken")["Services"] if s.get("Root")]
    assert statistics[0]["SummaryStatistics"]["TotalCount"] == 1
    xray.update_group(GroupName="broken", FilterExpression="ok")
    assert xray.get_group(GroupName="broken")["Group"]["FilterExpression"] == "ok"
    for call, parameters in [
        (xray.create_group, {"GroupName": "broken"}),
        (xray.create_group, {"GroupName": "x", "FilterExpression": "nonsense"}),
        (xray.get_group, {"GroupName": "unknown"}),
        (xray.get_service_graph, {**RANGE, "GroupName": "unknown"}),
    ]:
        with pytest.raises(ClientError, match="InvalidRequestException"):
            call(**parameters)
    xray.delete_group(GroupName="broken")
    assert len(xray.get_groups()["Groups"]) == 1


def points(xray: Any, **selector: str) -> list[dict[str, Any]]:
    """Time series, with an EntitySelectorExpression if one is given."""
    pages = xray.get_paginator("get_time_series_service_statistics").paginate(**RANGE, **selector)
    return [point for page in pages for point in page["TimeSeriesServiceStatistics"]]


def test_time_series_count_requests_services_or_edges(xray: Any) -> None:
    """By period; without a selector the edges from clients, else what the selector stands for."""
    [point] = points(xray)
    assert (point["EdgeSummaryStatistics"]["TotalCount"], point["Timestamp"].timestamp()) == (3, START)
    [service] = points(xray, EntitySelectorExpression='service(id(name: "f", type: "AWS::Lambda::Function")) { fault }')
    assert service["ServiceSummaryStatistics"]["FaultStatistics"]["TotalCount"] == 1
    [edge] = points(xray, EntitySelectorExpression='edge(id(name: "api"), id(name: "f", type: "AWS::Lambda"))')
    assert edge["EdgeSummaryStatistics"]["TotalCount"] == 3
    [slow] = points(xray, EntitySelectorExpression="responsetime > 2")
    assert slow["EdgeSummaryStatistics"]["FaultStatistics"]["TotalCount"] == 1


@pytest.mark.skipif(not SHARED.exists(), reason="the recorded traces are not beside this checkout")
@pytest.mark.parametrize("name", sorted(p.stem for p in SHARED.glob("*_*.json")))
def test_traces_recorded_from_x_ray_come_back_with_the_same_inferred_segments(tmp_path: Path, name: str) -> None:
    """Sent without X-Ray's own additions, they are added again: same parents, same origins; the duration is X-Ray's."""
    recorded = json.loads((SHARED / f"{name}.json").read_text())
    documents = [json.loads(part["Document"]) for part in recorded["Segments"]]
    sent = [json.dumps(document) for document in documents if not document.get("inferred")]
    with running(tmp_path, HandClock(), RecordingApplication()) as services:
        made = client(services, "xray")
        assert made.put_trace_segments(TraceSegmentDocuments=sent)["UnprocessedTraceSegments"] == []
        [trace] = made.batch_get_traces(TraceIds=[recorded["Id"]])["Traces"]
    returned = [json.loads(part["Document"]) for part in trace["Segments"]]

    def inferred(some: list[dict[str, Any]]) -> set[tuple[str, str]]:
        return {(part["parent_id"], part["origin"]) for part in some if part.get("inferred")}

    assert inferred(returned) == inferred(documents)
    assert trace["Duration"] == pytest.approx(recorded["Duration"], abs=0.0021)
