"""Rule alarm-dead."""

from __future__ import annotations

from typing import Any

import pytest

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.rules.alarms.never_has_data import RULE
from shopfast_obs.diagnose.rules.functions.no_alarm import RULE as NO_ALARM
from shopfast_obs.model.resources import ALARM, EVENT_RULE, FUNCTION, LOG_ALARM, LOG_GROUP, Resource
from shopfast_obs.parse.templates.template import inventory
from tests.diagnose.builders import alarm, clear, declared, found, function, observed, undecided


def one(namespace: str, name: str, **dimensions: str) -> Resource:
    """An alarm on one metric."""
    listed = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    return Resource(ALARM, "a", properties={"Namespace": namespace, "MetricName": name, "Dimensions": listed})


WEB = function()


@pytest.mark.parametrize(
    ("dead", "why"),
    [
        (
            one("AWS/DynamoDB", "UserErrors", TableName="orders"),
            "UserErrors is not published with the dimension TableName",
        ),
        (
            one("AWS/DynamoDB", "ReadThrottleEvents", GlobalSecondaryIndex="i"),
            "not published with the dimension GlobalSecondaryIndex",
        ),
        (
            one("AWS/Events", "FailedInvocations", RuleName="start"),
            "publish FailedInvocations by EventBusName and RuleName",
        ),
        (
            one("AWS/Lambda", "Errors", FunctionName="web", Stage="prod"),
            "Errors is not published with the dimensions FunctionName, Stage",
        ),
        (one("AWS/SQS", "NumberOfMessagesSent"), "not published without a dimension"),
        (one("AWS/Lambda", "Errors", FunctionName="wbe"), "there is no FunctionName wbe"),
    ],
)
def test_found_when_nothing_publishes_what_it_reads(dead: Resource, why: str) -> None:
    """The dimensions are wrong, or the name."""
    rule = Resource(EVENT_RULE, "start", properties={"EventBusName": "bus"})
    assert why in found(RULE.check(dead, declared(dead, rule, WEB))).title


def test_clear_when_the_service_publishes_it() -> None:
    """With the alarm's state, where there is one."""
    fine = one("AWS/Lambda", "Errors", FunctionName="web")
    assert clear(RULE.check(fine, declared(fine, WEB))) == "its service publishes what it reads"
    assert clear(RULE.check(fine, observed(fine, WEB, alarms=[alarm("a")]))).endswith("it is OK")


def test_no_data_when_it_cannot_be_told() -> None:
    """A composite of something else."""
    empty = Resource(ALARM, "a")
    assert undecided(RULE.check(empty, declared(empty))) == "what it reads cannot be told"


# One application with a resource of each kind that alarms watch, mostly without names.
APPLICATION: dict[str, Any] = {
    "Fn": {"Type": "AWS::Lambda::Function", "Properties": {"Timeout": 10, "ReservedConcurrentExecutions": 5}},
    "Named": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "orders"}},
    "Reader": {"Type": "AWS::Lambda::Function"},
    "Mapping": {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {"FunctionName": {"Ref": "Reader"}, "EventSourceArn": {"Fn::GetAtt": ["T", "StreamArn"]}},
    },
    "Live": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "Fn"}, "Name": "live"}},
    "T": {"Type": "AWS::DynamoDB::Table"},
    "Q": {"Type": "AWS::SQS::Queue", "Properties": {"RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": "D.Arn"}}}},
    "D": {"Type": "AWS::SQS::Queue"},
    "Topic": {"Type": "AWS::SNS::Topic"},
    "Flow": {"Type": "AWS::StepFunctions::StateMachine"},
    "Rest": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "rest"}},
    "Http": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "http", "ProtocolType": "HTTP"}},
    "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "bus"}},
    "Rule": {"Type": "AWS::Events::Rule", "Properties": {"EventBusName": {"Ref": "Bus"}}},
    "Filter": {
        "Type": "AWS::Logs::MetricFilter",
        "Properties": {"MetricTransformations": [{"MetricName": "Failed", "MetricNamespace": "Shop"}]},
    },
}
REF = {name: {"Ref": name} for name in APPLICATION}


RULE_NAME = {"Fn::Select": [2, {"Fn::Split": ["/", {"Fn::GetAtt": ["Rule", "Arn"]}]}]}


