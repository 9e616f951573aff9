#!/usr/bin/env bash
# ministack 1.5.33, moto 5.2.5: StartExecution again with the name and the input of a standard execution that still runs.
# AWS documents that the call "succeeds and returns the same response as the original request". moto does that; MiniStack answers
# ExecutionAlreadyExists, so a retried producer fails on one emulator and not on the other.
# Seen: "moto: the same execution" and "ministack: ExecutionAlreadyExists".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q install ministack==1.5.33 'moto[stepfunctions]==5.2.5' boto3==1.43.106
cd "$work"
"$work/venv/bin/python" - <<'PY'
import json
import os

import boto3
from moto import mock_aws

STATES = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 30, "End": True}}}
MACHINE = {"name": "m", "definition": json.dumps(STATES), "roleArn": "arn:aws:iam::123456789012:role/r"}
CALL = {"name": "order-1", "input": '{"order": 1}'}

with mock_aws():
    keys = {"region_name": "us-east-1", "aws_access_key_id": "x", "aws_secret_access_key": "y"}
    client = boto3.client("stepfunctions", **keys)
    arn = client.create_state_machine(**MACHINE)["stateMachineArn"]
    both = {client.start_execution(stateMachineArn=arn, **CALL)["executionArn"] for _ in range(2)}
    moto = "the same execution" if len(both) == 1 else "two executions"

from ministack.services import stepfunctions  # noqa: E402

arn = json.loads(stepfunctions._create_state_machine(dict(MACHINE))[2])["stateMachineArn"]
answers = [stepfunctions._start_execution({"stateMachineArn": arn, **CALL}) for _ in range(2)]
running = [each["status"] for each in stepfunctions._executions.values()]
assert answers[0][0] == 200 and running == ["RUNNING"], (answers, running)
ministack = str(json.loads(answers[1][2]).get("__type", "the same execution")).rpartition("#")[2]
print("moto:", moto)
print("ministack:", ministack, flush=True)
# At once: the execution that still runs keeps the interpreter from ending.
os._exit((moto, ministack) != ("the same execution", "ExecutionAlreadyExists"))
PY
