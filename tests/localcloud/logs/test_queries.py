"""Logs Insights through the API: fields that are discovered, several groups, errors with their place."""

import pytest
from botocore.exceptions import ClientError

from shopfast_obs.localcloud.interface import Scope
from shopfast_obs.localcloud.logs.queries import Asked, Running
from tests.localcloud.logs.conftest import NOW, LogWorld
from tests.localcloud.service_clients import START

REQUEST = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"
REPORT = (
    f"REPORT RequestId: {REQUEST}\tDuration: 102.25 ms\tBilled Duration: 103 ms\tMemory Size: 128 MB\t"
    "Max Memory Used: 86 MB\tInit Duration: 350.5 ms\t\n"
    "XRAY TraceId: 1-5bf00000-000000000000000000000001\tSegmentId: 0000000000000001\tSampled: true\t"
)


def test_json_is_discovered(world: LogWorld) -> None:
    """Nested members by their path, members of lists by their number; other messages have none."""
    world.put('{"level": "ERROR", "user": {"id": 7}, "tags": ["a", "b"], "ok": true}', "plain", '{"level": "INFO"}')
    assert world.rows("filter level = 'ERROR' | display user.id, tags.1, ok, @logStream, @log") == [
        {"user.id": "7", "tags.1": "b", "ok": "1", "@logStream": "s", "@log": "000000000000:g"}
    ]
    assert world.rows("stats count(*) as n by level | sort n desc, level asc") == [
        {"level": "ERROR", "n": "1"}, {"level": "INFO", "n": "1"}, {"n": "1"},
    ]  # fmt: skip


def test_lambdas_lines_have_their_fields(world: LogWorld) -> None:
    """REPORT in numbers, START and END by type; JSON behind the runtime's prefix."""
    group = "/aws/lambda/f"
    world.application.logs.add(group, "s")
    prefixed = f'[INFO]\t2026-01-01T00:00:00.000Z\t{REQUEST}\t{{"order": 5}}'
    world.put(
        f"START RequestId: {REQUEST} Version: $LATEST", prefixed, f"END RequestId: {REQUEST}", REPORT, group=group
    )
    assert world.rows(
        "filter @type = 'REPORT' | display @requestId, @duration, @billedDuration, @maxMemoryUsed / 1000 / 1000 as mb,"
        " @memorySize, @initDuration, @xrayTraceId",
        logGroupNames=[group],
    ) == [
        {
            "@requestId": REQUEST, "@duration": "102.25", "@billedDuration": "103", "mb": "86",
            "@memorySize": "128000000", "@initDuration": "350.5", "@xrayTraceId": "1-5bf00000-000000000000000000000001",
        }
    ]  # fmt: skip
    assert world.rows("stats count(*) as n by @type | sort @type asc", logGroupNames=[group]) == [
        {"@type": "END", "n": "1"}, {"@type": "REPORT", "n": "1"}, {"@type": "START", "n": "1"}, {"n": "1"},
    ]  # fmt: skip
    found = world.rows(f"filter order = 5 and @requestId = '{REQUEST}' | display order", logGroupNames=[group])
    assert found == [{"order": "5"}]


def test_several_groups_are_one_result_newest_first(world: LogWorld) -> None:
    """Names and ARNs; the range is in seconds, its end included; records are counted."""
    world.application.logs.add("h", "s")
    world.put("first", at=NOW)
    world.put("second", at=NOW + 999, group="h")
    world.put("third", at=NOW + 1000)
    arn = "arn:aws:logs:us-east-1:000000000000:log-group:h"
    answer = world.query("fields @message | filter @message != 'x'", start=0, end=0, logGroupIdentifiers=["g", arn])
    assert [row[0]["value"] for row in answer["results"]] == ["second", "first"]
    assert {k: v for k, v in answer["statistics"].items() if k.startswith("records")} == {
        "recordsMatched": 2.0,
        "recordsScanned": 2.0,
    }
    assert [r["@message"] for r in world.rows("fields @message | limit 5", limit=1)] == ["third"]


