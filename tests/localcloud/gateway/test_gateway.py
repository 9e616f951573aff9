"""The gateway as a client sees it: doors, control routes, traces, answers and the services' own metrics."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.localcloud import keys
from tests.localcloud.conftest import StandInCloud, eventually

pytestmark = pytest.mark.cloud
ROOT = "1-65a1b2c3-0123456789abcdef01234567"
TRACE = f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1"


def url_of(cloud: StandInCloud, function: str) -> str:
    """A Function URL's path on the cloud."""
    return keys.function_url(cloud.client("lambda"), function)


def rest_api(cloud: StandInCloud, name: str, function_arn: str) -> str:
    """A REST API that proxies everything to a function; the path of its stage."""
    api = cloud.client("apigateway")
    api_id = api.create_rest_api(name=name)["id"]
    root = api.get_resources(restApiId=api_id)["items"][0]["id"]
    api.put_method(restApiId=api_id, resourceId=root, httpMethod="ANY", authorizationType="NONE")
    api.put_integration(
        restApiId=api_id,
        resourceId=root,
        httpMethod="ANY",
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function_arn}/invocations",
    )
    api.create_deployment(restApiId=api_id, stageName="prod")
    return f"/_aws/execute-api/{api_id}/prod/"


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.1", "[::2]:80", "127.0.0.1.nip.io"])
def test_a_strangers_name_is_refused(cloud: StandInCloud, host: str) -> None:
    """A page that points its own name here gets no further than the door, on any route."""
    for path in ("/", "/_shopfast/health", "/_ministack/health"):
        assert cloud.request(path, headers={"Host": host})[0] == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example", "http://["])
def test_another_sites_page_is_refused(cloud: StandInCloud, origin: str) -> None:
    """A cross-site request carries its origin."""
    assert cloud.request("/_shopfast/health", headers={"Origin": origin})[0] == 403


@pytest.mark.parametrize("host", ["localhost", "x.cloudfront.localhost:1", "sqs.us-east-1.amazonaws.com", "a.on.aws"])
def test_own_names_are_welcome(cloud: StandInCloud, host: str) -> None:
    """Names of this machine and of AWS pass, and so does a page that this machine serves."""
    headers = {"Host": host, "Origin": "http://localhost:5173"}
    assert cloud.request("/_shopfast/health", headers=headers)[0] == 200


def test_the_clock_moves_forward_only(cloud: StandInCloud) -> None:
    """The control route moves the cloud's clock; nonsense is refused in one sentence."""
    before = json.loads(cloud.request("/_shopfast/health")[2])["clock"]["offset"]
    told = len(cloud.ledger.read("clock moved"))  # other tests share this cloud
    moved = cloud.request("/_shopfast/clock", "POST", body=b'{"advance": 60}')
    assert json.loads(moved[2])["offset"] == before + 60
    assert len(cloud.ledger.read("clock moved")) == told + 1  # the services look at it at once
    for bad in (b'{"advance": -1}', b'{"advance": "x"}', b"[]", b"", b'{"advance": NaN}', b'{"advance": 1e999}'):
        assert cloud.request("/_shopfast/clock", "POST", body=bad)[0] == 400
    assert cloud.request("/_shopfast/nothing")[0] == 404


def test_an_invocation_keeps_its_request_id_and_answers_byte_for_byte(cloud: StandInCloud) -> None:
    """The request id in the answer is the function's; an error payload arrives as the runtime wrote it."""
    cloud.function("gw-fail", "fail.handler")
    answer = cloud.client("lambda").invoke(FunctionName="gw-fail", Payload=b'{"a": 1}', LogType="Tail")
    assert answer["FunctionError"] == "Unhandled"
    assert answer["Payload"].read().startswith(b'{"errorMessage":"it broke","errorType"')
    assert answer["ResponseMetadata"]["RequestId"] == cloud.invocations("gw-fail")[0]["request_id"]
    assert answer["LogResult"] == "YSB0cmFjZQo="


