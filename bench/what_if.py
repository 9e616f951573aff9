"""Predictions of `report what-if` beside what was measured after the change: another memory size, a batch in place of
many calls, calls at once; p50 and p95 of a route.

Before and after are two versions of the function on one cloud; the function reads from its environment what it does.
"""
# ruff: noqa: ANN401 - boto3 makes its clients at run time

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from bench._clouds import client, create_function, local_cloud
from shopfast_obs import cli
from shopfast_obs.localcloud.process import CloudInfo

REQUESTS = 60
XRAY = "arn:aws:lambda:us-east-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python311-x86_64:27"
START = "import os, boto3\nfrom aws_xray_sdk.core import patch_all\npatch_all()\n"
COMPUTES = f"""{START}
import hashlib
table = boto3.resource("dynamodb").Table("items")
def lambda_handler(event, context):
    data = table.get_item(Key={{"id": "1"}})["Item"]["text"].encode()
    for _ in range(60_000):
        data = hashlib.sha256(data).digest()
    return len(data)
"""
READS = f"""{START}
dynamodb = boto3.resource("dynamodb")
def lambda_handler(event, context):
    keys = [{{"id": str(number)}} for number in range(40)]
    if os.environ.get("MODE") == "after":
        return len(dynamodb.batch_get_item(RequestItems={{"items": {{"Keys": keys}}}})["Responses"]["items"])
    table = dynamodb.Table("items")
    return len([table.get_item(Key=key)["Item"] for key in keys])
"""
ASKS = f"""{START}
from concurrent.futures import ThreadPoolExecutor
lambda_ = boto3.client("lambda")
def ask(name):
    return lambda_.invoke(FunctionName=name)["StatusCode"]
def lambda_handler(event, context):
    names = ["waits-150", "waits-250", "waits-200"]
    if os.environ.get("MODE") == "after":
        with ThreadPoolExecutor(3) as pool:
            return list(pool.map(ask, names))
    return [ask(name) for name in names]
"""
WAITS = "import time\ndef lambda_handler(event, context):\n    time.sleep({seconds})\n"
ACTIVE = {"TracingConfig": {"Mode": "Active"}, "Layers": [XRAY], "Timeout": 30}
CASES = (  # the function, its code, its size, the change, and how it is made
    ("computes", COMPUTES, 256, "memory=computes:1024", {"MemorySize": 1024}),
    ("reads", READS, 1769, "batch=reads: DynamoDB GetItem items", {"Environment": {"Variables": {"MODE": "after"}}}),
    ("asks", ASKS, 1769, "at-once=asks: *", {"Environment": {"Variables": {"MODE": "after"}}}),
)


def main() -> None:
    with local_cloud() as cloud, tempfile.TemporaryDirectory() as folder:
        _prepare(cloud)
        for name, code, memory_mb, change, made in CASES:
            create_function(cloud.endpoint_url, name, code, MemorySize=memory_mb, **ACTIVE)
            promise = Path(folder, f"{name}.json")
            measured = _tuned(cloud, name, promise) if name == "computes" else []
            began = _requests(cloud, name)
            promise.write_text(
                _run(cloud, "report", "what-if", "--since", began, "--change", change, *measured, "--format", "json")
            )
            lambda_ = client(cloud.endpoint_url, "lambda")
            lambda_.update_function_configuration(FunctionName=name, **made)
            began = _requests(cloud, name)
            judged = json.loads(_run(cloud, "compare", "--promise", str(promise), f"{began}..", "--format", "json"))
            for one in judged["judged"]:
                least, most = one["promised"]
                nearest = min(max(one["measured"], least), most)
                print(
                    f"{change:40} {one['percentile']}  before {one['before'] * 1000:6.0f} ms  promised "
                    f"{least * 1000:5.0f} - {most * 1000:5.0f} ms  measured {one['measured'] * 1000:6.0f} ms "
                    f"({one['measured'] / nearest - 1:+6.1%} beside it)  {one['outcome']}"
                )


def _prepare(cloud: CloudInfo) -> None:
    """A table of forty items, and three functions that wait."""
    dynamodb = client(cloud.endpoint_url, "dynamodb")
    dynamodb.create_table(
        TableName="items",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for number in range(40):
        dynamodb.put_item(TableName="items", Item={"id": {"S": str(number)}, "text": {"S": "x" * 200}})
    for milliseconds in (150, 200, 250):
        code = WAITS.format(seconds=milliseconds / 1000)
        create_function(cloud.endpoint_url, f"waits-{milliseconds}", code, Timeout=5)


def _requests(cloud: CloudInfo, name: str) -> str:
    """Invoke the function one request after another, the first to warm it up; when the others began."""
    lambda_ = client(cloud.endpoint_url, "lambda")
    lambda_.invoke(FunctionName=name)
    time.sleep(1)
    began = time.time()
    for _ in range(REQUESTS):
        answer = lambda_.invoke(FunctionName=name)
        if "FunctionError" in answer:
            raise RuntimeError(answer["Payload"].read())
    time.sleep(1)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(began))


def _tuned(cloud: CloudInfo, name: str, promise: Path) -> Sequence[str]:
    """The function measured at both sizes."""
    file = promise.with_suffix(".tuned")
    file.write_text(_run(cloud, "tune", name, "--memory", "256,1024", "--yes", "--format", "json"))
    return ["--measured", str(file)]


def _run(cloud: CloudInfo, *line: Any) -> str:
    environment = {"SHOPFAST_OBS_STATE": str(cloud.state.parent)}
    done = CliRunner().invoke(cli.main, list(line), env=environment, catch_exceptions=False)
    if done.exit_code not in (0, 1):
        raise RuntimeError(done.output)
    return done.stdout


if __name__ == "__main__":
    main()