def test_a_row_points_to_its_record(world: LogWorld) -> None:
    """GetLogRecord gives all fields; a row of statistics points to nothing."""
    world.put('{"a": {"b": 1}}')
    (row,) = world.query("fields @timestamp")["results"]
    shown = world.logs.get_log_record(logRecordPointer=row[-1]["value"])["logRecord"]
    assert (shown["a.b"], shown["@logStream"], shown["@timestamp"]) == ("1", "s", "2027-01-15 08:00:00.000")
    (row,) = world.query("stats count(*)")["results"]
    assert [cell["field"] for cell in row] == ["count(*)"]
    with pytest.raises(ClientError, match="Invalid logRecordPointer"):
        world.logs.get_log_record(logRecordPointer="bm8=")
    fields = {f["name"]: f["percent"] for f in world.logs.get_log_group_fields(logGroupName="g")["logGroupFields"]}
    assert (fields["a.b"], fields["@message"]) == (100, 100)


def test_a_malformed_query_says_where(world: LogWorld) -> None:
    """The error's shape has the place; nothing is started."""
    with pytest.raises(ClientError) as problem:
        world.query("fields a | bogus b")
    answer = problem.value.response
    assert answer["Error"]["Code"] == "MalformedQueryException"
    assert answer["queryCompileError"] == {
        "location": {"startCharOffset": 11, "endCharOffset": 16},
        "message": "unexpected symbol found bogus at line 1 and position 11",
    }
    assert world.logs.describe_queries()["queries"] == []


def test_queries_are_known_by_id_group_and_region(world: LogWorld) -> None:
    """DescribeQueries and StopQuery; what is not there is said."""
    world.query("fields a")
    (known,) = world.logs.describe_queries(logGroupName="g", status="Complete")["queries"]
    assert known["queryString"] == "fields a"
    assert world.region("eu-west-1").describe_queries()["queries"] == []
    for call, code in (
        (lambda: world.logs.stop_query(queryId=known["queryId"]), "InvalidParameterException"),
        (lambda: world.logs.get_query_results(queryId="x"), "ResourceNotFoundException"),
        (lambda: world.query("fields a", logGroupNames=["none"]), "ResourceNotFoundException"),
        (lambda: world.query("fields a", start=2, end=1), "InvalidParameterException"),
        (lambda: world.query("fields a", logGroupName="g", logGroupNames=["g"]), "InvalidParameterException"),
        (lambda: world.query("fields a", limit=10_000, start=0, queryLanguage="PPL"), "InvalidParameterException"),
    ):
        with pytest.raises(ClientError, match=code):
            call()


def test_a_query_that_is_stopped_is_cancelled(world: LogWorld) -> None:
    """It ends at the next record."""
    from shopfast_obs.analysis.logs.insights.query import read_query
    from shopfast_obs.localcloud.logs.store import Wanted

    world.put(*"abc")
    group = world.application.logs.group(Scope(), "g")
    assert group is not None
    running = Running("id", "fields a", [group], START)
    running.stop.set()
    asked = Asked(Scope(), read_query("fields a"), Wanted(backwards=True), 10)
    world.services._logs._insights._run(running, asked)
    assert (running.status, running.scanned) == ("Cancelled", 0)


def test_results_come_in_pages_where_they_are_asked_for(world: LogWorld) -> None:
    """As many rows as are wanted, and a token for the next ones."""
    world.put("a", "b", "c")
    world.query("fields @message | sort @message")
    query_id = world.logs.describe_queries()["queries"][0]["queryId"]
    first = world.logs.get_query_results(queryId=query_id, maxItems=2)
    rest = world.logs.get_query_results(queryId=query_id, maxItems=2, nextToken=first["nextToken"])
    assert [row[0]["value"] for row in (*first["results"], *rest["results"])] == ["a", "b", "c"]
    assert "nextToken" not in rest
    with pytest.raises(ClientError, match="nextToken is invalid"):
        world.logs.get_query_results(queryId=query_id, nextToken="x")