@pytest.mark.parametrize(
    ("payload", "asynchronous", "error", "text"),
    [
        (b"{x", False, "InvalidRequestContentException", "Could not parse request body into json"),
        (b"[" * 100_000, False, "InvalidRequestContentException", "Could not parse request body into json"),
        (b"\xff", False, "InvalidRequestContentException", "Could not parse request body into json"),
        (
            b'"%s"' % (b"x" * 6_291_456),
            False,
            "RequestTooLargeException",
            "RequestResponse invocation type (limit 6291456",
        ),
        (b"1" * 1_048_577, True, "RequestTooLargeException", "Event invocation type (limit 1048576 bytes)"),
    ],
)
def test_an_event_that_lambda_refuses(
    cloud: StandInCloud, payload: bytes, asynchronous: bool, error: str, text: str
) -> None:
    """Before any function hears of it."""
    if "refuses" not in [f["FunctionName"] for f in cloud.client("lambda").list_functions()["Functions"]]:
        cloud.function("refuses")
    kind = "Event" if asynchronous else "RequestResponse"
    with pytest.raises(ClientError, match=re.escape(text)) as refused:
        cloud.client("lambda").invoke(FunctionName="refuses", Payload=payload, InvocationType=kind)
    assert refused.value.response["Error"]["Code"] == error
    assert cloud.invocations("refuses") == []


def test_a_function_url_carries_the_trace_and_answers(cloud: StandInCloud) -> None:
    """The caller's trace reaches the function, its event and the answer; the URL's metrics are there, by function."""
    cloud.function("gw-url")
    status, headers, body = cloud.request(url_of(cloud, "gw-url") + "a/b?c=d", headers={"X-Amzn-Trace-Id": TRACE})
    seen = json.loads(body)
    assert status == 200
    assert seen["trace"] == TRACE
    assert seen["event"]["headers"]["x-amzn-trace-id"] == f"Root={ROOT}"
    assert headers["x-amzn-trace-id"].startswith(f"Root={ROOT}")
    assert headers["x-amzn-requestid"] == seen["request_id"] == seen["event"]["requestContext"]["requestId"]
    eventually(lambda: cloud.metrics("AWS/Lambda Url5xxCount", FunctionName="gw-url") == [0.0])
    assert cloud.metrics("AWS/Lambda UrlRequestCount", FunctionName="gw-url") == [1.0]
    assert 0 < cloud.metrics("AWS/Lambda UrlRequestLatency", FunctionName="gw-url")[0] < 60_000


def test_a_function_url_without_a_trace_gets_one(cloud: StandInCloud) -> None:
    """The root that the front door makes is the one that function, event and answer have."""
    cloud.function("gw-url-new")
    _, headers, body = cloud.request(url_of(cloud, "gw-url-new"))
    seen = json.loads(body)
    assert seen["trace"].startswith("Root=1-")
    assert "Sampled" not in seen["trace"]
    assert seen["event"]["headers"]["x-amzn-trace-id"] == seen["trace"]
    assert headers["x-amzn-trace-id"].startswith(seen["trace"])


def test_a_failing_function_url_is_a_502(cloud: StandInCloud) -> None:
    """The function's error stays inside; the caller gets AWS's bare sentence, the metric a 5xx."""
    cloud.function("gw-url-fail", "fail.handler")
    status, _, body = cloud.request(url_of(cloud, "gw-url-fail"))
    assert (status, body) == (502, b"Internal Server Error")
    eventually(lambda: cloud.metrics("AWS/Lambda Url5xxCount", FunctionName="gw-url-fail") == [1.0])


def test_a_rest_api_is_measured_by_api_and_stage(cloud: StandInCloud) -> None:
    """The dimension sets are ApiName, and ApiName with Stage; no other."""
    path = rest_api(cloud, "gw-api", cloud.function("gw-rest"))
    status, _, body = cloud.request(path, headers={"X-Amzn-Trace-Id": TRACE})
    seen = json.loads(body)
    assert (status, seen["trace"]) == (200, TRACE)
    assert seen["event"]["headers"]["x-amzn-trace-id"] == TRACE
    for dimensions in ({"ApiName": "gw-api"}, {"ApiName": "gw-api", "Stage": "prod"}):
        eventually(lambda d=dimensions: cloud.metrics("AWS/ApiGateway IntegrationLatency", **d))
        assert cloud.metrics("AWS/ApiGateway Count", **dimensions) == [1.0]
        assert cloud.metrics("AWS/ApiGateway 5XXError", **dimensions) == [0.0]
    assert not cloud.metrics("AWS/ApiGateway Count", ApiId="gw-api")


@pytest.mark.parametrize("handler", ["fail.handler", "text.handler"])
def test_a_failing_rest_api_is_a_502(cloud: StandInCloud, handler: str) -> None:
    """A function's error and a malformed proxy response look alike from outside."""
    name = f"gw-rest-{handler.partition('.')[0]}"
    path = rest_api(cloud, name, cloud.function(name, handler))
    status, _, body = cloud.request(path)
    assert (status, json.loads(body)) == (502, {"message": "Internal server error"})
    eventually(lambda: cloud.metrics("AWS/ApiGateway 5XXError", ApiName=name) == [1.0])


