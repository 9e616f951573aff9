"""A small application in good order, with everything in it that rules look at: nothing above "info" is found."""

from __future__ import annotations

import json

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.engine import catalogue, diagnose
from shopfast_obs.model.findings import NotEnoughData, Severity
from shopfast_obs.model.resources import (
    ALARM,
    EVENT_RULE,
    EVENT_SOURCE_MAPPING,
    FUNCTION_URL,
    HTTP_API,
    INVOKE_CONFIG,
    LOG_GROUP,
    PERMISSION,
    QUEUE,
    QUEUE_POLICY,
    REST_API,
    REST_METHOD,
    REST_STAGE,
    STATE_MACHINE,
    SUBSCRIPTION,
    TABLE,
    TOPIC,
    Resource,
)
from shopfast_obs.model.sources import Call, Client, Source
from shopfast_obs.model.telemetry import MetricSeries, WatchedMetric
from tests.diagnose.builders import alarm, aws_call, calling, finished, function, metric, observed, speaking, written
from tests.diagnose.machines import LAMBDA

MANAGED = [
    f"arn:aws:iam::aws:policy/{n}" for n in ("service-role/AWSLambdaBasicExecutionRole", "AWSXrayWriteOnlyAccess")
]
GOOD = {
    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
    "Timeout": 20,
    "MemorySize": 512,
    "Runtime": "python3.12",
    "Handler": "app.handler",
    "Architectures": ["arm64"],
    "TracingConfig": {"Mode": "Active"},
    "LoggingConfig": {"LogFormat": "JSON"},
    "Environment": {"Variables": {"BOOKINGS_TABLE": "bookings", "POWERTOOLS_LOG_LEVEL": "INFO"}},
}
API = function("api", **GOOD)
MAILER = function("web", **GOOD)
DEAD = Resource(QUEUE, "dead", "Dead", "app", "arn:aws:sqs:eu-west-1:1:dead", {"MessageRetentionPeriod": 1_209_600})
WORK = Resource(
    QUEUE,
    "work",
    "Work",
    "app",
    "arn:aws:sqs:eu-west-1:1:work",
    {"VisibilityTimeout": 120, "RedrivePolicy": {"deadLetterTargetArn": DEAD.arn, "maxReceiveCount": 5}},
)
FLOW = Resource(
    STATE_MACHINE,
    "flow",
    "Flow",
    "app",
    "arn:aws:states:eu-west-1:1:stateMachine:flow",
    {
        "DefinitionString": json.dumps(
            {
                "TimeoutSeconds": 300,
                "States": {
                    "Mail": {
                        "Type": "Task",
                        "Resource": LAMBDA,
                        "TimeoutSeconds": 30,
                        "Retry": [{"ErrorEquals": ["Lambda.ServiceException"]}],
                        "End": True,
                    }
                },
            }
        ),
        "TracingConfiguration": {"Enabled": True},
        "LoggingConfiguration": {"Level": "ERROR"},
    },
)
RESOURCES = (
    API,
    MAILER,
    DEAD,
    WORK,
    FLOW,
    *(
        Resource(LOG_GROUP, f"/aws/lambda/{name}", stack="app", properties={"RetentionInDays": 30})
        for name in ("api", "web")
    ),
    Resource(
        TABLE,
        "bookings",
        "Bookings",
        "app",
        properties={
            "BillingMode": "PAY_PER_REQUEST",
            "DeletionProtectionEnabled": True,
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        },
    ),
    Resource(TOPIC, "news", "News", "app", "arn:aws:sns:eu-west-1:1:news"),
    Resource(
        SUBSCRIPTION,
        "s",
        stack="app",
        properties={
            "TopicArn": "arn:aws:sns:eu-west-1:1:news",
            "Endpoint": LAMBDA,
            "FilterPolicy": {"kind": ["booked"]},
            "RedrivePolicy": {"deadLetterTargetArn": DEAD.arn},
        },
    ),
    Resource(
        EVENT_RULE,
        "booked",
        "Booked",
        "app",
        properties={
            "EventBusName": "bus",
            "State": "ENABLED",
            "EventPattern": {"source": ["shop"], "detail-type": ["booked"]},
            "Targets": [{"Id": "1", "Arn": FLOW.arn, "DeadLetterConfig": {"Arn": DEAD.arn}}],
        },
    ),
    Resource(
        INVOKE_CONFIG,
        "c",
        stack="app",
        properties={"FunctionName": "web", "DestinationConfig": {"OnFailure": {"Destination": DEAD.arn}}},
    ),
    Resource(
        QUEUE_POLICY,
        "dead",
        stack="app",
        properties={
            "Queues": ["https://sqs.eu-west-1.amazonaws.com/1/dead"],
            "PolicyDocument": {
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": ["events.amazonaws.com", "sns.amazonaws.com"]},
                        "Action": "sqs:SendMessage",
                        "Resource": DEAD.arn,
                    }
                ]
            },
        },
    ),
    Resource(PERMISSION, "p", stack="app", properties={"FunctionName": "web", "Principal": "sns.amazonaws.com"}),
    Resource(
        EVENT_SOURCE_MAPPING,
        "m",
        stack="app",
        properties={
            "EventSourceArn": WORK.arn,
            "FunctionName": "web",
            "Enabled": True,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        },
    ),
    Resource(FUNCTION_URL, "u", stack="app", properties={"AuthType": "AWS_IAM", "TargetFunctionArn": "api"}),
    *(
        Resource(
            PERMISSION,
            action,
            stack="app",
            properties={"FunctionName": "api", "Principal": "210987654321", "Action": f"lambda:{action}"},
        )
        for action in ("InvokeFunctionUrl", "InvokeFunction")
    ),
    Resource("AWS::IAM::Role", "role", "Role", "app", properties={"Policies": [], "ManagedPolicyArns": MANAGED}),
    Resource(
        "AWS::AppSync::GraphQLApi",
        "graph",
        "Graph",
        "app",
        properties={"XrayEnabled": True, "LogConfig": {"FieldLogLevel": "ERROR"}},
    ),
    Resource(
        "AWS::IoT::TopicRule",
        "measured",
        "Measured",
        "app",
        properties={"TopicRulePayload": {"ErrorAction": {"Sqs": {"QueueUrl": "https://sqs/1/dead"}}}},
    ),
    Resource(REST_API, "shop", "Api", "app"),
    Resource(HTTP_API, "pages", "Pages", "app", "a1b2", {"ProtocolType": "HTTP"}),
    Resource(HTTP_API, "chat", "Chat", "app", "c3d4", {"ProtocolType": "WEBSOCKET"}),
    Resource(
        EVENT_SOURCE_MAPPING,
        "clicks",
        stack="app",
        properties={
            "EventSourceArn": "arn:aws:kinesis:eu-west-1:1:stream/clicks",
            "FunctionName": "web",
            "Enabled": True,
            "StartingPosition": "LATEST",
            "MaximumRetryAttempts": 3,
            "BisectBatchOnFunctionError": True,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "DestinationConfig": {"OnFailure": {"Destination": DEAD.arn}},
        },
    ),
    Resource(
        REST_STAGE,
        "prod",
        "Stage",
        "app",
        properties={
            "TracingEnabled": True,
            "AccessLogSetting": {"DestinationArn": "arn", "Format": "{}"},
            "MethodSettings": [{"ThrottlingRateLimit": 100}],
        },
    ),
    Resource(REST_METHOD, "GET /", stack="app", properties={"Integration": {"Uri": {"Ref": "Api"}}}),
    Resource(
        ALARM,
        "api-errors",
        stack="app",
        properties={
            "Namespace": "AWS/Lambda",
            "MetricName": "Errors",
            "Statistic": "Sum",
            "Threshold": 1,
            "Dimensions": [{"Name": "FunctionName", "Value": "api"}],
            "AlarmActions": ["arn:aws:sns:eu-west-1:1:news"],
        },
    ),
)
WATCHED = (
    *(("AWS/Lambda", name, "FunctionName", one) for name in ("Errors", "Url5xxCount") for one in ("api", "web")),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "dead"),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", "work"),
    ("AWS/SNS", "NumberOfNotificationsFailed", "TopicName", "news"),
    ("AWS/States", "ExecutionsFailed", "StateMachineArn", FLOW.arn),
    ("AWS/DynamoDB", "ReadThrottleEvents", "TableName", "bookings"),
    ("AWS/ApiGateway", "5XXError", "ApiName", "shop"),
    ("AWS/ApiGateway", "5xx", "ApiId", "a1b2"),
    ("AWS/ApiGateway", "IntegrationError", "ApiId", "c3d4"),
    ("AWS/Lambda", "IteratorAge", "FunctionName", "web"),
)
QUICK = Client("dynamodb", "app.py", 3, connect=1, read=2, attempts=2)
PUT = Call("put_events", "app.py", 9, (("Source", "shop"), ("DetailType", "booked")))
READ = ("app/app.py",)
SOURCES = {"api": Source((QUICK,), (PUT,), modules=READ), "web": Source((QUICK,), modules=READ)}


