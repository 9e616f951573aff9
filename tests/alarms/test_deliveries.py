"""Alarms on what carries events: queues, topics, streams, pipes, asynchronous calls, HTTP and WebSocket APIs."""

from __future__ import annotations

from typing import Any

import pytest

from shopfast_obs.alarms.needed_alarms import derive
from shopfast_obs.alarms.waiting_age import late
from shopfast_obs.diagnose.alarms import never_firing
from shopfast_obs.diagnose.context import Context
from shopfast_obs.model import resources as r
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import ALARM, Inventory, Resource
from shopfast_obs.parse.templates.template import inventory

FUNCTION = {"Type": r.FUNCTION, "Properties": {"Timeout": 10}}
ALIAS = {"Type": r.FUNCTION_ALIAS, "Properties": {"FunctionName": {"Ref": "F"}, "Name": "live"}}


def at(attribute: str) -> dict[str, Any]:
    """An attribute of another resource."""
    return {"Fn::GetAtt": attribute.split(".")}


def declared(**resources: dict[str, Any]) -> Inventory:
    """What a template with these resources declares."""
    return inventory({"Resources": resources}, "t", "s")


def only(kind: str, declared_: Inventory) -> AlarmDefinition | str:
    """The alarm of that kind, or why there is none."""
    derived = derive(declared_, [kind])
    return derived.alarms[0] if derived.alarms else derived.not_needed[0].reason


def alarm(kind: str, declared_: Inventory) -> dict[str, Any]:
    """The properties of the alarm of that kind, which no check calls dead."""
    found = only(kind, declared_)
    assert isinstance(found, AlarmDefinition), found
    made = Resource(ALARM, found.name, stack="s", properties=dict(found.properties))
    context = Context(Inventory("t", (*declared_.resources, made)))
    assert never_firing.reasons(made, context) == ()
    return dict(found.properties)


def dimension(properties: dict[str, Any]) -> Any:
    """The value of the only dimension."""
    (one,) = properties["Dimensions"]
    return one["Value"]


def mapping(source: Any, function: Any = None, **more: Any) -> dict[str, Any]:
    """An event source mapping of F."""
    said = {"EventSourceArn": source, "FunctionName": function or {"Ref": "F"}, **more}
    return {"Type": r.EVENT_SOURCE_MAPPING, "Properties": said}


@pytest.mark.parametrize(
    ("queue", "threshold"),
    [({}, 300), ({"VisibilityTimeout": 400}, 600), ({"VisibilityTimeout": 400, "DelaySeconds": 60}, 660),
     ({"VisibilityTimeout": "400"}, 600), ({"MessageRetentionPeriod": 120}, 60)],
)  # fmt: skip
def test_a_queue_is_late_after_one_and_a_half_visibility_timeouts(queue: dict[str, Any], threshold: int) -> None:
    """At least five minutes, and never after its messages are gone."""
    app = declared(F=FUNCTION, Q={"Type": r.QUEUE, "Properties": queue}, M=mapping(at("Q.Arn")))
    made = alarm("queue-age", app)
    assert (made["MetricName"], made["Statistic"], made["Threshold"]) == (
        "ApproximateAgeOfOldestMessage", "Maximum", threshold,
    )  # fmt: skip
    assert dimension(made) == {"Fn::GetAtt": ["Q@s", "QueueName"]}


def test_a_queue_that_a_pipe_reads_is_watched_and_one_that_nothing_reads_is_not() -> None:
    """Messages may lie in a queue for somebody outside: nothing says how long."""
    queue = {"Type": r.QUEUE}
    pipe = {"Type": r.PIPE, "Properties": {"Source": at("Q.Arn"), "Target": "arn:x"}}
    assert alarm("queue-age", declared(Q=queue, P=pipe))
    assert only("queue-age", declared(Q=queue)) == "no event source mapping or pipe reads it"


def test_times_that_only_the_deployment_knows_make_no_alarm() -> None:
    """A threshold is not guessed."""
    queue = {"Type": r.QUEUE, "Properties": {"VisibilityTimeout": {"Ref": "P"}}}
    assert "known only" in str(only("queue-age", declared(F=FUNCTION, Q=queue, M=mapping(at("Q.Arn")))))


def subscription(protocol: str) -> dict[str, Any]:
    """A subscription of T."""
    return {"Type": r.SUBSCRIPTION, "Properties": {"TopicArn": {"Ref": "T"}, "Protocol": protocol, "Endpoint": "x"}}


