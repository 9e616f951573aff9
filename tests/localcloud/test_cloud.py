"""The whole cloud: real functions, real planes, plain AWS clients, and nothing left when it ends."""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from shopfast_obs.localcloud import process
from tests.localcloud.conftest import eventually, free_port
from tests.localcloud.published import strange

AWS = Path(sys.prefix) / "peers" / "bin" / "aws"
pytestmark = [pytest.mark.cloud, pytest.mark.xdist_group("whole-cloud")]

SOURCE = """
import json
import os
import urllib.request

import boto3

lambda_client = boto3.client("lambda")
print("made at init")


def handler(event, context):
    if event.get("fail"):
        raise ValueError("as asked")
    if event.get("call"):
        answer = lambda_client.invoke(FunctionName=event["call"], Payload=json.dumps({"inner": True}).encode())
        return json.loads(answer["Payload"].read())
    metric = {"_aws": {"Timestamp": event.get("now", 0), "CloudWatchMetrics": [
        {"Namespace": "Shop", "Dimensions": [["service"]], "Metrics": [{"Name": "Orders", "Unit": "Count"}]}
    ]}, "service": "s", "Orders": 3}
    print(json.dumps(metric))
    return {"statusCode": 200, "body": json.dumps({"trace": os.environ.get("_X_AMZN_TRACE_ID", ""),
        "id": context.aws_request_id, "endpoint": os.environ["AWS_ENDPOINT_URL"],
        "custom": getattr(context.client_context, "custom", None)})}
"""
FUNCTION = {"Runtime": "python3.11", "Handler": "app.handler", "Role": "arn:aws:iam::000000000000:role/r"}


@pytest.fixture(scope="module")
def info(tmp_path_factory: pytest.TempPathFactory) -> Iterator[process.CloudInfo]:
    """A cloud on a free port."""
    running = process.start(tmp_path_factory.mktemp("whole") / "cloud", free_port())
    yield running
    process.stop(running.state)


@pytest.fixture(scope="module")
def function(info: process.CloudInfo) -> str:
    """A function with active tracing, and its name."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", SOURCE)
    created = client(info, "lambda").create_function(
        FunctionName="whole",
        Code={"ZipFile": code.getvalue()},
        MemorySize=1769,
        Timeout=20,
        TracingConfig={"Mode": "Active"},
        **FUNCTION,
    )
    return str(created["FunctionName"])


def client(info: process.CloudInfo, service: str) -> Any:
    """A plain boto3 client."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        service,
        endpoint_url=info.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="000000000000",
        aws_secret_access_key="local",
        config=Config(read_timeout=60, retries={"total_max_attempts": 1}),
    )


def invoke(info: process.CloudInfo, function: str, **event: Any) -> tuple[Any, dict[str, Any]]:
    """The function's answer, and the call's."""
    answer = client(info, "lambda").invoke(FunctionName=function, Payload=json.dumps(event).encode(), LogType="Tail")
    return json.loads(answer["Payload"].read()), answer


def segments(info: process.CloudInfo, trace_id: str, count: int) -> list[dict[str, Any]]:
    """The documents of a trace, once there are as many."""

    def found() -> list[dict[str, Any]]:
        traces = client(info, "xray").batch_get_traces(TraceIds=[trace_id])["Traces"]
        documents = [json.loads(s["Document"]) for t in traces for s in t["Segments"]]
        return documents if len(documents) >= count else []

    documents: list[dict[str, Any]] = eventually(found)
    return documents


def test_an_invocation_leaves_log_metric_and_trace(info: process.CloudInfo, function: str) -> None:
    """One request id in the answer, the log tail, the log group and the trace; EMF became a metric."""
    now = int(time.time() * 1000)
    payload, answer = invoke(info, function, now=now)
    body = json.loads(payload["body"])
    request_id = answer["ResponseMetadata"]["RequestId"]
    assert body["id"] == request_id
    assert body["endpoint"] == info.endpoint_url
    tail = base64.b64decode(answer["LogResult"]).decode()
    assert f"REPORT RequestId: {request_id}" in tail
    logged = client(info, "logs").filter_log_events(logGroupName="/aws/lambda/whole")["events"]
    assert any("made at init" in e["message"] for e in logged)
    assert any(request_id in e["message"] and "Init Duration" in e["message"] for e in logged)

    def points() -> list[dict[str, Any]]:
        window = {"StartTime": now / 1000 - 300, "EndTime": now / 1000 + 300, "Period": 300, "Statistics": ["Sum"]}
        found: list[dict[str, Any]] = client(info, "cloudwatch").get_metric_statistics(
            Namespace="Shop", MetricName="Orders", Dimensions=[{"Name": "service", "Value": "s"}], **window
        )["Datapoints"]
        return found

    assert sum(p["Sum"] for p in eventually(points)) == 3.0
    trace_id = body["trace"].partition("Root=")[2].partition(";")[0]
    assert {d["origin"] for d in segments(info, trace_id, 2)} == {"AWS::Lambda", "AWS::Lambda::Function"}
    summaries = client(info, "xray").get_trace_summaries(StartTime=now / 1000 - 60, EndTime=time.time() + 60)
    assert trace_id in {s["Id"] for s in summaries["TraceSummaries"]}


