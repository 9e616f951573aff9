"""What happens between services: events, notifications, workflows, queues, asynchronous invocations."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.localcloud import keys
from tests.localcloud.conftest import StandInCloud, eventually
from tests.localcloud.published import strange

pytestmark = pytest.mark.cloud
ROOT = "1-65a1b2c3-0123456789abcdef01234567"
TRACE = f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1"
ACCOUNT = "arn:aws:{}:us-east-1:000000000000:{}"


def traced(client: Any) -> Any:
    """The client, with a trace header on every request, as the SDK in a function sends it."""

    def add(request: Any, **_: Any) -> None:
        request.headers.add_header("X-Amzn-Trace-Id", TRACE)

    client.meta.events.register("before-sign", add)
    return client


def queue(cloud: StandInCloud, name: str) -> tuple[str, str]:
    """A queue's URL and ARN; everyone may send to it."""
    client = cloud.client("sqs")
    url = client.create_queue(QueueName=name)["QueueUrl"]
    arn = ACCOUNT.format("sqs", name)
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
    client.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps({"Statement": [statement]})})
    return url, arn


def message(cloud: StandInCloud, url: str) -> dict[str, Any]:
    """The first message of a queue, with its attributes."""

    def received() -> list[dict[str, Any]]:
        return cloud.client("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"]).get("Messages", [])

    first: dict[str, Any] = eventually(received)[0]
    return first


def rule(cloud: StandInCloud, bus: str, name: str, **target: Any) -> None:
    """A bus with one rule for the source `shop` and one target."""
    client = cloud.client("events")
    client.create_event_bus(Name=bus)
    client.put_rule(Name=name, EventBusName=bus, EventPattern='{"source": ["shop"]}')
    client.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "t", **target}])


def put_event(cloud: StandInCloud, bus: str) -> None:
    """One event of the source `shop`, on a trace."""
    entry = {"EventBusName": bus, "Source": "shop", "DetailType": "Ordered", "Detail": '{"order": {"id": "o-1"}}'}
    assert traced(cloud.client("events")).put_events(Entries=[entry])["FailedEntryCount"] == 0


def test_an_event_reaches_a_function_with_its_trace(cloud: StandInCloud) -> None:
    """The invocation belongs to the caller's trace; the rule's metrics have bus and rule as dimensions."""
    rule(cloud, "d-bus", "d-rule", Arn=cloud.function("d-function"))
    put_event(cloud, "d-bus")
    seen = eventually(lambda: cloud.invocations("d-function"))[0]
    assert seen["trace"].startswith(f"Root={ROOT};")
    assert seen["event"]["detail"] == {"order": {"id": "o-1"}}
    named = {"EventBusName": "d-bus", "RuleName": "d-rule"}
    for name in ("MatchedEvents", "TriggeredRules", "Invocations"):
        eventually(lambda n=name: cloud.metrics(f"AWS/Events {n}", **named) == [1.0])
    assert not cloud.metrics("AWS/Events FailedInvocations", **named)


def test_a_target_that_is_gone_is_counted_and_the_event_kept(cloud: StandInCloud) -> None:
    """FailedInvocations counts it, and the target's dead-letter queue says why."""
    url, arn = queue(cloud, "d-event-dlq")
    gone = ACCOUNT.format("lambda", "function:nobody")
    rule(cloud, "d-gone-bus", "d-gone", Arn=gone, DeadLetterConfig={"Arn": arn})
    put_event(cloud, "d-gone-bus")
    dead = message(cloud, url)
    assert json.loads(dead["Body"])["detail"] == {"order": {"id": "o-1"}}
    assert dead["MessageAttributes"]["TARGET_ARN"]["StringValue"] == gone
    named = {"EventBusName": "d-gone-bus", "RuleName": "d-gone"}
    eventually(lambda: cloud.metrics("AWS/Events FailedInvocations", **named) == [1.0])
    eventually(lambda: cloud.metrics("AWS/Events InvocationsSentToDlq", **named) == [1.0])


