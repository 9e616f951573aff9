"""Plain AWS clients for a whole cloud, and a function that says what it was told."""

import io
import json
import time
import zipfile
from typing import Any

from shopfast_obs.localcloud import process
from tests.localcloud import keys

SOURCE = """
import json
import os
import urllib.request

import boto3
import botocore

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
    sdk = botocore.__version__
    return {"statusCode": 200, "sdk": sdk, "body": json.dumps({"trace": os.environ.get("_X_AMZN_TRACE_ID", ""),
        "id": context.aws_request_id, "endpoint": os.environ["AWS_ENDPOINT_URL"],
        "custom": getattr(context.client_context, "custom", None)})}
"""
FUNCTION = {"Runtime": "python3.11", "Handler": "app.handler", "Role": "arn:aws:iam::000000000000:role/r"}


def make_function(info: process.CloudInfo) -> str:
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
    return keys.client(info.endpoint_url, info.state, service)


def invoke(info: process.CloudInfo, function: str, **event: Any) -> tuple[Any, dict[str, Any]]:
    """The function's answer, and the call's."""
    answer = client(info, "lambda").invoke(FunctionName=function, Payload=json.dumps(event).encode(), LogType="Tail")
    return json.loads(answer["Payload"].read()), answer


def advance(info: process.CloudInfo, seconds: float) -> None:
    """Move the cloud's clock."""
    body = json.dumps({"advance": seconds}).encode()
    assert keys.control(info.endpoint_url, info.state, "clock", "POST", body)[0] == 200
    time.sleep(0.3)  # alarms are evaluated in real time, a few times a second