def test_what_a_caller_says_beside_the_event_reaches_the_function(info: process.CloudInfo, function: str) -> None:
    """In the client context of a synchronous call; what cannot be read as one is left out."""

    def custom(value: str) -> Any:
        answer = client(info, "lambda").invoke(FunctionName=function, Payload=b"{}", ClientContext=value)
        return json.loads(json.loads(answer["Payload"].read())["body"])["custom"]

    assert custom(base64.b64encode(b'{"custom": {"correlation_id": "abc"}}').decode()) == {"correlation_id": "abc"}
    assert custom("%%") is None


def test_a_function_that_calls_another_is_one_trace(info: process.CloudInfo, function: str) -> None:
    """The call back into the cloud does not wait for itself, and both functions are on the caller's trace."""
    outer, _ = invoke(info, function, call=function)
    trace_id = json.loads(outer["body"])["trace"].partition("Root=")[2].partition(";")[0]
    assert len([d for d in segments(info, trace_id, 4) if d["origin"] == "AWS::Lambda::Function"]) == 2


def test_a_batch_from_a_queue_is_linked_to_its_sender(info: process.CloudInfo, function: str) -> None:
    """A trace of its own, an edge of its own kind, and both traces name the other."""
    sender, call = f"1-{int(time.time()):08x}-{7:024x}", "53995c3f42cd8ad8"
    sqs, xray = client(info, "sqs"), client(info, "xray")
    url = sqs.create_queue(QueueName="whole-queue")["QueueUrl"]
    part = {"id": call, "name": "SQS", "namespace": "aws", "aws": {"queue_url": url}}
    times = {"start_time": time.time(), "end_time": time.time()}
    segment = {"id": "53995c3f42cd8ad7", "trace_id": sender, "name": "sender", **times}
    xray.put_trace_segments(TraceSegmentDocuments=[json.dumps({**segment, "subsegments": [{**part, **times}]})])
    arn = "arn:aws:sqs:us-east-1:000000000000:whole-queue"
    client(info, "lambda").create_event_source_mapping(EventSourceArn=arn, FunctionName=function)
    header = {"DataType": "String", "StringValue": f"Root={sender};Parent={call};Sampled=1"}
    sqs.send_message(QueueUrl=url, MessageBody="x", MessageSystemAttributes={"AWSTraceHeader": header})

    def links() -> list[dict[str, Any]]:
        return [link for document in segments(info, sender, 2) for link in document.get("links", [])]

    (child,) = eventually(links)
    (consumer,) = [d for d in segments(info, child["trace_id"], 2) if d["id"] == child["id"]]
    assert (consumer["origin"], consumer["name"]) == ("AWS::Lambda", function)
    assert [(link["trace_id"], link["id"]) for link in consumer["links"]] == [(sender, call)]
    services = xray.get_trace_graph(TraceIds=[child["trace_id"]])["Services"]
    assert [edge["EdgeType"] for s in services for edge in s["Edges"] if s["Name"] == url] == ["link"]


def test_a_function_url_is_traced_and_measured(info: process.CloudInfo, function: str) -> None:
    """A browser's request to the URL runs the function; the URL's metric has the function's name."""
    url = client(info, "lambda").create_function_url_config(FunctionName=function, AuthType="NONE")["FunctionUrl"]
    path = f"/_aws/lambda-url/{url.removeprefix('https://').partition('.')[0]}/"
    with urllib.request.urlopen(info.endpoint_url + path, timeout=60) as answer:
        root = answer.headers["x-amzn-trace-id"].partition(";")[0]
        assert json.loads(answer.read())["trace"].startswith(root)
    query = {
        "Id": "u",
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/Lambda",
                "MetricName": "UrlRequestCount",
                "Dimensions": [{"Name": "FunctionName", "Value": function}],
            },
            "Period": 60,
            "Stat": "Sum",
        },
    }

    def values() -> list[float]:
        window = {"StartTime": time.time() - 300, "EndTime": time.time() + 60}
        results = client(info, "cloudwatch").get_metric_data(MetricDataQueries=[query], **window)["MetricDataResults"]
        return [float(v) for v in results[0]["Values"]]

    assert sum(eventually(values)) == 1.0


