"""An account that boto3 built, without a stack: what is wrong with its queues, tables, rules and the rest is found."""

import functools
import io
import json
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from moto import mock_aws

from shopfast_obs.cloud.aws import AwsCloud
from shopfast_obs.cloud.interface import Target
from shopfast_obs.cloud.readers import single_functions
from shopfast_obs.diagnose.collect import collect
from shopfast_obs.diagnose.engine import diagnose
from shopfast_obs.model.findings import Clear, Diagnosis, NotEnoughData
from shopfast_obs.model.resources import (
    FUNCTION_ALIAS,
    FUNCTION_URL,
    HTTP_API,
    HTTP_INTEGRATION,
    HTTP_ROUTE,
    INVOKE_CONFIG,
    PERMISSION,
    PIPE,
    SCHEDULE,
    Inventory,
)
from shopfast_obs.model.telemetry import TimeRange
from tests.aws_clients import client
from tests.cloud.moto_lacks import gaps

REGION = "eu-west-1"
ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"


class Builder:
    """Makes resources as a script or a console would, and publishes what AWS would publish of them."""

    def __init__(self) -> None:
        self.client = functools.cache(client)

    def publish(self, namespace: str, name: str, value: float, **dimensions: str) -> None:
        """A datapoint in each of the last ten minutes."""
        named = [{"Name": key, "Value": text} for key, text in dimensions.items()]
        for minute in range(1, 11):
            at = datetime.fromtimestamp(time.time() - 60 * minute, UTC)
            data = {"MetricName": name, "Dimensions": named, "Timestamp": at, "Value": value}
            self.client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=[data])

    def function(self, name: str, timeout: int = 3) -> str:
        """The ARN of a function."""
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            archive.writestr("app.py", "def handler(event, context): ...\n")
        made = self.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="app.handler",
            Role=ROLE,
            Timeout=timeout,
            Code={"ZipFile": package.getvalue()},
        )
        return str(made["FunctionArn"])

    def queue(self, name: str, **attributes: str) -> str:
        """The ARN of a queue."""
        sqs = self.client("sqs")
        url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return str(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"])

    def table(self, name: str) -> None:
        """A table on demand."""
        self.client("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )


@pytest.fixture
def builder() -> Iterator[Builder]:
    """An empty account."""
    with mock_aws():
        made = Builder()
        made.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")
        yield made


def looked(builder: Builder) -> tuple[Inventory, Diagnosis]:
    """What `diagnose` reads and says."""
    cloud = AwsCloud(Target("aws", REGION), builder.client)
    inventory = cloud.inventory()
    now = time.time()
    return inventory, diagnose(inventory, collect(cloud, inventory, TimeRange(now - 900, now)))


def test_eight_faults_outside_of_functions_are_found(builder: Builder) -> None:
    """No stack, no name that a rule could know them by."""
    dead = builder.queue("dead")
    builder.queue("work", RedrivePolicy=json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": 3}))
    builder.publish("AWS/SQS", "ApproximateNumberOfMessagesVisible", 3, QueueName="dead")
    builder.queue("forgotten")
    builder.publish("AWS/SQS", "ApproximateNumberOfMessagesVisible", 9, QueueName="forgotten")
    builder.publish("AWS/SQS", "ApproximateAgeOfOldestMessage", 900, QueueName="forgotten")
    builder.table("things")
    builder.publish("AWS/DynamoDB", "ReadThrottleEvents", 6, TableName="things")
    events = builder.client("events")
    events.create_event_bus(Name="bus")
    events.put_rule(Name="on-news", EventBusName="bus", EventPattern='{"source": ["news"]}', State="ENABLED")
    events.put_targets(Rule="on-news", EventBusName="bus", Targets=[{"Id": "1", "Arn": dead}])
    for name, value in (("FailedInvocations", 5), ("Invocations", 5), ("TriggeredRules", 5), ("MatchedEvents", 5)):
        builder.publish("AWS/Events", name, value, EventBusName="bus", RuleName="on-news")
    sns = builder.client("sns")
    topic = sns.create_topic(Name="news")["TopicArn"]
    news = sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=dead, Attributes={"FilterPolicy": '{"kind": ["other"]}'}
    )
    for name, value in (("NumberOfMessagesPublished", 4), ("NumberOfNotificationsFilteredOut", 4)):
        builder.publish("AWS/SNS", name, value, TopicName="news")
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
    machine = builder.client("stepfunctions").create_state_machine(name="flow", definition=definition, roleArn=ROLE)
    for name, value in (("ExecutionsFailed", 2), ("ExecutionsStarted", 2)):
        builder.publish("AWS/States", name, value, StateMachineArn=machine["stateMachineArn"])
    late = builder.function("late", timeout=20)
    impatient = builder.queue("impatient", VisibilityTimeout="30")
    builder.client("lambda").create_event_source_mapping(FunctionName="late", EventSourceArn=impatient)
    builder.client("lambda").put_function_concurrency(FunctionName="late", ReservedConcurrentExecutions=0)
    api = builder.client("apigatewayv2").create_api(Name="door", ProtocolType="HTTP", Target=late)
    for name, value in (("Count", 10), ("5xx", 5)):
        builder.publish("AWS/ApiGateway", name, value, ApiId=api["ApiId"])
    inventory, found = looked(builder)
    assert gaps(inventory) == []
    told = {(finding.rule, finding.resource) for finding in found.findings}
    assert told >= {
        ("sqs-dead-letters", "dead"),
        ("sqs-no-consumer", "forgotten"),
        ("sqs-visibility-short", "impatient"),
        ("dynamodb-throttled", "things"),
        ("event-deliveries-fail", "on-news"),
        ("sns-filtered-out", news["SubscriptionArn"]),
        ("workflow-failures", "flow"),
        ("api-errors", "door"),
        ("lambda-switched-off", "late"),
    }


def test_what_a_function_alone_tells_is_read_and_aliases_schedules_and_pipes_lead_to_it(builder: Builder) -> None:
    """Nothing of it stands in a list of functions."""
    arn = builder.function("work")
    functions = builder.client("lambda")
    functions.create_alias(
        FunctionName="work", Name="live", FunctionVersion=functions.publish_version(FunctionName="work")["Version"]
    )
    functions.put_function_event_invoke_config(
        FunctionName="work", DestinationConfig={"OnFailure": {"Destination": builder.queue("failed")}}
    )
    functions.create_function_url_config(FunctionName="work", AuthType="NONE")
    for service in ("events", "s3"):
        functions.add_permission(
            FunctionName="work",
            StatementId=service,
            Action="lambda:InvokeFunction",
            Principal=f"{service}.amazonaws.com",
        )
    target = {"Arn": arn, "RoleArn": ROLE}
    builder.client("scheduler").create_schedule(
        Name="nightly", ScheduleExpression="rate(1 day)", FlexibleTimeWindow={"Mode": "OFF"}, Target=target
    )
    builder.client("pipes").create_pipe(Name="tube", Source=builder.queue("in"), Target=f"{arn}:live", RoleArn=ROLE)
    apis = builder.client("apigatewayv2")
    api = apis.create_api(Name="door", ProtocolType="HTTP")["ApiId"]
    integration = apis.create_integration(ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=arn)["IntegrationId"]
    apis.create_route(ApiId=api, RouteKey="GET /", Target=f"integrations/{integration}")
    inventory, found = looked(builder)
    assert gaps(inventory) == []
    wanted = (
        FUNCTION_ALIAS,
        FUNCTION_URL,
        HTTP_API,
        HTTP_INTEGRATION,
        HTTP_ROUTE,
        INVOKE_CONFIG,
        PERMISSION,
        PIPE,
        SCHEDULE,
    )
    read = {(r.type, r.name) for r in inventory.of_type(*wanted)}
    assert {type_ for type_, _ in read} == set(wanted)
    assert {(FUNCTION_ALIAS, "work:live"), (SCHEDULE, "nightly"), (PIPE, "tube"), (HTTP_API, "door")} < read
    clear = {outcome.rule for outcome in found.outcomes if isinstance(outcome, Clear) and outcome.resource == "work"}
    assert "lambda-async-no-destination" in clear
    told = {finding.rule for finding in found.findings if finding.resource == "work"}
    assert "lambda-many-principals" in told


def test_many_functions_of_no_stack_are_not_asked_one_by_one_and_nothing_is_called_clear(
    monkeypatch: pytest.MonkeyPatch, builder: Builder
) -> None:
    """What was not asked is a gap, and the rules that lack it have too little data."""
    monkeypatch.setattr(single_functions, "MOST", 1)
    builder.function("one")
    builder.function("two")
    inventory, found = looked(builder)
    assert ["2 functions of no stack" in gap.what for gap in gaps(inventory)] == [True]
    lacking = {
        outcome.rule for outcome in found.outcomes if isinstance(outcome, NotEnoughData) and outcome.resource == "one"
    }
    assert lacking >= {"lambda-switched-off", "lambda-async-no-destination", "lambda-many-principals"}


def test_what_scales_a_table_of_no_stack_is_asked_where_its_capacity_is_provisioned(builder: Builder) -> None:
    """One call for all of them."""
    for name in ("fixed", "scaled"):
        builder.client("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
        )
    builder.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="dynamodb",
        ResourceId="table/scaled",
        ScalableDimension="dynamodb:table:ReadCapacityUnits",
        MinCapacity=5,
        MaxCapacity=50,
    )
    inventory, found = looked(builder)
    assert gaps(inventory) == []
    fixed = {finding.resource for finding in found.findings if finding.rule == "dynamodb-fixed-capacity"}
    assert fixed == {"fixed"}
