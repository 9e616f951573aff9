#!/usr/bin/env bash
# moto 5.2.5, ministack 1.5.33: two JSONPaths in the Parameters of a Pass state, input {"orders": [{"id": 17}, {"id": 18}]}.
# Step Functions gives one value for a path that can name one node only, and a list for a filter: 17 for `$.orders[0].id` and [17] for
# `$.orders[?(@.id == 17)].id`. moto wraps the first into a list (as of its fix for getmoto/moto issue 7825), so the task behind
# it gets [17]. MiniStack answers the second with null and the execution succeeds. Each emulator is right where the other is
# wrong, and neither says a word: a machine tested on one behaves otherwise on the other.
# Seen: "index: moto [17], ministack 17" and "filter: moto [17], ministack null".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q install ministack==1.5.33 'moto[stepfunctions]==5.2.5' boto3==1.43.106
cd "$work"
cat >machines.py <<'PY'
import json
import os
import sys
import time

import boto3
from moto import mock_aws

KEYS = {"region_name": "us-east-1", "aws_access_key_id": "x", "aws_secret_access_key": "y"}
ROLE = "arn:aws:iam::123456789012:role/states"


def finished(output_of):
    for _ in range(300):
        status, output = output_of()
        if status != "RUNNING":
            return output if status == "SUCCEEDED" else status
        time.sleep(0.1)
    return "RUNNING"


@mock_aws(config={"stepfunctions": {"execute_state_machine": True}})
def with_moto(definition, given):
    client = boto3.client("stepfunctions", **KEYS)
    machine = client.create_state_machine(name="m", definition=json.dumps(definition), roleArn=ROLE)["stateMachineArn"]
    execution = client.start_execution(stateMachineArn=machine, input=json.dumps(given))["executionArn"]

    def output_of():
        described = client.describe_execution(executionArn=execution)
        return described["status"], described.get("output")

    return finished(output_of)


def with_ministack(definition, given):
    from ministack.services import stepfunctions

    asked = {"name": f"m{time.time_ns()}", "definition": json.dumps(definition), "roleArn": ROLE}
    machine = json.loads(stepfunctions._create_state_machine(asked)[2])["stateMachineArn"]
    started = stepfunctions._start_execution({"stateMachineArn": machine, "input": json.dumps(given)})
    execution = stepfunctions._executions[json.loads(started[2])["executionArn"]]
    return finished(lambda: (execution["status"], execution.get("output")))


def compare(cases, expected, shown):
    seen = {}
    for name, (definition, given) in cases.items():
        seen[name] = [shown(run(definition, given)) for run in (with_moto, with_ministack)]
        print(f"{name}: moto {seen[name][0]}, ministack {seen[name][1]}", flush=True)
    # At once: threads of the emulators need not end.
    sys.stdout.flush()
    os._exit(seen != expected)
PY
cat >cases.py <<'PY'
import json

from machines import compare

ORDERS = {"orders": [{"id": 17}, {"id": 18}]}


def taking(path):
    return {"StartAt": "Take", "States": {"Take": {"Type": "Pass", "Parameters": {"taken.$": path}, "End": True}}}


cases = {"index": (taking("$.orders[0].id"), ORDERS), "filter": (taking("$.orders[?(@.id == 17)].id"), ORDERS)}
compare(cases, {"index": ["[17]", "17"], "filter": ["[17]", "null"]}, lambda output: json.dumps(json.loads(output)["taken"]))
PY
"$work/venv/bin/python" cases.py 2>log || {
    cat log >&2
    exit 1
}
