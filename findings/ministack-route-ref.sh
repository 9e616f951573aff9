#!/usr/bin/env bash
# ministack 1.5.33: `Ref` of an AWS::ApiGatewayV2::Route in a CloudFormation template gives API and route, `a1b2c3d4/e5f6a7b8`. AWS
# documents that it gives the route's id, and GetRoute takes that id alone: a template that hands `!Ref Route` on to what
# calls GetRoute or UpdateRoute works on AWS and gets NotFoundException here. `Fn::GetAtt` of RouteId gives the id. The integration
# of the same API is referred to by its id alone.
# Seen: "Ref: api/route", "GetAtt RouteId: route", "GetRoute with the Ref: NotFoundException", "Ref of the integration: its id".
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q install ministack==1.5.33 boto3==1.43.106
cd "$work"
export HOME="$work" AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=y AWS_DEFAULT_REGION=us-east-1
GATEWAY_PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export GATEWAY_PORT MINISTACK_HOST=127.0.0.1
"$work/venv/bin/python" -m hypercorn ministack.app:app --bind "127.0.0.1:$GATEWAY_PORT" --log-level error >server.log 2>&1 &
server=$!
"$work/venv/bin/python" - <<'PY'
import json
import os
import sys
import time

import boto3
from botocore.exceptions import ClientError, EndpointConnectionError

TEMPLATE = {
    "Resources": {
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "door", "ProtocolType": "HTTP"}},
        "Integration": {
            "Type": "AWS::ApiGatewayV2::Integration",
            "Properties": {
                "ApiId": {"Ref": "Api"},
                "IntegrationType": "HTTP_PROXY",
                "IntegrationMethod": "GET",
                "IntegrationUri": "http://127.0.0.1:9/",
                "PayloadFormatVersion": "1.0",
            },
        },
        "Route": {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {
                "ApiId": {"Ref": "Api"},
                "RouteKey": "GET /",
                "Target": {"Fn::Join": ["/", ["integrations", {"Ref": "Integration"}]]},
            },
        },
    },
    "Outputs": {
        "Api": {"Value": {"Ref": "Api"}},
        "Route": {"Value": {"Ref": "Route"}},
        "RouteId": {"Value": {"Fn::GetAtt": ["Route", "RouteId"]}},
        "Integration": {"Value": {"Ref": "Integration"}},
    },
}
endpoint = f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}"
stacks, apis = (boto3.client(name, endpoint_url=endpoint) for name in ("cloudformation", "apigatewayv2"))
for _ in range(120):
    try:
        stacks.create_stack(StackName="s", TemplateBody=json.dumps(TEMPLATE))
        break
    except EndpointConnectionError:
        time.sleep(0.5)
for _ in range(120):
    stack = stacks.describe_stacks(StackName="s")["Stacks"][0]
    if stack["StackStatus"] != "CREATE_IN_PROGRESS":
        break
    time.sleep(0.5)
assert stack["StackStatus"] == "CREATE_COMPLETE", stack
out = {item["OutputKey"]: item["OutputValue"] for item in stack["Outputs"]}
route = apis.get_routes(ApiId=out["Api"])["Items"][0]["RouteId"]
integration = apis.get_integrations(ApiId=out["Api"])["Items"][0]["IntegrationId"]
try:
    apis.get_route(ApiId=out["Api"], RouteId=out["Route"])
    got = "the route"
except ClientError as problem:
    got = problem.response["Error"]["Code"]
seen = {
    "Ref": "api/route" if out["Route"] == f"{out['Api']}/{route}" else out["Route"],
    "GetAtt RouteId": "route" if out["RouteId"] == route else out["RouteId"],
    "GetRoute with the Ref": got,
    "Ref of the integration": "its id" if out["Integration"] == integration else out["Integration"],
}
for what, value in seen.items():
    print(f"{what}: {value}")
sys.exit(list(seen.values()) != ["api/route", "route", "NotFoundException", "its id"])
PY
