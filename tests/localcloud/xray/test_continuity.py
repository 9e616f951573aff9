"""Traces that go on through services without segments of their own, and those that go on in other traces."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.localcloud.service_clients import START, HandClock, RecordingApplication, client, running
from tests.localcloud.xray.test_api import put, segment, segments_of

OTHER = f"1-{int(START):08x}-{8:024x}"
QUEUE = "https://sqs.us-east-1.amazonaws.com/000000000000/orders"
RANGE = {"StartTime": START - 60, "EndTime": START + 60}
CHILD, PARENT = ({"aws.xray.reserved.reference_type": kind} for kind in ("child", "parent"))


@pytest.fixture
def xray(tmp_path: Path) -> Iterator[Any]:
    """A client of an empty X-Ray."""
    with running(tmp_path, HandClock(), RecordingApplication()) as services:
        yield client(services, "xray")


def call(number: int, name: str, **aws: str) -> dict[str, Any]:
    """A subsegment of the SDK."""
    part = {"id": f"{number:016x}", "name": name, "namespace": "aws", "aws": aws}
    return {**part, "start_time": START + 0.1, "end_time": START + 0.2}


def edges(services: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    """The edges of a graph by the names of their ends; those from clients begin with `client`."""
    nodes = {s["ReferenceId"]: "client" if s.get("Type") == "client" else s["Name"] for s in services}
    return {(nodes[s["ReferenceId"]], nodes[e["ReferenceId"]]): e for s in services for e in s["Edges"]}


@pytest.mark.parametrize(("name", "origin"), [("events", "AWS::Events"), ("sns", "AWS::SNS")])
def test_what_a_bus_or_a_topic_calls_is_below_it(xray: Any, name: str, origin: str) -> None:
    """The header names the SDK's call as parent; in the trace it is the inferred segment of the service, as recorded
    traces have it of SNS."""
    put(xray, segment(1, subsegments=[call(2, name)]))
    put(xray, segment(3, parent_id=f"{2:016x}", name="consumer", origin="AWS::Lambda"))
    by_name = {document["name"]: document for document in segments_of(xray)}
    assert (by_name[name]["origin"], by_name[name]["parent_id"]) == (origin, f"{2:016x}")
    assert by_name["consumer"]["parent_id"] == by_name[name]["id"]
    found = edges(xray.get_service_graph(**RANGE)["Services"])
    assert found.keys() == {("client", "api"), ("api", name), (name, "consumer")}


def test_a_traced_topic_stands_for_itself(xray: Any) -> None:
    """Its own segment takes the place of the inferred one."""
    arn = "arn:aws:sns:us-east-1:000000000000:topic"
    put(xray, segment(1, subsegments=[call(2, "sns", topic_arn=arn)]))
    put(xray, segment(3, parent_id=f"{2:016x}", name=arn, origin="AWS::SNS", subsegments=[call(4, "Lambda")]))
    put(xray, segment(5, parent_id=f"{4:016x}", name="consumer", origin="AWS::Lambda"))
    assert not [document for document in segments_of(xray) if document.get("inferred")]
    found = edges(xray.get_service_graph(**RANGE)["Services"])
    assert found.keys() == {("client", "api"), ("api", arn), (arn, "consumer")}


def send(xray: Any) -> None:
    """A message that is sent in one trace and received in another, two seconds later."""
    put(xray, segment(1, subsegments=[call(2, "SQS", queue_url=QUEUE)]))
    links = [{"trace_id": segment(1)["trace_id"], "id": f"{2:016x}", "attributes": PARENT}]
    times = {"start_time": START + 2.2, "end_time": START + 3}
    put(xray, segment(3, trace_id=OTHER, name="consumer", origin="AWS::Lambda", links=links, **times))


def test_linked_traces_name_each_other(xray: Any) -> None:
    """The consumer's names its parent as it was sent, the sender's gets the child at its queue."""
    send(xray)
    queue = next(document for document in segments_of(xray) if document.get("inferred"))
    assert queue["links"] == [{"trace_id": OTHER, "id": f"{3:016x}", "attributes": CHILD}]
    [consumer] = segments_of(xray, OTHER)
    assert consumer["links"][0]["attributes"] == PARENT


def test_a_link_is_an_edge_of_its_own_kind(xray: Any) -> None:
    """From the queue to its reader, with the age of what was received; no client called the reader."""
    send(xray)
    for services in (
        xray.get_service_graph(**RANGE)["Services"],
        xray.get_trace_graph(TraceIds=[OTHER, segment(1)["trace_id"]])["Services"],
    ):
        found = edges(services)
        assert found.keys() == {("client", "api"), ("api", QUEUE), (QUEUE, "consumer")}
        edge = found[QUEUE, "consumer"]
        assert (edge["EdgeType"], edge["ReceivedEventAgeHistogram"]) == ("link", [{"Value": 2.0, "Count": 1}])
        assert "ResponseTimeHistogram" not in edge


def test_a_link_to_a_trace_outside_of_the_question_is_followed(xray: Any) -> None:
    """The sender may be older than the time range."""
    send(xray)
    found = edges(xray.get_trace_graph(TraceIds=[OTHER])["Services"])
    assert found.keys() == {(QUEUE, "consumer")}


@pytest.mark.parametrize("links", ["x", [5], [{}], [{"trace_id": 5, "id": "x"}], [{"trace_id": "1-2-3", "id": "zz"}]])
def test_links_that_are_none_are_left_alone(xray: Any, links: Any) -> None:
    """Kept in the document, and nothing more."""
    assert put(xray, segment(1, links=links)) == []
    assert segments_of(xray) == [segment(1, links=links)]
    assert xray.get_service_graph(**RANGE)["Services"]


def test_a_retrieval_lists_segments_and_links(xray: Any) -> None:
    """Transaction Search's way: start, list, graph."""
    send(xray)
    ids = [segment(1)["trace_id"], OTHER.replace("-", "")[1:]]
    token = xray.start_trace_retrieval(TraceIds=ids, **RANGE)["RetrievalToken"]
    found = xray.list_retrieved_traces(RetrievalToken=token)
    assert (found["RetrievalStatus"], found["TraceFormat"]) == ("COMPLETE", "XRAY")
    assert [trace["Id"] for trace in found["Traces"]] == [segment(1)["trace_id"], OTHER]
    assert json.loads(found["Traces"][1]["Spans"][0]["Document"])["name"] == "consumer"
    graph = xray.get_retrieved_traces_graph(RetrievalToken=token)["Services"]
    assert (QUEUE, "consumer") in edges([entry["Service"] for entry in graph])
    [link] = [link for entry in graph for link in entry["Links"]]
    assert link == {
        "ReferenceType": "child", "SourceTraceId": segment(1)["trace_id"], "DestinationTraceIds": [OTHER],
    }  # fmt: skip
    xray.cancel_trace_retrieval(RetrievalToken=token)
    assert xray.list_retrieved_traces(RetrievalToken=token)["RetrievalStatus"] == "CANCELLED"


def test_a_large_retrieval_comes_in_pages(xray: Any) -> None:
    """Five traces a page, and a hundred segments of each."""
    ids = [f"1-{int(START):08x}-{n:024x}" for n in range(7)]
    for trace_id in ids[1:]:
        put(xray, segment(1, trace_id=trace_id))
    put(xray, *(segment(n, trace_id=ids[0], parent_id=f"{1:016x}" if n > 1 else None) for n in range(1, 251)))
    token, following, pages = xray.start_trace_retrieval(TraceIds=ids, **RANGE)["RetrievalToken"], {}, []
    while following is not None:
        page = xray.list_retrieved_traces(RetrievalToken=token, **following)
        pages.append([(trace["Id"], len(trace["Spans"])) for trace in page["Traces"]])
        following = {"NextToken": page["NextToken"]} if "NextToken" in page else None
    assert pages[0] == [(ids[0], 100), (ids[0], 100), (ids[0], 50), (ids[1], 1), (ids[2], 1)]
    assert [trace for trace, _ in pages[1]] == ids[3:]
