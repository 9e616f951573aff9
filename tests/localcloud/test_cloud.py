"""The whole cloud: real functions, real services, plain AWS clients, and nothing left when it ends."""

import base64
import gzip
import io
import json
import time
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

import psutil
import pytest

from shopfast_obs.localcloud import process
from shopfast_obs.localcloud.installation import runtime
from tests.localcloud import keys
from tests.localcloud.conftest import eventually
from tests.localcloud.whole import FUNCTION, advance, client, invoke

pytestmark = pytest.mark.cloud


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


def test_a_function_finds_the_sdk_of_lambdas_runtimes_and_not_the_emulators(
    info: process.CloudInfo, function: str
) -> None:
    """Where its package has none; its traces and calls work with it."""
    assert invoke(info, function)[0]["sdk"] == runtime("").versions["botocore"]


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
    path = keys.function_url(client(info, "lambda"), function)
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


def test_logs_and_traces_keep_real_time(info: process.CloudInfo, function: str) -> None:
    """Only metrics and alarms follow a clock that is moved: what functions write knows nothing of it."""
    advance(info, 3600)
    before = time.time()
    payload, _ = invoke(info, function)
    trace_id = json.loads(payload["body"])["trace"].partition("Root=")[2].partition(";")[0]
    assert all(before - 1 <= d["start_time"] <= time.time() for d in segments(info, trace_id, 2))
    logged = client(info, "logs").filter_log_events(logGroupName="/aws/lambda/whole", filterPattern="REPORT")["events"]
    assert before - 1 <= max(e["timestamp"] for e in logged) / 1000 <= time.time()


def test_nothing_is_left_running(tmp_path: Path) -> None:
    """A cloud with a warm function ends with all its processes, and its records are still there after a restart."""
    running = process.start(tmp_path / "cloud", 0)
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


def test_opentelemetry_is_taken_at_x_rays_endpoint(info: process.CloudInfo) -> None:
    """Signed for X-Ray, gzip as exporters send it; nobody is let in without a signature."""
    url, start = f"{info.endpoint_url}/v1/traces", time.time_ns()
    trace = f"{int(time.time()):08x}" + "0af7651916cd43dd8448eb21"
    span = {"traceId": trace, "spanId": "eee19b7ec3c1b174", "name": "GET /a", "kind": 2}
    span |= {"startTimeUnixNano": str(start), "endTimeUnixNano": str(start + 5_000_000)}
    body = gzip.compress(json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode())
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    assert keys.ask(url, "POST", headers, body)[0] == 403
    signed = keys.signature(keys.keys(info.state), "POST", url, "xray", headers=headers, data=body)
    assert keys.ask(url, "POST", signed, body)[0] == 200
    found = client(info, "xray").batch_get_traces(TraceIds=[f"1-{trace[:8]}-{trace[8:]}"])["Traces"]
    assert [part["Id"] for part in found[0]["Segments"]] == ["eee19b7ec3c1b174"]