def test_a_slow_integration_is_a_504(cloud: StandInCloud) -> None:
    """API Gateway waits as long as the integration says, and no longer."""
    path = rest_api(cloud, "gw-slow", cloud.function("gw-slow", "slow.handler"))
    api = cloud.client("apigateway")
    api_id = path.split("/")[3]
    root = api.get_resources(restApiId=api_id)["items"][0]["id"]
    patch = {"op": "replace", "path": "/timeoutInMillis", "value": "100"}
    api.update_integration(restApiId=api_id, resourceId=root, httpMethod="ANY", patchOperations=[patch])
    status, _, body = cloud.request(path)
    assert (status, json.loads(body)) == (504, {"message": "Endpoint request timed out"})


def test_a_slow_integration_of_an_http_api_is_a_503(cloud: StandInCloud) -> None:
    """HTTP APIs say it in their own way."""
    api = cloud.client("apigatewayv2")
    api_id = api.create_api(Name="gw-slow-http", ProtocolType="HTTP")["ApiId"]
    integration = api.create_integration(
        ApiId=api_id,
        IntegrationType="AWS_PROXY",
        IntegrationUri=cloud.function("gw-slow-http", "slow.handler"),
        PayloadFormatVersion="2.0",
        TimeoutInMillis=100,
    )["IntegrationId"]
    api.create_route(ApiId=api_id, RouteKey="$default", Target=f"integrations/{integration}")
    api.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True)
    status, _, body = cloud.request(f"/_aws/execute-api/{api_id}/x")
    assert (status, json.loads(body)) == (503, {"message": "Service Unavailable"})


def test_a_throttled_function_is_refused_and_counted(cloud: StandInCloud) -> None:
    """Reserved concurrency of zero throttles every door in its own way."""
    arn = cloud.function("gw-throttled")
    client = cloud.client("lambda")
    client.put_function_concurrency(FunctionName="gw-throttled", ReservedConcurrentExecutions=0)
    with pytest.raises(client.exceptions.TooManyRequestsException, match="Rate Exceeded"):
        cloud.client("lambda").invoke(FunctionName="gw-throttled")
    assert cloud.request(url_of(cloud, "gw-throttled"))[0] == 429
    assert cloud.request(rest_api(cloud, "gw-throttled", arn))[0] == 500
    eventually(lambda: len(cloud.metrics("AWS/Lambda Throttles", FunctionName="gw-throttled")) >= 3)
    assert not cloud.invocations("gw-throttled")


