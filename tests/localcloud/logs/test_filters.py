"""Metric filters and subscription filters, from the event to the metric and the subscriber."""

import base64
import gzip
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shopfast_obs.localcloud.logs import api, ingestion, queries
from shopfast_obs.localcloud.logs.definitions import metric_filter_problem, subscription_filter_problem
from tests.localcloud.logs.conftest import NOW, LogWorld

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f"
STREAM = "arn:aws:kinesis:us-east-1:000000000000:stream/k"


def test_each_match_is_a_value(world: LogWorld) -> None:
    """A constant, at the time of the event."""
    world.metric_filter("ERROR", metricValue="2", unit="Count")
    world.put("ERROR one", "fine", "ERROR two")
    world.put("ERROR later", at=NOW + 60_000)
    assert world.statistics("m") == [(4.0, 2.0), (2.0, 1.0)]


def test_a_value_and_dimensions_come_from_the_event(world: LogWorld) -> None:
    """JSON selectors; what is no number, or has no dimension, makes no value."""
    world.metric_filter("{ $.took > 0 }", metricValue="$.took", dimensions={"Route": "$.route"})
    world.put('{"took": 1.5, "route": "/a"}', '{"took": 2, "route": "/a"}', '{"took": 4, "route": "/b"}')
    world.put('{"took": "x", "route": "/a"}', '{"took": 9}', "no json")
    assert world.statistics("m", Route="/a") == [(3.5, 2.0)]
    assert world.statistics("m", Route="/b") == [(4.0, 1.0)]
    assert world.statistics("m") == []


def test_fields_between_spaces_have_names(world: LogWorld) -> None:
    """`$bytes` is the field of the pattern."""
    world.metric_filter("[method, status = 5*, bytes]", metricValue="$bytes", dimensions={"M": "$method"})
    world.put("GET 200 10", "GET 503 20", "PUT 500 30")
    assert world.statistics("m", M="GET") == [(20.0, 1.0)]
    assert world.statistics("m", M="PUT") == [(30.0, 1.0)]


def test_a_minute_with_events_and_without_a_match_has_the_default(world: LogWorld) -> None:
    """And a minute without events has nothing."""
    world.metric_filter("ERROR", metricValue="1", defaultValue=0)
    world.put("fine")
    world.put("fine", at=NOW + 60_000)
    world.put("ERROR", at=NOW + 60_001)
    world.clock.time += 240
    world.services.cloudwatch.region(world.services.telemetry._scope)  # type: ignore[attr-defined]
    world.services.cloudwatch.tick()
    assert world.statistics("m") == [(0.0, 1.0), (1.0, 1.0)]


def test_a_pattern_can_be_tried(world: LogWorld) -> None:
    """TestMetricFilter says which messages match and what is extracted."""
    answer = world.logs.test_metric_filter(
        filterPattern="{ $.a = 1 }", logEventMessages=['{"a": 1, "b": 2}', '{"a": 2}', "x"]
    )
    assert answer["matches"] == [
        {"eventNumber": 1, "eventMessage": '{"a": 1, "b": 2}', "extractedValues": {"$.a": "1"}}
    ]


def data_of(payload: bytes) -> Any:
    """What a subscriber unpacks."""
    return json.loads(gzip.decompress(payload))


def test_a_function_gets_what_matches_in_cloudwatchs_envelope(world: LogWorld) -> None:
    """Compressed and base64, as an asynchronous invocation; forwarded events are counted."""
    world.subscription("ERROR", FUNCTION)
    world.put("ERROR 1", "fine", "ERROR 2")
    world.services._logs.close()
    ((arn, event),) = world.application.invoked
    data = data_of(base64.b64decode(event["awslogs"]["data"]))
    assert arn == FUNCTION
    assert (data["messageType"], data["owner"], data["logGroup"], data["logStream"], data["subscriptionFilters"]) == (
        "DATA_MESSAGE", "000000000000", "g", "s", ["sub"],
    )  # fmt: skip
    assert [(e["timestamp"], e["message"]) for e in data["logEvents"]] == [(NOW, "ERROR 1"), (NOW + 2, "ERROR 2")]
    ids = [e["eventId"] for e in world.logs.filter_log_events(logGroupName="g", filterPattern="ERROR")["events"]]
    assert [e["id"] for e in data["logEvents"]] == ids
    dimensions = {"LogGroupName": "g", "DestinationType": "Lambda", "FilterName": "sub"}
    assert world.statistics("ForwardedLogEvents", "AWS/Logs", **dimensions) == [(2.0, 1.0)]