def att(name: str, attribute: str) -> dict[str, Any]:
    """`Fn::GetAtt`."""
    return {"Fn::GetAtt": [name, attribute]}


def on(metric: str, threshold: float = 1, statistic: str = "Sum", unit: str = "", **dimensions: Any) -> dict[str, Any]:
    """The properties of an alarm on a metric, `AWS/Lambda Errors`."""
    namespace, _, name = metric.partition(" ")
    properties = {
        "Namespace": namespace,
        "MetricName": name,
        "Statistic": statistic,
        "Threshold": threshold,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
    }
    return properties | ({"Unit": unit} if unit else {})


def alarmed(properties: dict[str, Any]) -> tuple[Resource, Context]:
    """An alarm in that application."""
    declared_ = inventory({"Resources": {**APPLICATION, "A": {"Type": ALARM, "Properties": properties}}}, "t", "shop")
    return next(declared_.of_type(ALARM)), Context(declared_)


@pytest.mark.parametrize(
    ("properties", "why"),
    [
        (on("AWS/Lambda Errors", Function=REF["Fn"]), "not published with the dimension Function"),
        (on("AWS/Lambda Errors", FunctionName="Fn"), "Fn is the logical id"),
        (on("AWS/Lambda Errors", FunctionName=REF["Live"]), "more than a name"),
        (on("AWS/Lambda Errors", FunctionName=att("Fn", "Arn")), "is an ARN"),
        (on("AWS/Lambda Error", FunctionName=REF["Fn"]), "Errors is meant"),
        (on("AWS/lambda Errors", FunctionName=REF["Fn"]), "AWS/Lambda is meant"),
        (
            on("AWS/SQS ApproximateNumberOfVisibleMessages", QueueName=att("Q", "QueueName")),
            "ApproximateNumberOfMessagesVisible is meant",
        ),
        (on("AWS/Lambda Duration", 2, "Maximum", "Seconds", FunctionName=REF["Fn"]), "published in Milliseconds"),
        (on("AWS/Lambda Duration", 11000, "Maximum", FunctionName=REF["Fn"]), "killed after 10000 ms"),
        (on("AWS/Lambda ConcurrentExecutions", 50, "Maximum", FunctionName=REF["Fn"]), "may run 5 at a time"),
        (
            on("AWS/Lambda UnreservedConcurrentExecutions", FunctionName=REF["Fn"]),
            "not published with the dimension FunctionName",
        ),
        (on("AWS/Lambda IteratorAge", FunctionName=REF["Fn"]), "Fn reads none"),
        (on("AWS/ApiGateway 5XXError", ApiId=REF["Rest"]), "not published with the dimension ApiId"),
        (on("AWS/ApiGateway 5XXError", ApiName=REF["Rest"]), "is an id"),
        (on("AWS/ApiGateway 5XXError", ApiName="http"), "http is an HTTP API"),
        (on("AWS/ApiGateway 5xx", ApiName="http"), "not published with the dimension ApiName"),
        (on("AWS/ApiGateway Count", ApiId=REF["Rest"]), "rest is a REST API"),
        (on("AWS/ApiGateway 5XXError", 5, "Average", ApiName="rest"), "at most 1"),
        (on("AWS/SQS NumberOfMessagesSent", QueueName=att("D", "QueueName")), "do not count as sent"),
        (on("AWS/SQS ApproximateAgeOfOldestMessage", QueueName=REF["Q"]), "is a URL"),
        (
            on("AWS/SQS ApproximateAgeOfOldestMessage", 400000, "Maximum", QueueName=att("Q", "QueueName")),
            "keeps messages for 345600 s",
        ),
        (on("AWS/SNS NumberOfNotificationsFailed", TopicName=REF["Topic"]), "is an ARN"),
        (
            on("AWS/States ExecutionsFailed", StateMachineName=att("Flow", "Name")),
            "not published with the dimension StateMachineName",
        ),
        (on("AWS/States ExecutionsFailed", StateMachineArn=att("Flow", "Name")), "where the ARN is wanted"),
        (on("AWS/DynamoDB SuccessfulRequestLatency", TableName=REF["T"]), "not published with the dimension TableName"),
        (on("AWS/DynamoDB ThrottledRequests", TableName=REF["T"]), "not published with the dimension TableName"),
        (on("AWS/Events FailedInvocations", RuleName=REF["Rule"]), "more than a name"),
        (on("AWS/Events FailedInvocations", EventBusName=REF["Bus"], RuleName=REF["Rule"]), "more than a name"),
        (on("Shop Faild"), "no metric filter writes"),
        (on("Shop Failed", Service="x"), "by no dimension"),
    ],
)
def test_found_for_each_way_to_miss(properties: dict[str, Any], why: str) -> None:
    """By a dimension, a unit, a name, a threshold, or because the resource has no such thing."""
    assert why in found(RULE.check(*alarmed(properties))).title