def test_dynamodb_is_measured_by_table_and_operation(cloud: StandInCloud) -> None:
    """Successes have a latency; refusals are counted where AWS counts them; nothing is emitted as a zero."""
    client = cloud.client("dynamodb")
    client.create_table(
        TableName="gw-table",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client.put_item(TableName="gw-table", Item={"id": {"S": "1"}})
    client.put_item(TableName="gw-table", Item={"id": {"S": "2"}})
    client.scan(TableName="gw-table")
    with pytest.raises(ClientError):
        client.put_item(TableName="gw-table", Item={"id": {"S": "1"}}, ConditionExpression="attribute_not_exists(id)")
    with pytest.raises(ClientError):
        client.get_item(TableName="gw-table", Key={"wrong": {"S": "1"}})
    latency = "AWS/DynamoDB SuccessfulRequestLatency"
    eventually(lambda: cloud.metrics("AWS/DynamoDB UserErrors"))
    assert len(cloud.metrics(latency, TableName="gw-table", Operation="PutItem")) == 2
    assert cloud.metrics("AWS/DynamoDB ReturnedItemCount", TableName="gw-table", Operation="Scan") == [2.0]
    assert cloud.metrics("AWS/DynamoDB ConditionalCheckFailedRequests", TableName="gw-table") == [1.0]
    assert not cloud.metrics("AWS/DynamoDB ThrottledRequests", TableName="gw-table", Operation="PutItem")


def test_eight_callers_do_not_wait_for_each_other(cloud: StandInCloud) -> None:
    """Eight calls of a function that takes a second are answered together, while the cloud answers others."""
    import threading

    cloud.function("gw-parallel", "slow.handler")
    path = url_of(cloud, "gw-parallel")
    running = threading.Barrier(9)
    answers: list[int] = []

    def shop() -> None:
        running.wait()
        answers.append(cloud.request(path)[0])

    threads = [threading.Thread(target=shop) for _ in range(8)]
    for thread in threads:
        thread.start()
    running.wait()
    eventually(lambda: len(cloud.invocations("gw-parallel")) == 8, 5)
    assert not answers  # all eight run at the same time
    assert cloud.request("/_shopfast/health")[0] == 200
    for thread in threads:
        thread.join()
    assert answers == [200] * 8


def test_a_traced_stage_is_a_segment(cloud: StandInCloud) -> None:
    """API Gateway's segment is the child of the caller's and the parent of the function's."""
    path = rest_api(cloud, "gw-traced", cloud.function("gw-traced"))
    patch = {"op": "replace", "path": "/tracingEnabled", "value": "true"}
    cloud.client("apigateway").update_stage(restApiId=path.split("/")[3], stageName="prod", patchOperations=[patch])
    cloud.request(path, headers={"X-Amzn-Trace-Id": TRACE})

    def written() -> list[dict[str, Any]]:
        documents = [e["document"] for e in cloud.ledger.read("segment")]
        return [d for d in documents if d["name"] == "gw-traced/prod"]

    segment = eventually(written)[0]
    integration = segment["subsegments"][0]
    assert (segment["trace_id"], segment["parent_id"]) == (ROOT, "53995c3f42cd8ad8")
    assert segment["origin"] == "AWS::ApiGateway::Stage"
    assert segment["http"]["response"]["status"] == 200
    assert integration["aws"]["function_name"] == "gw-traced"
    invoked = cloud.invocations("gw-traced")[0]["at"]
    times = segment["start_time"], integration["start_time"], invoked, integration["end_time"], segment["end_time"]
    assert list(times) == sorted(times)
    assert cloud.invocations("gw-traced")[0]["trace"] == f"Root={ROOT};Parent={integration['id']};Sampled=1"


def test_a_caller_who_decided_against_tracing_is_heard(cloud: StandInCloud) -> None:
    """No segment, and the header goes on as it was."""
    path = rest_api(cloud, "gw-unsampled", cloud.function("gw-unsampled"))
    patch = {"op": "replace", "path": "/tracingEnabled", "value": "true"}
    cloud.client("apigateway").update_stage(restApiId=path.split("/")[3], stageName="prod", patchOperations=[patch])
    unsampled = f"Root={ROOT};Sampled=0"
    cloud.request(path, headers={"X-Amzn-Trace-Id": unsampled})
    eventually(lambda: cloud.metrics("AWS/ApiGateway Count", ApiName="gw-unsampled"))
    assert cloud.invocations("gw-unsampled")[0]["trace"] == unsampled
    assert not [e for e in cloud.ledger.read("segment") if e["document"]["name"] == "gw-unsampled/prod"]


def test_an_injected_fault_is_what_clients_and_metrics_see(cloud: StandInCloud) -> None:
    """The SDK raises it, DynamoDB's own metric counts it, and the cloud keeps the ground truth; lifted, all is well."""
    dynamodb = cloud.client("dynamodb")
    key = {"AttributeName": "id", "KeyType": "HASH"}
    dynamodb.create_table(
        TableName="faulty",
        KeySchema=[key],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    error = "ProvisionedThroughputExceededException"
    fault = {"service": "dynamodb", "operation": "GetItem", "error": error, "times": 1}
    assert cloud.request("/_shopfast/faults", method="POST", body=json.dumps(fault).encode())[0] == 200
    with pytest.raises(ClientError) as caught:
        dynamodb.get_item(TableName="faulty", Key={"id": {"S": "1"}})
    assert caught.value.response["Error"]["Code"] == error
    assert "Item" not in dynamodb.get_item(TableName="faulty", Key={"id": {"S": "1"}})
    assert eventually(lambda: cloud.metrics("AWS/DynamoDB ReadThrottleEvents", TableName="faulty")) == [1.0]
    status, _, body = cloud.request("/_shopfast/faults")
    (listed,) = json.loads(body)["faults"]
    assert (status, listed["fired"]) == (200, 1)
    cloud.request("/_shopfast/faults", method="DELETE")
    assert json.loads(cloud.request("/_shopfast/faults")[2]) == {"faults": []}


@pytest.mark.parametrize(
    "fault", [{}, {"service": "s3", "error": "SlowDown"}, {"service": "dynamodb", "error": ""}, []]
)
def test_a_fault_that_no_client_could_read_is_refused(cloud: StandInCloud, fault: object) -> None:
    """With the reason."""
    status, _, body = cloud.request("/_shopfast/faults", method="POST", body=json.dumps(fault).encode())
    assert status == 400
    assert b"cannot be injected" in body
