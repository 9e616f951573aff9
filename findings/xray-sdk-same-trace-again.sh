#!/bin/bash
# aws-xray-sdk 2.15.0 in Lambda: an environment that is invoked twice within one trace (a workflow calls it twice, a
# retry) keeps the parent of the first invocation. The trace header is compared by its root alone, so the second
# invocation's subsegments are sent as children of the first function segment.
# Output seen: "parents sent: ['1111111111111111', '1111111111111111']"; the second header said 2222222222222222.
set -euo pipefail
cd "$(mktemp -d)"
python3 -m venv venv && venv/bin/pip install -q aws-xray-sdk==2.15.0
mkdir -p task && LAMBDA_TASK_ROOT="$PWD/task" AWS_LAMBDA_FUNCTION_NAME=f venv/bin/python - <<'P'
import os
import sys

from aws_xray_sdk.core import xray_recorder

sent = []


class Emitter:
    def send_entity(self, entity):
        sent.append(entity.parent_id)

    def set_daemon_address(self, address):
        pass


os.environ["_X_AMZN_TRACE_ID"] = "Root=1-6b0e07c7-0af7651916cd43dd8448eb21;Parent=1111111111111111;Sampled=1"
xray_recorder.configure(emitter=Emitter())
for parent in ("1111111111111111", "2222222222222222"):  # two invocations of one warm environment
    os.environ["_X_AMZN_TRACE_ID"] = f"Root=1-6b0e07c7-0af7651916cd43dd8448eb21;Parent={parent};Sampled=1"
    with xray_recorder.in_subsegment("handler"):
        pass
print("parents sent:", sent)
sys.exit(sent != ["1111111111111111"] * 2)
P