@pytest.mark.parametrize(
    "properties",
    [
        on("AWS/Lambda Errors", FunctionName=REF["Fn"]),
        on("AWS/Lambda Errors", FunctionName="orders"),
        on("AWS/Lambda Errors", FunctionName=REF["Named"]),
        on("AWS/Lambda Errors", FunctionName=REF["Fn"], Resource={"Fn::Sub": "${Fn}:live"}),
        on("AWS/Lambda Errors", FunctionName={"Ref": "Elsewhere"}),
        on("AWS/Lambda Duration", 2000, "Maximum", "Milliseconds", FunctionName=REF["Fn"]),
        on("AWS/Lambda Duration", 8000, "Maximum", FunctionName=REF["Fn"]),
        on("AWS/Lambda Duration", 80000, "Sum", FunctionName=REF["Fn"]),
        on("AWS/Lambda ConcurrentExecutions", 4, "Maximum", FunctionName=REF["Fn"]),
        on("AWS/Lambda UnreservedConcurrentExecutions"),
        on("AWS/Lambda IteratorAge", FunctionName=REF["Reader"]),
        on("AWS/ApiGateway 5XXError", 0.05, "Average", ApiName="rest"),
        on("AWS/ApiGateway 5xx", ApiId=REF["Http"]),
        on("AWS/ApiGateway Count", ApiId=REF["Http"], Stage="$default"),
        on("AWS/SQS NumberOfMessagesSent", QueueName=att("Q", "QueueName")),
        on("AWS/SQS ApproximateNumberOfMessagesVisible", QueueName=att("D", "QueueName")),
        on("AWS/SQS ApproximateAgeOfOldestMessage", 300, "Maximum", QueueName=att("Q", "QueueName")),
        on("AWS/SNS NumberOfNotificationsFailed", TopicName=att("Topic", "TopicName")),
        on("AWS/States ExecutionsFailed", StateMachineArn=REF["Flow"]),
        on("AWS/DynamoDB SuccessfulRequestLatency", TableName=REF["T"], Operation="Query"),
        on("AWS/Events FailedInvocations", EventBusName=REF["Bus"], RuleName=RULE_NAME),
        on("Shop Failed"),
        on("MyApp Anything", Service="x"),
    ],
)
def test_clear_for_its_sound_twin(properties: dict[str, Any]) -> None:
    """The same alarm as the service publishes it, and what only another stack knows."""
    clear(RULE.check(*alarmed(properties)))


def test_what_others_send_counts_as_sent() -> None:
    """Only what SQS itself moves does not."""
    sender = {"Type": FUNCTION, "Properties": {"DeadLetterConfig": {"TargetArn": {"Fn::GetAtt": ["D", "Arn"]}}}}
    properties = on("AWS/SQS NumberOfMessagesSent", QueueName=att("D", "QueueName"))
    resources = {**APPLICATION, "S": sender, "A": {"Type": ALARM, "Properties": properties}}
    whole = inventory({"Resources": resources}, "t", "shop")
    clear(RULE.check(next(whole.of_type(ALARM)), Context(whole)))


@pytest.mark.parametrize(("value", "watched"), [({"Ref": "Fn"}, True), ("Fn", False)])
def test_a_dead_alarm_is_no_watcher(value: Any, *, watched: bool) -> None:
    """`lambda-no-alarm` speaks of a function whose only alarm can never fire."""
    _, context = alarmed(on("AWS/Lambda Errors", FunctionName=value))
    function_ = next(r for r in context.inventory.of_type(FUNCTION) if r.name == "Fn")
    judge = clear if watched else found
    judge(NO_ALARM.check(function_, context))