def test_an_event_starts_a_workflow_with_a_part_of_itself(cloud: StandInCloud) -> None:
    """InputPath chooses the input; the workflow's function is on the trace; the executions are counted."""
    function = cloud.function("d-step")
    states = {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": function, "End": True}}}
    machine = cloud.client("stepfunctions").create_state_machine(
        name="d-machine", definition=json.dumps(states), roleArn="arn:aws:iam::000000000000:role/r"
    )["stateMachineArn"]
    rule(cloud, "d-sfn-bus", "d-sfn", Arn=machine, RoleArn="arn:aws:iam::000000000000:role/r", InputPath="$.detail")
    put_event(cloud, "d-sfn-bus")
    seen = eventually(lambda: cloud.invocations("d-step"))[0]
    assert seen["event"] == {"order": {"id": "o-1"}}
    assert seen["trace"] == TRACE
    for name in ("ExecutionsStarted", "ExecutionsSucceeded"):
        eventually(lambda n=name: cloud.metrics(f"AWS/States {n}", StateMachineArn=machine) == [1.0])
    assert not cloud.metrics("AWS/States ExecutionsFailed", StateMachineArn=machine)


def test_a_workflow_whose_function_fails_is_counted(cloud: StandInCloud) -> None:
    """The function's error is the execution's, with its type as Error."""
    function = cloud.function("d-step-fail", "fail.handler")
    states = {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": function, "End": True}}}
    client = cloud.client("stepfunctions")
    machine = client.create_state_machine(
        name="d-failing", definition=json.dumps(states), roleArn="arn:aws:iam::000000000000:role/r"
    )["stateMachineArn"]
    execution = client.start_execution(stateMachineArn=machine)["executionArn"]
    eventually(lambda: cloud.metrics("AWS/States ExecutionsFailed", StateMachineArn=machine) == [1.0])
    assert client.describe_execution(executionArn=execution)["error"] == "ValueError"


def topic(cloud: StandInCloud, name: str, protocol: str, endpoint: str, **attributes: str) -> str:
    """A topic with one subscriber."""
    client = cloud.client("sns")
    arn = client.create_topic(Name=name)["TopicArn"]
    client.subscribe(TopicArn=arn, Protocol=protocol, Endpoint=endpoint, Attributes=attributes)
    return str(arn)


def test_a_notification_reaches_a_function_with_its_trace(cloud: StandInCloud) -> None:
    """SNS invokes the function with its record, asynchronously."""
    arn = topic(cloud, "d-topic", "lambda", cloud.function("d-notified"))
    traced(cloud.client("sns")).publish(TopicArn=arn, Message="hello", Subject="s")
    seen = eventually(lambda: cloud.invocations("d-notified"))[0]
    assert seen["trace"].startswith(f"Root={ROOT};")
    assert seen["event"]["Records"][0]["Sns"]["Message"] == "hello"
    for name in ("NumberOfMessagesPublished", "NumberOfNotificationsDelivered"):
        eventually(lambda n=name: cloud.metrics(f"AWS/SNS {n}", TopicName="d-topic") == [1.0])
    eventually(lambda: cloud.metrics("AWS/Lambda AsyncEventsReceived", FunctionName="d-notified") == [1.0])


def test_a_notification_that_cannot_be_processed_ends_in_the_dead_letter_queue(cloud: StandInCloud) -> None:
    """Three attempts with one request id, then the event as it was, with the reason as attributes."""
    url, arn = queue(cloud, "d-function-dlq")
    failing = cloud.function("d-failing", "fail.handler", DeadLetterConfig={"TargetArn": arn})
    cloud.client("sns").publish(TopicArn=topic(cloud, "d-fail-topic", "lambda", failing), Message="hello")
    dead = message(cloud, url)
    attempts = cloud.invocations("d-failing")
    assert len(attempts) == 3
    assert {a["request_id"] for a in attempts} == {dead["MessageAttributes"]["RequestID"]["StringValue"]}
    assert json.loads(dead["Body"]) == attempts[0]["event"]
    assert dead["MessageAttributes"]["ErrorMessage"]["StringValue"] == "it broke"
    eventually(lambda: cloud.metrics("AWS/Lambda AsyncEventsDropped", FunctionName="d-failing") == [1.0])


def test_destinations_get_the_invocation_record(cloud: StandInCloud) -> None:
    """Success and failure go to their own destinations, with condition, payloads and the number of attempts."""
    client = cloud.client("lambda")
    for name, handler, condition in (
        ("d-good", "echo.handler", "Success"),
        ("d-bad", "fail.handler", "RetriesExhausted"),
    ):
        url, arn = queue(cloud, f"{name}-destination")
        cloud.function(name, handler)
        kind = "OnSuccess" if condition == "Success" else "OnFailure"
        client.put_function_event_invoke_config(
            FunctionName=name, MaximumRetryAttempts=0, DestinationConfig={kind: {"Destination": arn}}
        )
        answer = client.invoke(FunctionName=name, InvocationType="Event", Payload=b'{"n": 1}')
        record = json.loads(message(cloud, url)["Body"])
        assert record["requestContext"]["condition"] == condition
        assert record["requestContext"]["approximateInvokeCount"] == 1
        assert record["requestContext"]["requestId"] == answer["ResponseMetadata"]["RequestId"]
        assert record["requestPayload"] == {"n": 1}
        assert ("functionError" in record["responseContext"]) == (condition != "Success")


def test_a_notification_to_a_function_that_is_gone_is_redriven(cloud: StandInCloud) -> None:
    """The subscription's own dead-letter queue gets the message."""
    url, arn = queue(cloud, "d-redrive")
    gone = ACCOUNT.format("lambda", "function:nobody")
    policy = json.dumps({"deadLetterTargetArn": arn})
    topic_arn = topic(cloud, "d-gone-topic", "lambda", gone, RedrivePolicy=policy)
    cloud.client("sns").publish(TopicArn=topic_arn, Message="hello")
    assert "hello" in message(cloud, url)["Body"]
    eventually(lambda: cloud.metrics("AWS/SNS NumberOfNotificationsFailed", TopicName="d-gone-topic") == [1.0])


def test_a_notification_to_a_queue_is_delivered_or_failed(cloud: StandInCloud) -> None:
    """Delivered and failed are told apart."""
    _, allowed = queue(cloud, "d-allowed")
    cloud.client("sns").publish(TopicArn=topic(cloud, "d-to-queue", "sqs", allowed), Message="1")
    nowhere = ACCOUNT.format("sqs", "d-nowhere")
    cloud.client("sns").publish(TopicArn=topic(cloud, "d-to-nowhere", "sqs", nowhere), Message="1")
    eventually(lambda: cloud.metrics("AWS/SNS NumberOfNotificationsDelivered", TopicName="d-to-queue") == [1.0])
    eventually(lambda: cloud.metrics("AWS/SNS NumberOfNotificationsFailed", TopicName="d-to-nowhere") == [1.0])


def test_a_notification_reaches_a_bucket_through_a_delivery_stream(cloud: StandInCloud) -> None:
    """SNS, Firehose and S3 in a row, with raw delivery."""
    cloud.client("s3").create_bucket(Bucket="d-analytics")
    role = "arn:aws:iam::000000000000:role/r"
    stream = cloud.client("firehose").create_delivery_stream(
        DeliveryStreamName="d-stream",
        ExtendedS3DestinationConfiguration={"RoleARN": role, "BucketARN": "arn:aws:s3:::d-analytics"},
    )["DeliveryStreamARN"]
    attributes = {"SubscriptionRoleArn": role, "RawMessageDelivery": "true"}
    arn = topic(cloud, "d-analytics", "firehose", stream, **attributes)
    cloud.client("sns").publish(TopicArn=arn, Message='{"stock": 3}')
    s3 = cloud.client("s3")
    found = eventually(lambda: s3.list_objects_v2(Bucket="d-analytics").get("Contents"))
    assert s3.get_object(Bucket="d-analytics", Key=found[0]["Key"])["Body"].read().strip() == b'{"stock": 3}'


def test_a_queue_drives_a_function(cloud: StandInCloud) -> None:
    """An event source mapping hands batches to the function; the sender's trace is with the message, not the call."""
    url, arn = queue(cloud, "d-source")
    cloud.function("d-drained")
    cloud.client("lambda").create_event_source_mapping(EventSourceArn=arn, FunctionName="d-drained", BatchSize=5)
    traced(cloud.client("sqs")).send_message(QueueUrl=url, MessageBody="work")
    seen = eventually(lambda: cloud.invocations("d-drained"))[0]
    record = seen["event"]["Records"][0]
    assert record["body"] == "work"
    assert record["attributes"]["AWSTraceHeader"] == TRACE
    assert (seen["trace"], seen["links"]) == ("", [TRACE])


def test_what_a_function_logs_is_for_its_group_and_goes_with_it(cloud: StandInCloud) -> None:
    """Group and stream are made when they are needed; the events of a deleted group are forgotten."""
    client = cloud.client("logs")
    cloud.function("d-logging")
    cloud.client("lambda").invoke(FunctionName="d-logging")
    seen = [e for e in cloud.ledger.read("log events") if e["group"] == "/aws/lambda/d-logging"]
    assert [text for _, text in seen[0]["events"]] == [f"ran {cloud.invocations('d-logging')[0]['request_id']}"]
    streams = client.describe_log_streams(logGroupName="/aws/lambda/d-logging")["logStreams"]
    assert [stream["logStreamName"] for stream in streams] == ["stream"]
    client.delete_log_group(logGroupName="/aws/lambda/d-logging")
    assert [e["group"] for e in cloud.ledger.read("logs forgotten")] == ["/aws/lambda/d-logging"]


def test_filters_of_logs_are_checked_as_cloudwatch_checks_them(cloud: StandInCloud) -> None:
    """A pattern that cannot be read is refused when the filter is put, whoever puts it."""
    client = cloud.client("logs")
    client.create_log_group(logGroupName="d-filters")
    metric = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
    put = {"logGroupName": "d-filters", "filterName": "f", "metricTransformations": [metric]}
    with pytest.raises(ClientError, match=r"InvalidParameterException.*Invalid character\(s\) in term ':'"):
        client.put_metric_filter(filterPattern="Status: bad", **put)
    client.put_metric_filter(filterPattern='"Status: bad"', **put)
    assert client.describe_metric_filters(logGroupName="d-filters")["metricFilters"][0]["filterName"] == "f"


def test_a_queue_measures_what_passes_through_it(cloud: StandInCloud) -> None:
    """Sent, received, deleted, and looked at in vain: by clients, topics, rules and event source mappings."""
    url, arn = queue(cloud, "d-measured")
    sqs = cloud.client("sqs")
    sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": i, "MessageBody": "12345"} for i in "ab"])
    topic(cloud, "d-measured-topic", "sqs", arn)
    cloud.client("sns").publish(TopicArn=ACCOUNT.format("sns", "d-measured-topic"), Message="m")
    named = {"QueueName": "d-measured"}
    eventually(lambda: sum(cloud.metrics("AWS/SQS NumberOfMessagesSent", **named)) == 3.0)
    assert cloud.metrics("AWS/SQS SentMessageSize", **named)[:2] == [5.0, 5.0]
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=received[0]["ReceiptHandle"])
    entries = [{"Id": str(n), "ReceiptHandle": m["ReceiptHandle"]} for n, m in enumerate(received[1:])]
    sqs.delete_message_batch(QueueUrl=url, Entries=entries)
    sqs.receive_message(QueueUrl=url)
    eventually(lambda: cloud.metrics("AWS/SQS NumberOfEmptyReceives", **named) == [1.0])
    assert cloud.metrics("AWS/SQS NumberOfMessagesReceived", **named) == [3.0]
    assert sum(cloud.metrics("AWS/SQS NumberOfMessagesDeleted", **named)) == 3.0
    sqs.send_message(QueueUrl=url, MessageBody="work")
    cloud.function("d-measured-worker")
    cloud.client("lambda").create_event_source_mapping(EventSourceArn=arn, FunctionName="d-measured-worker")
    eventually(lambda: sum(cloud.metrics("AWS/SQS NumberOfMessagesDeleted", **named)) == 4.0)


def test_metrics_belong_to_the_region_of_what_happened(cloud: StandInCloud) -> None:
    """A queue elsewhere is measured elsewhere."""
    sqs = keys.client(cloud.url, cloud.state, "sqs", "eu-west-1")
    sqs.send_message(QueueUrl=sqs.create_queue(QueueName="d-elsewhere")["QueueUrl"], MessageBody="m")
    seen = eventually(lambda: [e for e in cloud.ledger.read("metric") if "d-elsewhere" in e["dimensions"].values()])
    assert {entry["region"] for entry in seen} == {"eu-west-1"}


def test_nothing_is_measured_that_aws_does_not_publish(cloud: StandInCloud) -> None:
    """All that the tests of this process have seen: names, units and dimension sets."""
    entries = cloud.ledger.read("metric")
    assert {strange(e["metric"], e["dimensions"], e["unit"]) for e in entries} == {""}