def test_a_stacks_group_rule_and_policy_are_x_rays(info: process.CloudInfo) -> None:
    """Made, changed and deleted with the stack; their names and numbers are what the template says."""
    cloudformation, xray = client(info, "cloudformation"), client(info, "xray")
    rule = {
        "ResourceARN": "*",
        "Priority": "10",
        "FixedRate": "0.5",
        "ReservoirSize": 3,
        "RuleName": "whole",
        "Host": "*",
    }
    rule |= {"ServiceName": "*", "ServiceType": "*", "HTTPMethod": "*", "URLPath": "*", "Version": 1}
    policy = {"PolicyName": "whole", "PolicyDocument": '{"Version": "2012-10-17", "Statement": []}'}

    def template(expression: str, rate: str) -> str:
        group = {"GroupName": "whole", "FilterExpression": expression, "Tags": [{"Key": "a", "Value": "b"}]}
        resources = {
            "Group": {"Type": "AWS::XRay::Group", "Properties": group},
            "Rule": {"Type": "AWS::XRay::SamplingRule", "Properties": {"SamplingRule": {**rule, "FixedRate": rate}}},
            "Policy": {"Type": "AWS::XRay::ResourcePolicy", "Properties": policy},
        }
        return json.dumps({"Resources": resources})

    def seen() -> tuple[Any, ...]:
        groups = {group["GroupName"]: group["FilterExpression"] for group in xray.get_groups()["Groups"][1:]}
        rules = [record["SamplingRule"] for record in xray.get_sampling_rules()["SamplingRuleRecords"]]
        policies = [policy["PolicyName"] for policy in xray.list_resource_policies()["ResourcePolicies"]]
        return groups, [(r["RuleName"], r["FixedRate"]) for r in rules if r["RuleName"] != "Default"], policies

    cloudformation.create_stack(StackName="tracing", TemplateBody=template("fault", "0.5"))
    assert eventually(lambda: seen() == ({"whole": "fault"}, [("whole", 0.5)], ["whole"]))
    arn = xray.get_group(GroupName="whole")["Group"]["GroupARN"]
    assert xray.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "a", "Value": "b"}]
    cloudformation.update_stack(StackName="tracing", TemplateBody=template("error", "0.25"))
    assert eventually(lambda: seen() == ({"whole": "error"}, [("whole", 0.25)], ["whole"]))
    cloudformation.delete_stack(StackName="tracing")
    assert eventually(lambda: seen() == ({}, [], []))


def test_an_alarm_of_a_stack_fires_on_the_clock(info: process.CloudInfo, function: str) -> None:
    """CloudFormation's alarm is evaluated by the CloudWatch plane and delivered to its topic."""
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


def test_logs_and_traces_keep_real_time(info: process.CloudInfo, function: str) -> None:
    """Only metrics and alarms follow a clock that is moved: what functions write knows nothing of it."""
    advance(info, 3600)
    before = time.time()
    payload, _ = invoke(info, function)
    trace_id = json.loads(payload["body"])["trace"].partition("Root=")[2].partition(";")[0]
    assert all(before - 1 <= d["start_time"] <= time.time() for d in segments(info, trace_id, 2))
    logged = client(info, "logs").filter_log_events(logGroupName="/aws/lambda/whole", filterPattern="REPORT")["events"]
    assert before - 1 <= max(e["timestamp"] for e in logged) / 1000 <= time.time()


