"""Log events: what is accepted, in which order it is read, and what a restart and another region see."""

import asyncio
from pathlib import Path
from typing import Any

from shopfast_obs.localcloud.interface import Measurement, Scope
from shopfast_obs.localcloud.telemetry_services import open_services
from tests.localcloud.logs.conftest import NOW, LogWorld
from tests.localcloud.service_clients import HandClock, RecordingApplication, client, refusal

DAY = 86_400_000


def messages(answer: Any) -> list[str]:
    """The messages of a page."""
    return [event["message"] for event in answer["events"]]


def test_a_stream_is_read_from_both_ends(world: LogWorld) -> None:
    """Forwards from the head, backwards from the tail; at the end the token comes back as it was."""
    world.put(*"abcde")
    asked = {"logGroupName": "g", "logStreamName": "s", "limit": 2}
    newest = world.logs.get_log_events(**asked)
    assert messages(newest) == ["d", "e"]
    older = world.logs.get_log_events(**asked, nextToken=newest["nextBackwardToken"])
    assert messages(older) == ["b", "c"]
    first = world.logs.get_log_events(**asked, startFromHead=True)
    second = world.logs.get_log_events(**asked, nextToken=first["nextForwardToken"])
    last = world.logs.get_log_events(**asked, nextToken=second["nextForwardToken"])
    after = world.logs.get_log_events(**asked, nextToken=last["nextForwardToken"])
    assert [messages(page) for page in (first, second, last, after)] == [["a", "b"], ["c", "d"], ["e"], []]
    assert after["nextForwardToken"] == last["nextForwardToken"]
    world.put("f", at=NOW + 10)
    assert messages(world.logs.get_log_events(**asked, nextToken=after["nextForwardToken"])) == ["f"]
    window = world.logs.get_log_events(**asked, startTime=NOW + 1, endTime=NOW + 2)
    assert messages(window) == ["b"]
    assert refusal(world.logs.get_log_events, **asked, nextToken="x")[0] == "InvalidParameterException"


def test_a_group_is_read_in_the_order_of_time_whatever_the_stream(world: LogWorld) -> None:
    """Late events are sorted in; pages have no gap and no event twice; each has an id that sorts as it does."""
    world.application.logs.add("g", "s", "t")
    world.put("a", "c", at=NOW)
    world.put("late", at=NOW - 5, stream="t")
    world.put("b", at=NOW, stream="t")
    paginator = world.logs.get_paginator("filter_log_events")
    pages = list(paginator.paginate(logGroupName="g", PaginationConfig={"PageSize": 2}))
    events = [event for page in pages for event in page["events"]]
    assert [(e["logStreamName"], e["message"]) for e in events] == [("t", "late"), ("s", "a"), ("t", "b"), ("s", "c")]
    assert [len(page["events"]) for page in pages] == [2, 2]
    assert sorted(e["eventId"] for e in events) == [e["eventId"] for e in events]
    arn = "arn:aws:logs:us-east-1:000000000000:log-group:g:*"
    asked = {"logGroupIdentifier": arn, "logStreamNamePrefix": "t", "startTime": NOW, "endTime": NOW}
    assert messages(world.logs.filter_log_events(**asked)) == ["b"]
    assert messages(world.logs.filter_log_events(logGroupName="g", logStreamNames=["s"], filterPattern="-c")) == ["a"]


def test_what_is_not_there_or_cannot_be_read_is_said_as_aws_says_it(world: LogWorld) -> None:
    """Groups, streams, patterns, limits."""
    logs = world.logs
    call = logs.filter_log_events
    assert refusal(call, logGroupName="x") == ("ResourceNotFoundException", "The specified log group does not exist.")
    assert refusal(call, logGroupName="g", logStreamNames=["x"])[1] == "The specified log stream does not exist."
    assert refusal(call, logGroupName="g", filterPattern="a:b") == (
        "InvalidParameterException",
        "Invalid character(s) in term ':'",
    )
    assert refusal(call, logGroupName="g", startTime=2, endTime=1)[0] == "InvalidParameterException"
    events = [{"timestamp": NOW, "message": "m"}]
    put = {"logStreamName": "x", "logEvents": events}
    assert refusal(logs.put_log_events, logGroupName="g", **put)[1] == "The specified log stream does not exist."
    assert refusal(logs.put_log_events, logGroupName="x", **put)[0] == "ResourceNotFoundException"


