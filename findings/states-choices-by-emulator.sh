#!/usr/bin/env bash
# moto 5.2.5, ministack 1.5.33: two rules of a Choice state. The States Language compares timestamps of RFC 3339, fractions of a second
# included, as Step Functions itself writes them in $$.State.EnteredTime; and IsPresent asks whether the field is there, be it null.
# moto knows whole seconds in UTC alone: 11:59:59.999Z is not less than 12:00:00Z, and the machine takes the default branch without
# an error. MiniStack calls a field that is null absent. Each emulator is right where the other is wrong.
# Seen: "whole second before noon: moto yes, ministack yes", "millisecond before noon: moto no, ministack yes" and
# "null is present: moto yes, ministack no".
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


def asking(rule):
    ask = {"Type": "Choice", "Choices": [{"Variable": "$.field", **rule, "Next": "yes"}], "Default": "no"}
    branches = {name: {"Type": "Pass", "Result": {"branch": name}, "End": True} for name in ("yes", "no")}
    return {"StartAt": "Ask", "States": {"Ask": ask, **branches}}


before_noon = asking({"TimestampLessThan": "2026-11-30T12:00:00Z"})
cases = {
    "whole second before noon": (before_noon, {"field": "2026-11-30T11:59:59Z"}),
    "millisecond before noon": (before_noon, {"field": "2026-11-30T11:59:59.999Z"}),
    "null is present": (asking({"IsPresent": True}), {"field": None}),
}
expected = {
    "whole second before noon": ["yes", "yes"],
    "millisecond before noon": ["no", "yes"],
    "null is present": ["yes", "no"],
}
compare(cases, expected, lambda output: json.loads(output)["branch"])
PY
"$work/venv/bin/python" cases.py 2>log || {
    cat log >&2
    exit 1
}
