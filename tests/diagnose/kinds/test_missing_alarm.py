"""Rules about resources that no alarm watches."""

from __future__ import annotations

import pytest

from shopfast_obs.diagnose.context import Context
from shopfast_obs.model.resources import (
    ALARM,
    EVENT_RULE,
    EVENT_SOURCE_MAPPING,
    FUNCTION,
    FUNCTION_URL,
    HTTP_API,
    QUEUE,
    REST_API,
    STATE_MACHINE,
    SUBSCRIPTION,
    TABLE,
    TOPIC,
    WEBSOCKET,
    Gap,
    Inventory,
    Resource,
)
from shopfast_obs.model.telemetry import Observations, WatchedMetric
from tests.diagnose.builders import WINDOW, alarm, clear, declared, found, function, observed, rule, undecided

HTTP = Resource(HTTP_API, "it", "It", arn="a1b2", properties={"ProtocolType": "HTTP"})
SOCKET = Resource(HTTP_API, "it", "It", arn="a1b2", properties={"ProtocolType": WEBSOCKET})
LASTING = function("it", DurableConfig={"ExecutionTimeout": 600})
TOPIC_, HEARS = (
    Resource(TOPIC, "it", "It", arn="arn:it"),
    Resource(SUBSCRIPTION, "s", properties={"TopicArn": "arn:it", "Protocol": "sqs", "Endpoint": "arn:q"}),
)


def reading(source: str) -> Resource:
    """What feeds the function from there."""
    return Resource(EVENT_SOURCE_MAPPING, "m", properties={"EventSourceArn": source, "FunctionName": "it"})


# By rule: the resource, what makes it one that the rule is about, the metric that tells, and the title.
CASES = [
    ("api-no-alarm", Resource(REST_API, "it"), None, ("AWS/ApiGateway", "5XXError", "ApiName", "it"), "on its 5xx"),
    (
        "durable-no-alarm",
        LASTING,
        None,
        ("AWS/Lambda", "DurableExecutionFailed", "FunctionName", "it"),
        "executions that",
    ),
    (
        "dynamodb-no-alarm",
        Resource(TABLE, "it"),
        None,
        ("AWS/DynamoDB", "ReadThrottleEvents", "TableName", "it"),
        "throttle",
    ),
    (
        "event-rule-no-alarm",
        Resource(EVENT_RULE, "it"),
        None,
        ("AWS/Events", "FailedInvocations", "RuleName", "it"),
        "on its failed deliveries",
    ),
    ("http-api-no-alarm", HTTP, None, ("AWS/ApiGateway", "5xx", "ApiId", "a1b2"), "on its 5xx"),
    (
        "sns-no-alarm",
        TOPIC_,
        HEARS,
        ("AWS/SNS", "NumberOfNotificationsFailed", "TopicName", "it"),
        "on its failed notifications",
    ),
    (
        "sqs-no-alarm",
        Resource(QUEUE, "it", "It", arn="arn:it"),
        reading("it"),
        ("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", "it"),
        "on the age of its messages",
    ),
    (
        "stream-no-alarm",
        function("it"),
        reading("arn:aws:kinesis:eu-west-1:1:stream/clicks"),
        ("AWS/Lambda", "IteratorAge", "FunctionName", "it"),
        "on the age of what it reads",
    ),
    (
        "url-no-alarm",
        Resource(FUNCTION, "it"),
        Resource(FUNCTION_URL, "u", properties={"TargetFunctionArn": "it"}),
        ("AWS/Lambda", "Url5xxCount", "FunctionName", "it"),
        "on the 5xx of its URL",
    ),
    ("websocket-no-alarm", SOCKET, None, ("AWS/ApiGateway", "ExecutionError", "ApiId", "a1b2"), "on its errors"),
    (
        "workflow-no-alarm",
        Resource(STATE_MACHINE, "it", arn="arn:it"),
        None,
        ("AWS/States", "ExecutionsFailed", "StateMachineArn", "arn:it"),
        "on its failures",
    ),
]
RULES = {case[0] for case in CASES}


@pytest.mark.parametrize(("id_", "it", "beside", "metric", "title"), CASES, ids=[case[0] for case in CASES])
def test_found_clear_and_no_data(
    id_: str, it: Resource, beside: Resource | None, metric: tuple[str, str, str, str], title: str
) -> None:
    """Live or in a template; one of the telling metrics is enough; denied is not nothing."""
    others = () if beside is None else (beside,)
    for context in (observed(it, *others), declared(it, *others)):
        assert title in found(rule(id_).check(it, context)).title
    namespace, name, dimension, value = metric
    watching = alarm("a", WatchedMetric(namespace, name, ((dimension, value),)))
    assert clear(rule(id_).check(it, observed(it, *others, alarms=[watching]))) == f"alarms watch {name}"
    denied = Context(Inventory("x", (it, *others)), Observations(WINDOW, gaps=(Gap("alarms", "denied"),)))
    assert undecided(rule(id_).check(it, denied)) == "alarms: denied"


@pytest.mark.parametrize(
    ("id_", "it", "beside", "reason"),
    [
        ("durable-no-alarm", function(), (), "it is no durable function"),
        ("event-rule-no-alarm", Resource(EVENT_RULE, "off", properties={"State": "DISABLED"}), (), "it is disabled"),
        ("http-api-no-alarm", SOCKET, (), "it is a WebSocket API"),
        ("lambda-no-alarm", LASTING, (), "its executions are durable: durable-no-alarm looks at their alarms"),
        ("sns-no-alarm", TOPIC_, (), "nothing subscribes to it"),
        (
            "sns-no-alarm",
            TOPIC_,
            (HEARS, Resource(ALARM, "a", properties={"AlarmActions": ["arn:it"]})),
            "alarms notify it",
        ),
        (
            "stream-no-alarm",
            function("it"),
            (reading("arn:aws:sqs:eu-west-1:1:StreamJobs"),),  # a queue is no stream, whatever it is called
            "it reads no Kinesis or DynamoDB stream",
        ),
        ("websocket-no-alarm", HTTP, (), "it is no WebSocket API"),
    ],
)
def test_clear_where_it_is_none_of_the_rules_business(
    id_: str, it: Resource, beside: tuple[Resource, ...], reason: str
) -> None:
    """It cannot fail in this way, or could not tell."""
    assert clear(rule(id_).check(it, declared(it, *beside))) == reason


def test_an_alarm_on_errors_does_not_watch_durable_executions() -> None:
    """Lambda's Errors never count them."""
    errors = alarm("a", WatchedMetric("AWS/Lambda", "Errors", (("FunctionName", "it"),)))
    finding = found(rule("durable-no-alarm").check(LASTING, observed(LASTING, alarms=[errors])))
    assert "no alarm on executions that fail: alarms watch only Errors" in finding.title
