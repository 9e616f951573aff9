"""The X-Ray API, asked with boto3."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.localcloud.service_clients import START, HandClock, RecordingApplication, client, refusal, running

TRACE = f"1-{int(START):08x}-{7:024x}"


def segment(number: int, **more: Any) -> dict[str, Any]:
    """A complete segment document."""
    document = {"id": f"{number:016x}", "trace_id": TRACE, "name": "api", "start_time": START, "end_time": START + 0.5}
    return {key: value for key, value in {**document, **more}.items() if value is not None}


@pytest.fixture
def xray(tmp_path: Path) -> Iterator[Any]:
    """A client of an empty X-Ray."""
    with running(tmp_path, HandClock(), RecordingApplication()) as services:
        yield client(services, "xray")


def put(xray: Any, *documents: dict[str, Any]) -> list[dict[str, Any]]:
    """Send segments; those that were not processed."""
    answer = xray.put_trace_segments(TraceSegmentDocuments=[json.dumps(document) for document in documents])
    return list(answer["UnprocessedTraceSegments"])


def segments_of(xray: Any, trace_id: str = TRACE) -> list[dict[str, Any]]:
    """The documents of a trace."""
    [trace] = xray.batch_get_traces(TraceIds=[trace_id])["Traces"]
    return [json.loads(part["Document"]) for part in trace["Segments"]]


def summaries(xray: Any, **more: Any) -> list[dict[str, Any]]:
    """All summaries around the start."""
    pages = xray.get_paginator("get_trace_summaries").paginate(StartTime=START - 60, EndTime=START + 60, **more)
    return [summary for page in pages for summary in page["TraceSummaries"]]


def test_a_segment_comes_back_as_it_was_sent(xray: Any) -> None:
    """Document, id, duration, and ids that are unknown."""
    assert put(xray, segment(1, metadata={"default": {"ü": [1, None, "☃"]}})) == []
    answer = xray.batch_get_traces(TraceIds=[TRACE, "1-00000000-000000000000000000000000"])
    assert answer["UnprocessedTraceIds"] == ["1-00000000-000000000000000000000000"]
    [trace] = answer["Traces"]
    assert (trace["Id"], trace["Duration"], trace["LimitExceeded"]) == (TRACE, 0.5, False)
    assert segments_of(xray) == [segment(1, metadata={"default": {"ü": [1, None, "☃"]}})]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{", "ParseError"),
        ("[]", "MissingId"),
        (json.dumps(segment(1, name="who?")), "InvalidName"),
        (json.dumps(segment(1, id=None)), "MissingId"),
        (json.dumps(segment(1, id="xyz")), "InvalidId"),
        (json.dumps(segment(1, trace_id="1-2-3")), "InvalidTraceId"),
        (json.dumps(segment(1, name=None)), "MissingName"),
        (json.dumps(segment(1, name="n" * 201)), "InvalidName"),
        (json.dumps(segment(1, start_time=None)), "MissingStartTime"),
        (json.dumps(segment(1, start_time=START * 1000)), "InvalidTime"),
        (json.dumps(segment(1, end_time=None)), "MissingEndTime"),
        (json.dumps(segment(1, type="subsegment")), "MissingParentId"),
        (json.dumps(segment(1, parent_id=5)), "InvalidParentId"),
        (json.dumps(segment(1, subsegments=["x"])), "ParseError"),
        (json.dumps(segment(1, metadata={"x": "y" * 65536})), "SegmentTooLarge"),
        ('{"a":' * 2000 + "1" + "}" * 2000, "ParseError"),
    ],
)
def test_a_bad_segment_is_named_and_the_others_are_kept(xray: Any, document: str, code: str) -> None:
    """One refusal a document, with its code."""
    answer = xray.put_trace_segments(TraceSegmentDocuments=[document, json.dumps(segment(2))])
    assert [refused["ErrorCode"] for refused in answer["UnprocessedTraceSegments"]] == [code]
    assert [part["id"] for part in segments_of(xray)] == [f"{2:016x}"]


def test_a_complete_segment_replaces_the_one_in_progress(xray: Any) -> None:
    """And a late one in progress replaces nothing."""
    running_segment = segment(1, end_time=None, in_progress=True)
    put(xray, running_segment)
    assert summaries(xray)[0]["IsPartial"] is True
    put(xray, segment(1))
    put(xray, running_segment)
    assert segments_of(xray) == [segment(1)]
    [summary] = summaries(xray)
    assert (summary["IsPartial"], summary["ResponseTime"]) == (False, 0.5)
    assert summary["Revision"] == 3


def test_a_lone_subsegment_is_put_into_its_parent(xray: Any) -> None:
    """Whichever comes first, and through several levels; what only lone documents carry is left out."""
    child = segment(2, type="subsegment", parent_id=f"{1:016x}", name="work", in_progress=False)
    grandchild = segment(3, type="subsegment", parent_id=f"{2:016x}", name="inner")
    put(xray, grandchild, child)
    assert len(segments_of(xray)) == 1  # the parent is not there yet; the grandchild is with the child
    put(xray, segment(1))
    [root] = segments_of(xray)
    [work] = root["subsegments"]
    assert (work["name"], work["subsegments"][0]["name"]) == ("work", "inner")
    assert not {"type", "parent_id", "trace_id", "in_progress"} & set(work)


def test_subsegments_in_a_circle_are_returned_as_they_came(xray: Any) -> None:
    """No parent leads anywhere, nothing is lost, nothing hangs."""
    put(
        xray, segment(1, type="subsegment", parent_id=f"{2:016x}"), segment(2, type="subsegment", parent_id=f"{1:016x}")
    )
    assert {part["id"] for part in segments_of(xray)} == {f"{1:016x}", f"{2:016x}"}


def test_lone_subsegments_that_nest_too_deeply_stay_alone(xray: Any) -> None:
    """A chain that no JSON reader takes when it is put together is returned link by link."""
    inner: dict[str, Any] = {"id": f"{999:016x}", "name": "x", "start_time": START, "end_time": START + 1}
    documents = [segment(1)]
    for number in range(2, 40):
        deep = {**inner, "id": f"{number * 100:016x}"}
        for level in range(40):
            deep = {**inner, "id": f"{number * 100 + level + 1:016x}", "subsegments": [deep]}
        parent = f"{(number - 1) * 100:016x}" if number > 2 else f"{1:016x}"
        documents.append(segment(number, type="subsegment", parent_id=parent, subsegments=[deep]))
    assert put(xray, *documents) == []
    assert len(segments_of(xray)) == len(documents)


def test_a_call_without_a_callee_becomes_an_inferred_segment(xray: Any) -> None:
    """With the origin and the resource of the service that was called."""
    call = {"id": f"{2:016x}", "name": "dynamodb", "namespace": "aws", "start_time": START, "end_time": START + 0.1}
    put(
        xray, segment(1, subsegments=[{**call, "aws": {"table_name": "things", "operation": "GetItem"}, "error": True}])
    )
    inferred = segments_of(xray)[1]
    assert inferred["inferred"] is True
    assert (inferred["origin"], inferred["parent_id"], inferred["error"]) == ("AWS::DynamoDB::Table", call["id"], True)
    assert inferred["aws"]["resource_names"] == ["things"]
    assert segments_of(xray)[1]["id"] == inferred["id"]  # the same each time


@pytest.mark.parametrize(
    ("call", "callee_origin", "inferred"),
    [
        ({"name": "other.example.com", "namespace": "remote"}, "AWS::ApiGateway::Stage", 0),
        ({"name": "other.example.com", "namespace": "remote"}, None, 1),
        ({"name": "lambda", "namespace": "aws"}, "AWS::Lambda", 0),
        ({"name": "SNS", "namespace": "aws"}, "AWS::Lambda", 1),
        ({"name": "work"}, None, 0),
    ],
)
def test_a_callee_that_answers_for_itself_replaces_the_inferred_segment(
    xray: Any, call: dict[str, str], callee_origin: str | None, inferred: int
) -> None:
    """But a function that a topic invoked does not stand for the topic."""
    put(xray, segment(1, subsegments=[{"id": f"{2:016x}", "start_time": START, "end_time": START + 0.1, **call}]))
    if callee_origin:
        put(xray, segment(3, parent_id=f"{2:016x}", origin=callee_origin, name="callee"))
    assert sum(part.get("inferred", False) for part in segments_of(xray)) == inferred


def test_a_summary_says_what_the_root_and_the_whole_did(xray: Any) -> None:
    """Error and fault of the root alone, throttle of anything, times, http, users, annotations, services."""
    http = {"request": {"url": "https://x/y", "method": "GET", "client_ip": "1.2.3.4"}, "response": {"status": 404}}
    put(
        xray,
        segment(1, http=http, error=True, user="ann", annotations={"n": 5, "b": True, "s": "x", "no": [1]}),
        segment(2, parent_id=f"{1:016x}", name="next", fault=True, end_time=START + 2, annotations={"n": 5}),
    )
    put(xray, segment(2, parent_id=f"{1:016x}", name="next", fault=True, throttle=True, end_time=START + 2))
    [summary] = summaries(xray)
    assert (summary["HasError"], summary["HasFault"], summary["HasThrottle"]) == (True, False, True)
    assert (summary["ResponseTime"], summary["Duration"]) == (0.5, 2.0)
    assert summary["Http"] == {"HttpURL": "https://x/y", "HttpMethod": "GET", "ClientIp": "1.2.3.4", "HttpStatus": 404}
    assert summary["EntryPoint"]["Name"] == "api"
    assert [service["Name"] for service in summary["ServiceIds"]] == ["api", "next"]
    assert [user["UserName"] for user in summary["Users"]] == ["ann"]
    values = {key: entries[0]["AnnotationValue"] for key, entries in summary["Annotations"].items()}
    assert values == {"n": {"NumberValue": 5.0}, "b": {"BooleanValue": True}, "s": {"StringValue": "x"}}


def test_summaries_are_found_by_the_time_of_the_id_or_of_the_events(xray: Any) -> None:
    """The end of a range is outside."""
    put(xray, segment(1, start_time=START + 100, end_time=START + 101))
    found = {
        (kind, start): len(
            xray.get_trace_summaries(StartTime=START + start, EndTime=START + start + 50, TimeRangeType=kind)[
                "TraceSummaries"
            ]
        )
        for kind in ("TraceId", "Event")
        for start in (-50, 0, 60, 101)
    }
    assert {place for place, number in found.items() if number} == {("TraceId", 0), ("Event", 60), ("Event", 101)}


def test_summaries_come_in_pages(xray: Any) -> None:
    """Each trace once, oldest first."""
    ids = [f"1-{int(START) + n % 3:08x}-{n:024x}" for n in range(1200)]
    put(xray, *(segment(1, trace_id=trace_id) for trace_id in ids))
    first = xray.get_trace_summaries(StartTime=START, EndTime=START + 60)
    assert len(first["TraceSummaries"]) == 500
    assert first["NextToken"]
    assert [summary["Id"] for summary in summaries(xray)] == sorted(ids)


def test_batch_get_traces_refuses_what_aws_refuses(xray: Any) -> None:
    """More than five ids, duplicates, a token."""
    call = xray.batch_get_traces
    wanted = ("InvalidRequestException", "Exceeding maximum query size: 5")
    assert refusal(call, TraceIds=[f"1-{n:08x}-{n:024x}" for n in range(6)]) == wanted
    assert refusal(call, TraceIds=[TRACE, TRACE])[0] == "InvalidRequestException"
    wanted = ("InvalidRequestException", "NextToken is currently not supported")
    assert refusal(call, TraceIds=[TRACE], NextToken="x") == wanted


def test_a_trace_past_500_kb_is_cut_and_marked(xray: Any) -> None:
    """What came first is kept."""
    put(xray, *(segment(n, metadata={"x": "y" * 60_000}) for n in range(1, 10)))
    [trace] = xray.batch_get_traces(TraceIds=[TRACE])["Traces"]
    assert trace["LimitExceeded"] is True
    assert len(trace["Segments"]) == 8
    [refused] = put(xray, segment(11))
    assert (refused["Id"], refused["ErrorCode"]) == (f"{11:016x}", "InvalidSegment")
    assert refused["Message"].startswith("Trace Size Exceeded.")


def test_an_id_of_opentelemetry_is_found_by_when_it_began(xray: Any) -> None:
    """Its first part is no time."""
    other = "1-ffffffff-0123456789abcdef01234567"
    put(xray, segment(1, trace_id=other))
    assert [summary["Id"] for summary in summaries(xray)] == [other]


def test_annotations_are_indexed_up_to_fifty_and_by_valid_names(xray: Any) -> None:
    """The documents keep all of them."""
    put(xray, segment(1, annotations={"no-key": 1, "aws:api_id": "x", **{f"k{n}": n for n in range(60)}}))
    [summary] = summaries(xray)
    assert len(summary["Annotations"]) == 50
    assert "no-key" not in summary["Annotations"]
    assert len(segments_of(xray)[0]["annotations"]) == 62


def test_machines_are_in_the_summary(xray: Any) -> None:
    """Instances and availability zones, each once."""
    ec2 = {"instance_id": "i-1", "availability_zone": "us-east-1a"}
    put(xray, segment(1, aws={"ec2": ec2}), segment(2, parent_id=f"{1:016x}", aws={"ec2": ec2}))
    [summary] = summaries(xray)
    assert (summary["InstanceIds"], summary["AvailabilityZones"]) == ([{"Id": "i-1"}], [{"Name": "us-east-1a"}])


def test_bad_ranges_tokens_and_operations_are_answered_in_awss_shape(xray: Any) -> None:
    """And nothing ends in a server error."""
    call = xray.get_trace_summaries
    assert refusal(call, StartTime=START, EndTime=START)[0] == "InvalidRequestException"
    assert refusal(call, StartTime=0, EndTime=START, NextToken="!!")[0] == "InvalidRequestException"
    assert refusal(call, StartTime=0, EndTime=START, NextToken="bnVsbA==")[0] == "InvalidRequestException"
    assert refusal(xray.get_insight, InsightId="1" * 36)[0] == "InvalidRequestException"


def test_segments_are_there_after_a_restart(tmp_path: Path) -> None:
    """What was acknowledged stays."""
    with running(tmp_path, HandClock(), RecordingApplication()) as services:
        put(client(services, "xray"), segment(1))
    with running(tmp_path, HandClock(), RecordingApplication()) as services:
        assert segments_of(client(services, "xray")) == [segment(1)]


def test_state_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    """Traces may carry what users sent."""
    with running(tmp_path / "state", HandClock(), RecordingApplication()):
        assert (tmp_path / "state" / "telemetry.db").stat().st_mode & 0o077 == 0


def test_sampling_is_what_a_fresh_account_has(xray: Any) -> None:
    """The default rule, a quota for it, and rules that are unknown."""
    [record] = xray.get_sampling_rules()["SamplingRuleRecords"]
    assert (record["SamplingRule"]["FixedRate"], record["SamplingRule"]["ReservoirSize"]) == (0.05, 1)
    report = {"ClientID": "0" * 24, "Timestamp": START, "RequestCount": 5, "SampledCount": 1, "BorrowCount": 0}
    answer = xray.get_sampling_targets(
        SamplingStatisticsDocuments=[{**report, "RuleName": "Default"}, {**report, "RuleName": "mine"}]
    )
    assert [target["ReservoirQuota"] for target in answer["SamplingTargetDocuments"]] == [1]
    assert [unknown["RuleName"] for unknown in answer["UnprocessedStatistics"]] == ["mine"]
    assert (
        xray.put_telemetry_records(TelemetryRecords=[{"Timestamp": START}])["ResponseMetadata"]["HTTPStatusCode"] == 200
    )