def test_a_deployed_function_is_known_by_its_physical_name() -> None:
    """An alarm on its logical id is dead, and watches nothing."""
    deployed = Resource(FUNCTION, "shop-Fn-1A2B", "Fn", "shop")
    dead = one("AWS/Lambda", "Errors", FunctionName="Fn")
    context = observed(deployed, dead, alarms=[alarm("a")])
    assert "logical id" in found(RULE.check(dead, context)).title
    assert "no alarm on its errors" in found(NO_ALARM.check(deployed, context)).title
    fine = one("AWS/Lambda", "Errors", FunctionName="shop-Fn-1A2B")
    clear(NO_ALARM.check(deployed, observed(deployed, fine, alarms=[alarm("a")])))


def test_a_namespace_that_code_writes_too_is_not_only_the_filters() -> None:
    """A function is told to write its metrics there."""
    told = {"Type": FUNCTION, "Properties": {"Environment": {"Variables": {"POWERTOOLS_METRICS_NAMESPACE": "Shop"}}}}
    alarmed_ = {"Type": ALARM, "Properties": on("Shop OrdersPlaced")}
    whole = inventory({"Resources": {**APPLICATION, "Told": told, "A": alarmed_}}, "t", "shop")
    clear(RULE.check(next(whole.of_type(ALARM)), Context(whole)))


def insights(text: str) -> Resource:
    """An alarm on a query of Metrics Insights."""
    return Resource(ALARM, "a", properties={"Metrics": [{"Id": "q", "Expression": text}]})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            'SELECT SUM(Errors) FROM SCHEMA("AWS/Lambda", Function) GROUP BY Function',
            "not published with the dimension Function",
        ),
        ('SELECT SUM(Error) FROM SCHEMA("AWS/Lambda", FunctionName)', "has no metric Error: Errors is meant"),
        ("SELECT SUM(Errors) FROM \"AWS/Lambda\" WHERE FunctionName = 'wbe'", "there is no FunctionName wbe"),
    ],
)
def test_found_in_a_query_of_metrics_insights(text: str, why: str) -> None:
    """A label that is no dimension, a metric and a function that are not there."""
    dead = insights(text)
    assert why in found(RULE.check(dead, declared(WEB, dead))).title
    fine = insights('SELECT SUM(Errors) FROM SCHEMA("AWS/Lambda", FunctionName) GROUP BY FunctionName')
    assert "publishes what it reads" in clear(RULE.check(fine, declared(WEB, fine)))


@pytest.mark.parametrize(
    ("metric", "why"),
    [
        (one("AWS/Logs", "IncomingLogs"), "IncomingLogEvents by LogGroupName is meant"),
        (one("AWS/SNS", "SMSMonthToDateSpentUSD", TopicName="t"), "not published with the dimension TopicName"),
        (one("AWS/SNS", "SMSSuccessRate", TopicName="t"), "not published with the dimension TopicName"),
        (one("AWS/DynamoDB", "ThrottledRequests", TableName="t"), "not published with the dimension TableName"),
    ],
)
def test_found_in_what_helpers_of_the_cdk_make(metric: Resource, why: str) -> None:
    """As aws-cdk-lib 2.275 writes LogGroup.metric_incoming_log_events() and its like into a template."""
    assert why in found(RULE.check(metric, declared(metric))).title


def logged(*groups: Any) -> Resource:
    """A log alarm on log groups."""
    scheduled = {"QueryString": "filter level = 'ERROR'", "LogGroupIdentifiers": list(groups)}
    return Resource(LOG_ALARM, "l", properties={"ScheduledQueryConfiguration": scheduled})


def test_a_log_alarm_is_dead_where_no_log_group_can_answer() -> None:
    """A class without queries, a function that is not there; one group that answers is enough. It watches nothing."""
    said = {"LogGroupName": "/aws/lambda/web", "LogGroupClass": "DELIVERY"}
    delivery = Resource(LOG_GROUP, "/aws/lambda/web", "Logs", properties=said)
    dead, gone = logged("/aws/lambda/web"), logged("/aws/lambda/gone")
    assert "DELIVERY, which has no queries" in found(RULE.check(dead, declared(WEB, delivery, dead))).title
    assert "no function gone" in found(RULE.check(gone, declared(WEB, gone))).title
    clear(RULE.check(logged("/aws/lambda/web", "/aws/lambda/gone"), declared(WEB)))
    assert undecided(RULE.check(logged({"Fn::If": []}), declared(WEB)))
    found(NO_ALARM.check(WEB, declared(WEB, delivery, dead)))