def line(text: str) -> str:
    """A structured line with the request's correlation id."""
    return json.dumps({"level": "INFO", "message": text, "correlation_id": "c-1"}) + "\n"


def metrics() -> list[MetricSeries]:
    """Traffic everywhere, and nothing wrong with it."""
    values: list[tuple[str, str, float, dict[str, str]]] = [
        ("AWS/SNS", "NumberOfMessagesPublished", 30, {"TopicName": "news"}),
        ("AWS/SNS", "NumberOfNotificationsFilteredOut", 4, {"TopicName": "news"}),
        ("AWS/Events", "MatchedEvents", 30, {"EventBusName": "bus", "RuleName": "booked"}),
        ("AWS/Events", "Invocations", 30, {"EventBusName": "bus", "RuleName": "booked"}),
        ("AWS/States", "ExecutionsStarted", 30, {"StateMachineArn": FLOW.arn}),
        ("AWS/States", "ExecutionsSucceeded", 30, {"StateMachineArn": FLOW.arn}),
        ("AWS/ApiGateway", "Count", 60, {"ApiName": "shop"}),
        ("AWS/ApiGateway", "4XXError", 3, {"ApiName": "shop"}),
        ("AWS/ApiGateway", "Count", 60, {"ApiId": "a1b2"}),
        ("AWS/ApiGateway", "4xx", 3, {"ApiId": "a1b2"}),
    ]
    for name in ("api", "web"):
        own = {"FunctionName": name}
        values += [("AWS/Lambda", "Invocations", 60, own), ("AWS/Lambda", "AsyncEventsReceived", 30, own)]
        values += [("AWS/Lambda", "UrlRequestCount", 60, own)]
    found = [metric(namespace, name, value, **dimensions) for namespace, name, value, dimensions in values]
    named = (("dead", "ApproximateNumberOfMessagesVisible"), ("work", "ApproximateAgeOfOldestMessage"))
    return found + [metric("AWS/SQS", name, 0, "Maximum", QueueName=queue) for queue, name in named]


