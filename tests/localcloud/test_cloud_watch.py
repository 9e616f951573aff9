"""What the whole cloud sees of a function and says of it: metrics, alarms, log events on their way."""

import gzip
import json
import time
from typing import Any

import pytest

from shopfast_obs.localcloud import process
from tests.localcloud.conftest import eventually
from tests.localcloud.published import strange
from tests.localcloud.whole import advance, client, invoke

pytestmark = pytest.mark.cloud


def test_an_alarm_of_a_stack_fires_on_the_clock(info: process.CloudInfo, function: str) -> None:
    """CloudFormation's alarm is evaluated by CloudWatch and delivered to its topic."""
    cloudformation, sqs = client(info, "cloudformation"), client(info, "sqs")
    alarm = {
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Dimensions": [{"Name": "FunctionName", "Value": function}],
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmName": "whole-errors",
        "AlarmActions": [{"Ref": "Topic"}],
    }
    queue_arn = {"Fn::GetAtt": ["Queue", "Arn"]}
    subscription = {"TopicArn": {"Ref": "Topic"}, "Protocol": "sqs", "Endpoint": queue_arn}
    template = {
        "Resources": {
            "Topic": {"Type": "AWS::SNS::Topic"},
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "whole-pages"}},
            "Subscription": {"Type": "AWS::SNS::Subscription", "Properties": subscription},
            "Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm},
        }
    }
    cloudformation.create_stack(StackName="whole", TemplateBody=json.dumps(template))
    cloudformation.get_waiter("stack_create_complete").wait(StackName="whole", WaiterConfig={"Delay": 1})
    _, answer = invoke(info, function, fail=True)
    assert answer["FunctionError"] == "Unhandled"
    for _ in range(3):
        advance(info, 60)
    url = sqs.get_queue_url(QueueName="whole-pages")["QueueUrl"]
    page = eventually(lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages"))[0]
    message = json.loads(json.loads(page["Body"])["Message"])
    assert (message["AlarmName"], message["NewStateValue"]) == ("whole-errors", "ALARM")


def test_logs_reach_metrics_and_subscribers(info: process.CloudInfo, function: str) -> None:
    """A template's metric filter and subscription filter on a group of its own; Kinesis and a function get the events;
    a change of an alarm is an event on the default bus."""
    logs, lambda_client, sqs = client(info, "logs"), client(info, "lambda"), client(info, "sqs")
    function_arn = lambda_client.get_function(FunctionName=function)["Configuration"]["FunctionArn"]
    transformation = {"MetricName": "Bad", "MetricNamespace": "Logs", "MetricValue": "$.size", "Unit": "Count"}
    template = {
        "Resources": {
            "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "app", "RetentionInDays": 7}},
            "Filter": {
                "Type": "AWS::Logs::MetricFilter",
                "Properties": {
                    "LogGroupName": {"Ref": "Group"},
                    "FilterPattern": '{ $.level = "ERROR" }',
                    "MetricTransformations": [transformation],
                },
            },
            "Subscription": {
                "Type": "AWS::Logs::SubscriptionFilter",
                "Properties": {
                    "LogGroupName": {"Ref": "Group"},
                    "FilterPattern": "ERROR",
                    "DestinationArn": function_arn,
                },
            },
        }
    }
    cloudformation = client(info, "cloudformation")
    cloudformation.create_stack(StackName="logging", TemplateBody=json.dumps(template))
    cloudformation.get_waiter("stack_create_complete").wait(StackName="logging", WaiterConfig={"Delay": 1})
    kinesis = client(info, "kinesis")
    kinesis.create_stream(StreamName="app-logs", ShardCount=1)
    stream = kinesis.describe_stream(StreamName="app-logs")["StreamDescription"]
    put = {"logGroupName": "app", "filterName": "to-stream", "filterPattern": "", "roleArn": "arn:aws:iam::0:role/r"}
    logs.put_subscription_filter(destinationArn=stream["StreamARN"], **put)
    queue = sqs.create_queue(QueueName="alarm-events")["QueueUrl"]
    events = client(info, "events")
    events.put_rule(Name="alarms", EventPattern='{"source": ["aws.cloudwatch"]}')
    target = {"Id": "q", "Arn": "arn:aws:sqs:us-east-1:000000000000:alarm-events"}
    events.put_targets(Rule="alarms", Targets=[target])
    logs.create_log_stream(logGroupName="app", logStreamName="s")
    now = int(time.time() * 1000)
    entries = [{"timestamp": now, "message": '{"level": "ERROR", "size": 5}'}, {"timestamp": now, "message": "fine"}]
    logs.put_log_events(logGroupName="app", logStreamName="s", logEvents=entries)

    def records() -> list[bytes]:
        shard = {"ShardId": stream["Shards"][0]["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        iterator = kinesis.get_shard_iterator(StreamName="app-logs", **shard)["ShardIterator"]
        return [r["Data"] for r in kinesis.get_records(ShardIterator=iterator)["Records"]]

    data = json.loads(gzip.decompress(eventually(records)[0]))
    assert [e["message"] for e in data["logEvents"]] == [e["message"] for e in entries]
    cloudwatch = client(info, "cloudwatch")
    metric = {"Namespace": "Logs", "MetricName": "Bad", "Period": 60, "Statistics": ["Sum"]}
    points = cloudwatch.get_metric_statistics(StartTime=now / 1000 - 120, EndTime=now / 1000 + 120, **metric)
    assert [p["Sum"] for p in points["Datapoints"]] == [5.0]
    assert data["subscriptionFilters"] == ["to-stream"]
    forwarded = {"Namespace": "AWS/Logs", "MetricName": "ForwardedLogEvents"}
    assert eventually(lambda: len(cloudwatch.list_metrics(**forwarded)["Metrics"]) == 2)
    dimensions = [{"Name": "FunctionName", "Value": function}]
    cloudwatch.put_metric_alarm(
        AlarmName="on-the-bus", Namespace="AWS/Lambda", MetricName="Throttles", Dimensions=dimensions, Statistic="Sum",
        Period=60, EvaluationPeriods=1, Threshold=0.0, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    cloudwatch.set_alarm_state(AlarmName="on-the-bus", StateValue="ALARM", StateReason="drill")

    def heard() -> list[dict[str, Any]]:
        messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
        found = [json.loads(m["Body"]) for m in messages]
        return [e for e in found if e["detail-type"] == "CloudWatch Alarm State Change"]

    event = eventually(heard)[0]
    assert (event["source"], event["detail"]["state"]["value"]) == ("aws.cloudwatch", "ALARM")
    assert event["resources"] == ["arn:aws:cloudwatch:us-east-1:000000000000:alarm:on-the-bus"]
    cloudformation.delete_stack(StackName="logging")


def test_all_metrics_of_services_are_aws_own(info: process.CloudInfo, function: str) -> None:
    """After all that the tests above did: no name and no dimension set that AWS does not publish."""
    invoke(info, function)
    pages = client(info, "cloudwatch").get_paginator("list_metrics").paginate()
    metrics = [m for page in pages for m in page["Metrics"] if m["Namespace"].startswith("AWS/")]
    found = {strange(f"{m['Namespace']} {m['MetricName']}", [d["Name"] for d in m["Dimensions"]]) for m in metrics}
    assert found == {""}
