"""The cloud over boto3, against moto's model of the AWS APIs."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from shopfast_obs.cloud.aws import AwsCloud
from shopfast_obs.cloud.interface import MetricQuery, Target
from shopfast_obs.errors import CloudUnreachableError, DeniedError, NotDeployedError
from shopfast_obs.model import resources as kinds
from shopfast_obs.model.telemetry import TimeRange
from tests.aws_clients import client
from tests.cloud.moto_lacks import gaps

REGION = "eu-west-1"
AWS = Target("aws", REGION)
ROLE = "arn:aws:iam::123456789012:role/app"


@pytest.fixture(autouse=True)
def account() -> Iterator[None]:
    """An empty account."""
    with mock_aws():
        yield


@pytest.fixture
def cloud() -> AwsCloud:
    """The cloud under test; no stack is in it."""
    return AwsCloud(AWS, lambda service: Stacks() if service == "cloudformation" else client(service))


def code() -> bytes:
    """A zip with a handler."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return 1")
    return file.getvalue()


def create_function(name: str, **more: Any) -> None:
    """A function that no stack owns."""
    if not client("iam").list_roles()["Roles"]:
        client("iam").create_role(RoleName="app", AssumeRolePolicyDocument="{}")
    client("lambda").create_function(
        FunctionName=name, Runtime="python3.11", Role=ROLE, Handler="app.handler", Code={"ZipFile": code()}, **more
    )