def healthy() -> Context:
    """The application under traffic."""
    logs = {}
    for one, text in ((API, "GET /"), (MAILER, "mail")):
        calls = (speaking(finished(n, 0.2, memory_mb=512, used_mb=90, init_ms=400), line(text)) for n in range(60))
        logs |= written(one, *calls)
    read = aws_call("DynamoDB", "GetItem", 0.0, 0.05, "bookings")
    sent, taken = calling("api", read, number=1), calling("web", number=1)
    later = tuple(part._replace(start=part.start + 1, id=f"{part.id}w") for part in taken.segments)
    whole = sent.__class__(sent.id, (*sent.segments, *later))
    alarms = [
        alarm(f"a{n}", WatchedMetric(ns, name, ((key, value),))) for n, (ns, name, key, value) in enumerate(WATCHED)
    ]
    rule = (("EventBusName", "bus"), ("RuleName", "booked"))
    alarms.append(alarm("rule", WatchedMetric("AWS/Events", "FailedInvocations", rule)))
    return observed(*RESOURCES, logs=logs, metrics=metrics(), alarms=alarms, traces=[whole], sources=SOURCES)


def test_nothing_above_info_is_found() -> None:
    """What is in order is left alone, by every rule."""
    context = healthy()
    diagnosis = diagnose(context.inventory, context.observations, sources=context.sources)
    assert [(f.rule, f.title) for f in diagnosis.findings if f.severity > Severity.INFO] == []
    assert [(f.rule, f.title) for f in diagnosis.findings] == []


def test_every_rule_looks_at_it_and_nearly_all_can_tell() -> None:
    """Silence must not come from a lack of data: what is undecided is named here."""
    context = healthy()
    diagnosis = diagnose(context.inventory, context.observations, sources=context.sources)
    ran = {outcome.rule for outcome in diagnosis.outcomes}
    assert {rule.id for rule in catalogue() if rule.types and not rule.id.startswith("suppression-")} - ran == set()
    undecided = {o.rule: o.reason for o in diagnosis.outcomes if isinstance(o, NotEnoughData)}
    assert undecided == {
        "api-errors": "a WebSocket API has no metric of answers with 5xx",
        "requests-refused": "a WebSocket API has no metric of answers with 4xx",
        "lambda-role-blind": "what is attached to it in the account is not read",
    }