@pytest.mark.parametrize(("protocol", "needed"), [("sqs", 1), ("lambda", 1), ("https", 2)])
def test_a_topic_with_subscribers_is_watched(protocol: str, needed: int) -> None:
    """SNS counts every attempt for HTTP endpoints, which it repeats, and every message for the others."""
    made = alarm("notification-failures", declared(T={"Type": r.TOPIC}, S=subscription(protocol)))
    assert (made["MetricName"], made["DatapointsToAlarm"]) == ("NumberOfNotificationsFailed", needed)
    assert dimension(made) == {"Fn::GetAtt": ["T@s", "TopicName"]}


def test_subscriptions_within_a_topic_count() -> None:
    """CloudFormation takes them there, too."""
    topic = {"Type": r.TOPIC, "Properties": {"Subscription": [{"Protocol": "sqs", "Endpoint": "arn:x"}]}}
    assert alarm("notification-failures", declared(T=topic))


def test_topics_that_nobody_hears_or_that_alarms_notify_are_left_out() -> None:
    """The first cannot fail, the others could not tell."""
    assert only("notification-failures", declared(T={"Type": r.TOPIC})) == "nothing subscribes to it"
    told = {"Type": ALARM, "Properties": {"AlarmActions": [{"Ref": "T"}]}}
    app = declared(T={"Type": r.TOPIC}, S=subscription("email"), A=told)
    assert "could not tell" in str(only("notification-failures", app))


def test_http_apis_go_by_their_id() -> None:
    """By a reference in a template, by the id on a cloud; never by their name."""
    named = {"Type": r.HTTP_API, "Properties": {"Name": "shop", "ProtocolType": "HTTP"}}
    made = alarm("http-api-5xx", declared(A=named))
    assert (made["MetricName"], made["Statistic"], made["Threshold"]) == ("5xx", "Average", 0.05)
    assert dimension(made) == {"Ref": "A@s"}
    live = Resource(r.HTTP_API, "shop", arn="a1b2c3", properties={"ProtocolType": "HTTP"})
    assert dimension(alarm("http-api-5xx", Inventory("t", (live,)))) == "a1b2c3"


def test_a_websocket_api_has_errors_of_its_own() -> None:
    """The greater share of both, which has a value while either is without data."""
    app = declared(A={"Type": r.HTTP_API, "Properties": {"Name": "chat", "ProtocolType": "WEBSOCKET"}})
    made = alarm("websocket-errors", app)
    result, *read = made["Metrics"]
    assert result["Expression"] == "MAX([FILL(integration, 0), FILL(execution, 0)])"
    stats = [(q["MetricStat"]["Metric"]["MetricName"], q["MetricStat"]["Stat"]) for q in read]
    assert stats == [("IntegrationError", "Average"), ("ExecutionError", "Average")]
    assert "WebSocket" in str(only("http-api-5xx", app))
    http = declared(A={"Type": r.HTTP_API, "Properties": {"Name": "shop", "ProtocolType": "HTTP"}})
    assert only("websocket-errors", http) == "it is no WebSocket API"


KINESIS = "arn:aws:kinesis:eu-west-1:1:stream/clicks"


@pytest.mark.parametrize(
    ("function", "more", "threshold"),
    [(10, {}, 300), (400, {}, 600), (400, {"MaximumBatchingWindowInSeconds": 60}, 660),
     (400, {"MaximumRecordAgeInSeconds": 200}, 100), (400, {"MaximumRecordAgeInSeconds": -1}, 600)],
)  # fmt: skip
def test_a_function_is_late_by_its_timeout(function: int, more: dict[str, int], threshold: int) -> None:
    """And before its records are dropped."""
    f = {"Type": r.FUNCTION, "Properties": {"Timeout": function}}
    made = alarm("stream-age", declared(F=f, M=mapping(KINESIS, StartingPosition="LATEST", **more)))
    assert (made["MetricName"], made["Statistic"], made["Threshold"]) == ("IteratorAge", "Maximum", threshold * 1000)


