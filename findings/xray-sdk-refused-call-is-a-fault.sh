#!/usr/bin/env bash
# aws-xray-sdk 2.15.0: a 4xx answer, by the SDK's patch of botocore and by its patch of requests.
# X-Ray's documentation says "error" for client errors (4xx) and "fault" for server errors (5xx). The patch of requests does that. The
# patch of botocore sets both for the 400 of a DynamoDB condition that does not hold, the ordinary answer of an idempotent write: it
# records the exception, and that marks a fault whatever the status. Fault rates and `fault = true` filters count each of them.
# Named in aws-powertools/powertools-lambda-python issue 334 (closed, left to the SDK).
# Seen: "requests, 400: error" and "botocore, 400: error fault".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q install aws-xray-sdk==2.15.0 boto3==1.44.8 botocore==1.44.8 requests==2.32.5
cd "$work"
export HOME="$work" AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=y AWS_DEFAULT_REGION=us-east-1
"$work/venv/bin/python" - <<'PY'
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import boto3
import requests
from aws_xray_sdk.core import patch, xray_recorder
from aws_xray_sdk.core.emitters.udp_emitter import UDPEmitter

kept = []


class Kept(UDPEmitter):
    def send_entity(self, entity):
        kept.append(entity)


class Table(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        kind = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"
        body = json.dumps({"__type": kind, "message": "The conditional request failed"}).encode()
        self.send_response(400)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *ignored):
        pass


def put(url):
    client = boto3.client("dynamodb", endpoint_url=url)
    try:
        client.put_item(TableName="orders", Item={"id": {"S": "1"}}, ConditionExpression="attribute_not_exists(id)")
    except client.exceptions.ConditionalCheckFailedException:
        return
    raise AssertionError("the condition held")


def flags(call, name):
    kept.clear()
    with xray_recorder.in_segment("orders"):
        call()
    (segment,) = kept
    (one,) = (each for each in segment.subsegments if each.name == name)
    assert one.http["response"]["status"] == 400, one.http
    return [flag for flag in ("error", "fault", "throttle") if getattr(one, flag, False)]


server = HTTPServer(("127.0.0.1", 0), Table)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
xray_recorder.configure(service="orders", sampling=False, emitter=Kept())
patch(["botocore", "requests"])
seen = {
    "requests": flags(lambda: requests.post(url, data=b"{}", timeout=9), "127.0.0.1"),
    "botocore": flags(lambda: put(url), "dynamodb"),
}
server.shutdown()
for library, found in seen.items():
    print(f"{library}, 400:", *found)
sys.exit(seen != {"requests": ["error"], "botocore": ["error", "fault"]})
PY