class Stacks:
    """CloudFormation's answers about stacks whose resources were made by hand."""

    def __init__(self, **stacks: dict[str, tuple[str, str]]) -> None:
        self._stacks = stacks

    def get_paginator(self, operation: str) -> Stacks:
        """Itself: each operation has one page."""
        self._operation = operation
        return self

    def get_template(self, StackName: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        """A template that says more of a table and a role than their services do, and something that is not so."""
        recovery = {"PointInTimeRecoveryEnabled": True}
        table = {"PointInTimeRecoverySpecification": recovery, "BillingMode": "PROVISIONED"}
        declared = {"Table": (kinds.TABLE, table), "Role": ("AWS::IAM::Role", {"Path": "/app/"})}
        resources = {
            logical: {"Type": type_, "Properties": properties} for logical, (type_, properties) in declared.items()
        }
        return {"TemplateBody": {"Resources": resources}}

    def paginate(self, StackName: str = "") -> list[dict[str, Any]]:  # noqa: N803 - AWS's name
        """The page of describe_stacks, or of list_stack_resources."""
        if not StackName:
            return [{"Stacks": [{"StackName": name, "StackStatus": "CREATE_COMPLETE"} for name in self._stacks]}]
        return [
            {
                "StackResourceSummaries": [
                    {"LogicalResourceId": logical, "ResourceType": type_, "PhysicalResourceId": physical}
                    for logical, (type_, physical) in self._stacks[StackName].items()
                ]
            }
        ]


class Api:
    """API Gateway's answers about one API."""

    def get_rest_api(self, restApiId: str) -> dict[str, Any]:  # noqa: N803
        """Its name."""
        return {"id": restApiId, "name": "shop"}

    def get_stages(self, restApiId: str) -> dict[str, Any]:  # noqa: N803
        """Its one stage."""
        return {"item": [{"stageName": "live", "tracingEnabled": False}]}

    def get_paginator(self, operation: str) -> Api:
        """Itself: the resources are one page, and no stack names another API."""
        self._listed = operation == "get_rest_apis"
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        """One resource with one method."""
        if self._listed:
            return [{"items": []}]
        uri = (
            "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:x:1:function:web/invocations"
        )
        method = {"methodIntegration": {"type": "AWS_PROXY", "uri": uri, "timeoutInMillis": 29_000}}
        return [{"items": [{"path": "/things", "resourceMethods": {"GET": method}}]}]


def deploy(name: str = "app", broken: dict[str, Any] | None = None) -> AwsCloud:
    """A stack of a little of everything; calls to the services in `broken` go to the given client."""
    dynamodb, sqs, sns, events = (client(service) for service in ("dynamodb", "sqs", "sns", "events"))
    dynamodb.create_table(
        TableName="things",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    dead = sqs.create_queue(QueueName="work-dlq")["QueueUrl"]
    redrive = json.dumps({"deadLetterTargetArn": f"arn:aws:sqs:{REGION}:123456789012:work-dlq", "maxReceiveCount": 3})
    work = sqs.create_queue(QueueName="work", Attributes={"VisibilityTimeout": "90", "RedrivePolicy": redrive})[
        "QueueUrl"
    ]
    topic = sns.create_topic(Name="news")["TopicArn"]
    subscription = sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:123456789012:work", ReturnSubscriptionArn=True
    )["SubscriptionArn"]
    client("logs").create_log_group(logGroupName="audit")
    client("logs").put_retention_policy(logGroupName="audit", retentionInDays=30)
    events.create_event_bus(Name="bus")
    events.put_rule(Name="on-news", EventBusName="bus", EventPattern='{"source": ["shop"]}')
    events.put_targets(
        Rule="on-news", EventBusName="bus", Targets=[{"Id": "work", "Arn": f"arn:aws:sqs:{REGION}:123456789012:work"}]
    )
    client("cloudwatch").put_metric_alarm(
        AlarmName="dead-letters", Namespace="AWS/SQS", MetricName="ApproximateNumberOfMessagesVisible", Period=60,
        Dimensions=[{"Name": "QueueName", "Value": "work-dlq"}], Statistic="Maximum", EvaluationPeriods=1, Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    resources = {
        "Table": (kinds.TABLE, "things"),
        "Dead": (kinds.QUEUE, dead),
        "Work": (kinds.QUEUE, work),
        "Topic": (kinds.TOPIC, topic),
        "Subscription": (kinds.SUBSCRIPTION, subscription),
        "Group": (kinds.LOG_GROUP, "audit"),
        "Bus": (kinds.EVENT_BUS, "bus"),
        "Rule": ("AWS::Events::Rule", "bus|on-news"),
        "Alarm": (kinds.ALARM, "dead-letters"),
        "Api": (kinds.REST_API, "a1b2c3"),
        "Stage": (kinds.REST_STAGE, "live"),
        "Role": ("AWS::IAM::Role", "app"),
    }
    stubs: dict[str, Any] = {"cloudformation": Stacks(**{name: resources}), "apigateway": Api(), **(broken or {})}
    return AwsCloud(AWS, lambda service: stubs.get(service) or client(service))


def test_the_inventory_has_live_properties_in_cloudformations_names() -> None:
    """Every service's answer is translated, and each resource knows its stack and logical id."""
    inventory = deploy().inventory(["app"])
    assert gaps(inventory) == []
    assert inventory.source == "aws eu-west-1"
    found = {r.logical_id: r for r in inventory.resources if r.logical_id}
    assert found["Table"].properties["BillingMode"] == "PAY_PER_REQUEST"
    assert found["Work"].name == "work"
    assert found["Work"].properties["VisibilityTimeout"] == 90
    assert found["Work"].properties["RedrivePolicy"]["deadLetterTargetArn"] == found["Dead"].arn
    assert found["Topic"].name == "news"
    assert found["Subscription"].properties["Protocol"] == "sqs"
    assert found["Group"].properties == {"LogGroupName": "audit", "RetentionInDays": 30}
    assert found["Alarm"].properties["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert found["Rule"].properties["Targets"][0]["Id"] == "work"
    assert found["Rule"].properties["EventPattern"] == {"source": ["shop"]}
    assert found["Role"].properties == {"Path": "/app/"}
    assert found["Table"].properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert {r.stack for r in inventory.resources} == {"app"}
    stage = next(inventory.of_type(kinds.REST_STAGE))
    assert (stage.name, stage.properties["TracingEnabled"]) == ("live", False)
    method = next(inventory.of_type("AWS::ApiGateway::Method"))
    assert method.properties["Integration"]["Uri"].endswith("function:web/invocations")


def test_a_rule_whose_id_leaves_its_bus_out_is_found_on_the_stacks_bus() -> None:
    """As some clouds answer it."""
    deploy()
    short = Stacks(app={"Bus": (kinds.EVENT_BUS, "bus"), "Rule": (kinds.EVENT_RULE, "on-news")})
    cloud = AwsCloud(AWS, lambda service: short if service == "cloudformation" else client(service))
    rule = next(cloud.inventory(["app"]).of_type(kinds.EVENT_RULE))
    assert (rule.logical_id, rule.properties["EventBusName"]) == ("Rule", "bus")


def test_functions_that_no_stack_owns_are_found_with_the_log_group_that_they_write_to(cloud: AwsCloud) -> None:
    """Without chosen stacks the whole account counts; of the log groups only those of its functions."""
    create_function("web", Timeout=7, MemorySize=256, TracingConfig={"Mode": "Active"})
    create_function("job")
    for group in ("/aws/lambda/web", "unrelated"):
        client("logs").create_log_group(logGroupName=group)
        client("logs").put_retention_policy(logGroupName=group, retentionInDays=30)
    inventory = cloud.inventory()
    web = inventory.find(kinds.FUNCTION, "web")
    assert web is not None
    assert web.properties["Timeout"] == 7
    assert web.properties["TracingConfig"] == {"Mode": "Active"}
    assert web.properties["LoggingConfig"]["LogGroup"] == "/aws/lambda/web"
    assert [group.name for group in inventory.of_type(kinds.LOG_GROUP)] == ["/aws/lambda/web"]
    assert deploy().inventory(["app"]).find(kinds.FUNCTION, "web") is None


def test_an_unknown_stack_is_named_with_those_that_there_are() -> None:
    """A typo ends with the names to choose from."""
    cloud = deploy("shop")
    with pytest.raises(NotDeployedError, match="no stack 'shpo'") as caught:
        cloud.inventory(["shpo"])
    assert "shop" in (caught.value.hint or "")


def test_log_events_come_oldest_first_within_the_window(cloud: AwsCloud) -> None:
    """Several streams are one sequence; a group that does not exist has no events."""
    logs, now = client("logs"), int(time.time())
    logs.create_log_group(logGroupName="g")
    for stream, offset in (("b", 2), ("a", 1), ("c", -900)):
        logs.create_log_stream(logGroupName="g", logStreamName=stream)
        event = {"timestamp": (now + offset) * 1000, "message": f"line {stream}\n"}
        logs.put_log_events(logGroupName="g", logStreamName=stream, logEvents=[event])
    events = list(cloud.events("g", TimeRange(now, now + 60)))
    assert [(e.stream, e.message, e.timestamp) for e in events] == [("a", "line a", now + 1), ("b", "line b", now + 2)]
    assert list(cloud.events("nothing", TimeRange(now, now + 60))) == []


def test_more_events_than_one_answer_holds_are_all_read() -> None:
    """An endpoint that cuts its answer off without a token is asked again from the last event on."""
    everything = [
        {"timestamp": i // 3, "message": str(i), "eventId": str(i), "logStreamName": "s"} for i in range(25_000)
    ]

    class Endpoint:
        def get_paginator(self, _: str) -> Endpoint:
            return self

        def paginate(self, startTime: int, **_: Any) -> list[dict[str, Any]]:  # noqa: N803 - AWS's name
            return [{"events": [e for e in everything if int(str(e["timestamp"])) >= startTime][:10_000]}]

    cloud = AwsCloud(AWS, lambda _: Endpoint())
    assert [e.event_id for e in cloud.events("g", TimeRange(0, 10**9))] == [str(i) for i in range(25_000)]


def test_series_answer_their_queries_in_order(cloud: AwsCloud) -> None:
    """A query without data has an empty series in its place; more than 500 go in several calls."""
    now = int(time.time()) // 60 * 60
    client("cloudwatch").put_metric_data(
        Namespace="N",
        MetricData=[{"MetricName": "M", "Dimensions": [{"Name": "F", "Value": "599"}], "Value": 4, "Timestamp": now}],
    )
    queries = [MetricQuery("N", "M", (("F", str(i)),), "Sum") for i in range(600)]
    series = cloud.series(queries, TimeRange(now - 60, now + 60))
    assert len(series) == 600
    assert series[0].points == ()
    assert series[599].points == ((float(now), 4.0),)


def test_alarms_say_what_they_watch_also_in_metric_math(cloud: AwsCloud) -> None:
    """An alarm on a rate watches both of its metrics."""
    cloudwatch = client("cloudwatch")
    metric = {"Namespace": "AWS/Lambda", "Dimensions": [{"Name": "FunctionName", "Value": "web"}]}
    cloudwatch.put_metric_alarm(
        AlarmName="rate",
        EvaluationPeriods=1,
        Threshold=5,
        ComparisonOperator="GreaterThanThreshold",
        Metrics=[
            {"Id": "rate", "Expression": "100*e/i", "ReturnData": True},
            *(
                {"Id": id_, "MetricStat": {"Metric": {**metric, "MetricName": name}, "Period": 60, "Stat": "Sum"},
                 "ReturnData": False}
                for id_, name in (("e", "Errors"), ("i", "Invocations"))
            ),
        ],
    )  # fmt: skip
    (alarm,) = cloud.alarms()
    assert [(w.name, w.dimensions) for w in alarm.watches] == [
        ("Errors", (("FunctionName", "web"),)),
        ("Invocations", (("FunctionName", "web"),)),
    ]


class Refusing:
    """A client whose calls all fail with one error."""

    def __init__(self, problem: Exception) -> None:
        self._problem = problem

    def __getattr__(self, _: str) -> Any:
        def fail(*_: Any, **__: Any) -> None:
            raise self._problem

        return fail


DENIED = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not you"}}, "X")


def test_what_is_denied_becomes_a_gap_and_the_rest_is_read() -> None:
    """One forbidden service does not hide the others."""
    inventory = deploy(broken={"sqs": Refusing(DENIED)}).inventory(["app"])
    assert [gap.what for gap in gaps(inventory)] == ["queues"]
    assert "AccessDenied" in gaps(inventory)[0].reason
    assert inventory.find(kinds.TABLE, "things") is not None
    assert not list(inventory.of_type(kinds.QUEUE))


@pytest.mark.parametrize(("stacks", "what"), [((), "the list of stacks"), (("app",), "the resources of app")])
def test_where_no_stack_may_be_read_the_rest_of_the_account_is(stacks: tuple[str, ...], what: str) -> None:
    """Services list their resources without; of one stack alone all are said to be missing."""
    inventory = deploy(broken={"cloudformation": Refusing(DENIED)}).inventory(stacks)
    (gap,) = [gap for gap in inventory.gaps if gap.what == what]
    assert "AccessDenied" in gap.reason
    for type_ in (kinds.TABLE, kinds.ALARM):
        assert (type_ in gap.types) is bool(stacks)
        assert bool(list(inventory.of_type(type_))) is not bool(stacks)


def test_a_refused_question_is_one_sentence() -> None:
    """Logs, traces and metrics say what was refused."""
    cloud = AwsCloud(AWS, lambda _: Refusing(DENIED))
    with pytest.raises(DeniedError, match="logs:FilterLogEvents was refused: AccessDeniedException: not you"):
        list(cloud.events("g", TimeRange(0, 1)))


@pytest.mark.parametrize(
    "problem",
    [
        EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
        ClientError({"Error": {"Code": "ExpiredToken", "Message": "old"}}, "X"),
    ],
)
def test_no_cloud_is_not_a_gap(problem: Exception) -> None:
    """When nothing answers there is no inventory to speak of."""
    with pytest.raises(CloudUnreachableError):
        AwsCloud(AWS, lambda _: Refusing(problem)).inventory()