def aws(info: process.CloudInfo, line: str, *, seconds: float = 60) -> str:
    """What the unmodified `aws` command prints; it knows the cloud by AWS_ENDPOINT_URL alone."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    environment = {
        **kept, "AWS_ENDPOINT_URL": info.endpoint_url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_CONFIG_FILE": "/nonexistent",
    }  # fmt: skip
    command = [str(AWS), *shlex.split(line)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=seconds, check=False)
    assert done.returncode == 0, f"{line}: {done.stderr}"
    return done.stdout


@pytest.mark.skipif(not AWS.exists(), reason="`make test` installs the aws command beside the other dependencies")
def test_the_aws_command_reads_logs_and_metrics(info: process.CloudInfo, function: str) -> None:
    """A pattern, a query of Insights, metrics, an alarm with its waiter and its history: as on AWS."""
    payload, answer = invoke(info, function, now=int(time.time() * 1000))
    request_id = answer["ResponseMetadata"]["RequestId"]
    group = "/aws/lambda/whole"
    found = json.loads(
        aws(info, f"logs filter-log-events --log-group-name {group} --filter-pattern '\"{request_id}\" -START -END'")
    )
    assert [e["message"].split(" ")[0] for e in found["events"]] == ["REPORT"]
    query = f"filter @type = 'REPORT' and @requestId = '{request_id}' | stats max(@duration) as ms, count(*) as n"
    started = aws(
        info,
        f"logs start-query --log-group-name {group} --start-time {int(time.time()) - 3600} "
        f'--end-time {int(time.time()) + 60} --query-string "{query}" --query queryId --output text',
    )

    def results() -> Any:
        shown = json.loads(aws(info, f"logs get-query-results --query-id {started.strip()}"))
        return shown if shown["status"] == "Complete" else None

    (row,) = eventually(results)["results"]
    assert {cell["field"]: cell["value"] for cell in row}["n"] == "1"
    assert payload["statusCode"] == 200
    listed = json.loads(aws(info, "cloudwatch list-metrics --namespace Shop"))["Metrics"]
    assert listed == [{"Namespace": "Shop", "MetricName": "Orders", "Dimensions": [{"Name": "service", "Value": "s"}]}]
    aws(
        info,
        "cloudwatch put-metric-alarm --alarm-name by-hand --namespace Shop --metric-name Orders --statistic Sum "
        "--period 60 --evaluation-periods 1 --threshold 1 --comparison-operator GreaterThanThreshold",
    )
    aws(info, "cloudwatch wait alarm-exists --alarm-names by-hand")
    aws(info, "cloudwatch set-alarm-state --alarm-name by-hand --state-value ALARM --state-reason drill")
    history = json.loads(aws(info, "cloudwatch describe-alarm-history --alarm-name by-hand"))["AlarmHistoryItems"]
    # The next evaluation may have taken the state back already.
    assert "Alarm updated from INSUFFICIENT_DATA to ALARM" in [item["HistorySummary"] for item in history]


def second_version() -> str:
    """The `aws` command of version 2, which alone has `logs tail`; no registry of Python packages has it."""
    command = shutil.which("aws")
    asked = [command, "--version"] if command else ["false"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    return command if command and said.startswith("aws-cli/2") else ""


def test_the_aws_command_tails_a_log(info: process.CloudInfo, function: str) -> None:
    """`aws logs tail` prints what was written, `--follow` what is written while it looks."""
    command = second_version()
    if not command:
        pytest.skip("there is no `aws` command of version 2 on this machine")
    environment = {
        **os.environ, "AWS_ENDPOINT_URL": info.endpoint_url, "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1", "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    # --endpoint-url for versions before 2.13, which do not know the variable
    tail = [command, "logs", "tail", "/aws/lambda/whole", "--endpoint-url", info.endpoint_url]
    _, answer = invoke(info, function)
    report = f"REPORT RequestId: {answer['ResponseMetadata']['RequestId']}"
    past = subprocess.run(
        [*tail, "--filter-pattern", "REPORT"], env=environment, capture_output=True, text=True, check=True
    )
    assert report in past.stdout
    follow = [*tail, "--follow", "--since", "1s"]
    with subprocess.Popen(follow, env=environment, stdout=subprocess.PIPE, text=True) as following:
        assert following.stdout is not None
        try:
            time.sleep(2)
            _, answer = invoke(info, function)
            report = f"REPORT RequestId: {answer['ResponseMetadata']['RequestId']}"
            assert any(report in line for line in following.stdout)
        finally:
            following.terminate()


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
    whole = {"LogGroupName": "app", "FilterName": data["subscriptionFilters"][0]}
    forwarded = {"Namespace": "AWS/Logs", "MetricName": "ForwardedLogEvents"}
    eventually(lambda: len(cloudwatch.list_metrics(**forwarded)["Metrics"]) == 2)
    assert whole["FilterName"] == "to-stream"
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


def advance(info: process.CloudInfo, seconds: float) -> None:
    """Move the cloud's clock."""
    body = json.dumps({"advance": seconds}).encode()
    urllib.request.urlopen(urllib.request.Request(info.endpoint_url + "/_shopfast/clock", body), timeout=10).close()
    time.sleep(0.3)  # alarms are evaluated in real time, a few times a second


def test_nothing_is_left_running(tmp_path: Path) -> None:
    """A cloud with a warm function ends with all its processes, and its records are still there after a restart."""
    running = process.start(tmp_path / "cloud", free_port())
    try:
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("app.py", "def handler(event, context):\n    print('kept')\n")
        client(running, "lambda").create_function(FunctionName="warm", Code={"ZipFile": code.getvalue()}, **FUNCTION)
        invoke(running, "warm")
        family = psutil.Process(running.pid).children(recursive=True)
        assert family
        process.stop(running.state)
        assert not [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
        running = process.start(running.state)
        logged = client(running, "logs").filter_log_events(logGroupName="/aws/lambda/warm")["events"]
        assert "kept" in "".join(e["message"] for e in logged)
    finally:
        process.stop(running.state)