def test_batches_are_bounded_as_on_aws(world: LogWorld) -> None:
    """Order, span, size and count; what is too old or too new is named and left out."""

    def refused(*events: tuple[int, str]) -> str:
        listed = [{"timestamp": time, "message": text} for time, text in events]
        code, message = refusal(world.logs.put_log_events, logGroupName="g", logStreamName="s", logEvents=listed)
        assert code == "InvalidParameterException"
        return message

    assert "chronological order" in refused((NOW, "b"), (NOW - 1, "a"))
    assert "24 hours" in refused((NOW - DAY - 1, "a"), (NOW, "b"))
    assert refused((NOW, "x" * 1_048_551)) == "Upload too large: 1048577 bytes exceeds limit of 1048576"
    assert "10000" in refused(*[(NOW, "x")] * 10_001)
    world.clock.time += 15 * 86400
    now = int(world.clock.time * 1000)
    entries = [{"timestamp": t, "message": m} for t, m in ((now, "now"), (now + 3 * 3_600_000, "ahead"))]
    answer = world.logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=entries)
    assert answer["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 1}
    entries = [{"timestamp": t, "message": m} for t, m in ((NOW, "old"), (NOW + DAY, "young enough"))]
    answer = world.logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=entries)
    assert answer["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}
    assert messages(world.logs.filter_log_events(logGroupName="g")) == ["young enough", "now"]


def test_retention_takes_what_is_too_old(world: LogWorld) -> None:
    """Events that have expired are neither taken in nor kept."""
    world.application.logs.add("g", "s", retention_days=1)
    world.put("first")
    world.clock.time += 86400 * 2
    world.services._logs.due()
    answer = world.put("expired on arrival", at=NOW + 1)
    assert answer["rejectedLogEventsInfo"] == {"expiredLogEventEndIndex": 1}
    world.put("second", at=int(world.clock.time * 1000))
    assert messages(world.logs.filter_log_events(logGroupName="g")) == ["second"]


def test_events_outlive_the_process_and_their_streams_come_back(tmp_path: Path) -> None:
    """MiniStack may have been killed before it saved a stream that has events."""
    application = RecordingApplication()
    application.logs.add("g", "s")
    for services in (
        open_services(tmp_path, HandClock(), application),
        open_services(tmp_path, HandClock(), application),
    ):
        logs = client(services, "logs")
        logs.put_log_events(
            logGroupName="g", logStreamName="s", logEvents=[{"timestamp": NOW, "message": "kept \ud83d\ude00"}]
        )
        asyncio.run(services.stop())
    forgetful = RecordingApplication()
    services = open_services(tmp_path, HandClock(), forgetful)
    services.recover()
    assert messages(client(services, "logs").filter_log_events(logGroupName="g")) == ["kept \U0001f600"] * 2
    assert forgetful.logs.spans[Scope(), "g", "s"].last == NOW
    services.forget_logs(Scope(), "g")
    assert messages(client(services, "logs").filter_log_events(logGroupName="g")) == []
    asyncio.run(services.stop())


def test_a_region_sees_its_own_events_and_metrics(world: LogWorld) -> None:
    """The same names elsewhere are other things."""
    elsewhere = Scope(region="eu-west-1")
    world.application.logs.add("g", "s", scope=elsewhere)
    world.put("here")
    events = [{"timestamp": NOW, "message": "there"}]
    world.region("eu-west-1").put_log_events(logGroupName="g", logStreamName="s", logEvents=events)
    assert messages(world.logs.filter_log_events(logGroupName="g")) == ["here"]
    assert messages(world.region("eu-west-1").filter_log_events(logGroupName="g")) == ["there"]
    world.services.telemetry.within(elsewhere).put_metrics([Measurement("N", "m", {}, 1.0)])
    listed = {
        region: [m["MetricName"] for m in world.region(region, "cloudwatch").list_metrics(Namespace="N")["Metrics"]]
        for region in ("us-east-1", "eu-west-1")
    }
    assert listed == {"us-east-1": [], "eu-west-1": ["m"]}


def test_what_is_ingested_is_counted(world: LogWorld) -> None:
    """AWS/Logs, for the group and for all."""
    world.put("ab", "c")
    assert world.statistics("IncomingLogEvents", "AWS/Logs", LogGroupName="g") == [(2.0, 2.0)]
    assert world.statistics("IncomingBytes", "AWS/Logs") == [(3.0 + 2 * 26, 1.0)]


def test_the_latest_events_come_first_where_they_are_asked_for(world: LogWorld) -> None:
    """Page after page in the direction of the first request."""
    world.put("a", "b", "c")
    found, more = [], {"startFromHead": False}
    for _ in range(3):
        page = world.logs.filter_log_events(logGroupName="g", limit=1, **more)
        found += messages(page)
        more = {"nextToken": page["nextToken"]} if "nextToken" in page else {}
    assert (found, more) == (["c", "b", "a"], {})
    assert messages(world.logs.filter_log_events(logGroupName="g")) == ["a", "b", "c"]