def test_a_stream_gets_the_bytes_and_one_key_a_log_stream(world: LogWorld) -> None:
    """By log stream unless it is to be random."""
    world.subscription("", STREAM)
    world.put("a")
    world.put("b")
    world.services._logs.close()
    (first, second) = world.application.records
    assert [data_of(record[1])["logEvents"][0]["message"] for record in (first, second)] == ["a", "b"]
    assert (first[0], first[2]) == (STREAM, second[2])


def test_a_subscriber_that_is_not_there_is_counted(world: LogWorld) -> None:
    """The log is none the worse for it."""
    world.subscription("", FUNCTION + "-missing")
    world.put("a")
    world.services._logs.close()
    dimensions = {"LogGroupName": "g", "DestinationType": "Lambda", "FilterName": "sub"}
    assert world.statistics("DeliveryErrors", "AWS/Logs", **dimensions) == [(1.0, 1.0)]
    assert len(world.logs.filter_log_events(logGroupName="g")["events"]) == 1


GOOD: dict[str, Any] = {"metricName": "m", "metricNamespace": "n", "metricValue": "$.v"}


@pytest.mark.parametrize(
    ("pattern", "transformations", "said"),
    [
        ("{ $.v = * }", [GOOD], ""),
        ("", [{**GOOD, "metricValue": "1", "defaultValue": 0, "unit": "Count"}], ""),
        ("a:b", [GOOD], "Invalid character(s)"),
        ("", [], "exactly one"),
        ("", [GOOD, GOOD], "exactly one"),
        ("", [{**GOOD, "metricValue": "x"}], "neither a number nor a field"),
        ("", [{**GOOD, "metricName": ""}], "must have metricName"),
        ("", [{**GOOD, "unit": "Apples"}], "not a unit"),
        ("", [{**GOOD, "dimensions": {str(n): "$.v" for n in range(4)}}], "at most 3"),
        ("", [{**GOOD, "dimensions": {"a": "b"}}], "must be a field"),
        ("", [{**GOOD, "dimensions": {"a": "$.v"}, "defaultValue": 0}], "mutually exclusive"),
    ],
)
def test_a_metric_filter_is_checked(pattern: str, transformations: list[dict[str, Any]], said: str) -> None:
    """What CloudWatch refuses, and in which words."""
    problem = metric_filter_problem({"filterPattern": pattern, "metricTransformations": transformations})
    assert said in problem
    assert bool(problem) == bool(said)


def test_a_subscription_is_checked() -> None:
    """Its pattern and what kind of thing it goes to."""
    assert subscription_filter_problem({"filterPattern": "", "destinationArn": FUNCTION}) == ""
    assert "a:b"[1] in subscription_filter_problem({"filterPattern": "a:b", "destinationArn": STREAM})
    assert "destinationArn" in subscription_filter_problem({"destinationArn": "arn:aws:sqs:us-east-1:0:q"})


SLOW = "%(a{1,20}){1,20}b%"


def test_the_regular_expressions_of_a_call_have_a_budget(world: LogWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond it the call is refused, and says what to write instead."""
    monkeypatch.setattr(api, "CALL_SECONDS", 0.3)
    world.put(*["a" * 34] * 20)

    with pytest.raises(ClientError, match="repetition inside a repetition"):
        world.logs.filter_log_events(logGroupName="g", filterPattern=SLOW)
    assert len(world.logs.filter_log_events(logGroupName="g", filterPattern="%a+%")["events"]) == 20


def test_a_slow_filter_does_not_hold_up_what_is_logged(world: LogWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines are stored, and the other filters have been asked."""
    monkeypatch.setattr(ingestion, "CALL_SECONDS", 0.3)
    world.metric_filter(SLOW)
    world.subscription(SLOW, "arn:aws:firehose:us-east-1:000000000000:deliverystream/d")
    world.put(*["a" * 34] * 20)

    assert len(world.logs.filter_log_events(logGroupName="g")["events"]) == 20


def test_a_query_with_a_slow_regular_expression_ends(world: LogWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the status that AWS has for it."""
    monkeypatch.setattr(queries, "REGEX_SECONDS", 0.3)
    world.put(*["a" * 34] * 20)

    assert world.query("filter @message like /(a{1,20}){1,20}b/")["status"] == "Timeout"