@pytest.mark.parametrize(
    ("source", "more"),
    [(at("Q.Arn"), {}), ("arn:aws:sqs:eu-west-1:1:StreamJobs", {}),
     (None, {"SelfManagedEventSource": {"Endpoints": {}}}),
     ("arn:aws:kafka:eu-west-1:1:cluster/Streams/x", {"Topics": ["t"], "StartingPosition": "LATEST"})],
)  # fmt: skip
def test_queues_and_kafka_have_no_iterator_age(source: Any, more: dict[str, Any]) -> None:
    """The alarm would have no data for ever."""
    app = declared(F=FUNCTION, Q={"Type": r.QUEUE}, M=mapping(source, **more))
    assert only("stream-age", app) == "it reads no Kinesis or DynamoDB stream"


def test_a_stream_is_read_through_an_alias() -> None:
    """The mapping names the alias, the metric goes by the function."""
    table = {"Type": r.TABLE, "Properties": {"StreamSpecification": {"StreamViewType": "KEYS_ONLY"}}}
    app = declared(F=FUNCTION, L=ALIAS, T=table, M=mapping(at("T.StreamArn"), {"Ref": "L"}))
    assert dimension(alarm("stream-age", app)) == {"Ref": "F@s"}


RULE = {"Type": r.EVENT_RULE, "Properties": {"Targets": [{"Id": "1", "Arn": {"Ref": "L"}}]}}
BUCKET = {"Type": r.BUCKET, "Properties": {"NotificationConfiguration": {"LambdaConfigurations": [
    {"Event": "s3:ObjectCreated:*", "Function": at("F.Arn")}]}}}  # fmt: skip
HEARS = {"Type": r.SUBSCRIPTION, "Properties": {"TopicArn": "arn:t", "Protocol": "lambda", "Endpoint": at("F.Arn")}}
CONFIG = {"Type": r.INVOKE_CONFIG, "Properties": {"FunctionName": {"Ref": "F"}, "MaximumRetryAttempts": 0}}


@pytest.mark.parametrize("sender", [RULE, BUCKET, HEARS, CONFIG])
def test_a_function_that_nobody_waits_for_is_watched(sender: dict[str, Any]) -> None:
    """Rules, buckets, topics, and what is configured for such calls, also by an alias."""
    made = alarm("events-dropped", declared(F=FUNCTION, L=ALIAS, X=sender))
    assert (made["MetricName"], made["DatapointsToAlarm"]) == ("AsyncEventsDropped", 1)


def test_a_queue_that_keeps_dropped_events_tells_itself() -> None:
    """One alarm for one event."""
    kept = {"Type": r.INVOKE_CONFIG, "Properties": {
        "FunctionName": {"Ref": "F"}, "DestinationConfig": {"OnFailure": {"Destination": at("Q.Arn")}}}}  # fmt: skip
    app = declared(F=FUNCTION, L=ALIAS, X=RULE, Q={"Type": r.QUEUE}, C=kept)
    assert "lies in Q" in str(only("events-dropped", app))
    assert alarm("dead-letters", app)
    assert only("events-dropped", declared(F=FUNCTION)) == "nothing invokes it asynchronously"


def test_a_pipe_goes_by_its_name() -> None:
    """The namespace is one of its own."""
    made = alarm("pipe-failures", declared(P={"Type": r.PIPE, "Properties": {"Source": KINESIS}}))
    assert (made["Namespace"], made["MetricName"]) == ("AWS/EventBridge/Pipes", "ExecutionFailed")
    assert made["Dimensions"] == [{"Name": "PipeName", "Value": {"Ref": "P@s"}}]


@pytest.mark.parametrize(
    ("destination", "metric"),
    [("ExtendedS3DestinationConfiguration", "DeliveryToS3.DataFreshness"),
     ("HttpEndpointDestinationConfiguration", "DeliveryToHttpEndpoint.DataFreshness")],
)  # fmt: skip
def test_a_delivery_stream_is_watched_by_its_destination(destination: str, metric: str) -> None:
    """Each destination has a metric of its own name."""
    made = alarm("delivery-stream-age", declared(D={"Type": r.DELIVERY_STREAM, "Properties": {destination: {"a": 1}}}))
    assert (made["MetricName"], made["Threshold"]) == (metric, 900)
    unknown = declared(D={"Type": r.DELIVERY_STREAM, "Properties": {"RedshiftDestinationConfiguration": {"a": 1}}})
    assert "no age" in str(only("delivery-stream-age", unknown))


def test_lateness_leaves_half_of_what_is_kept() -> None:
    """Somebody must be able to do something about it."""
    assert late(1000, 100) == 50
    assert late(1000, 0) == 1500
