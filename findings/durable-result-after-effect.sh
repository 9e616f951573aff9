#!/usr/bin/env bash
# aws-durable-execution-sdk-python 3.0.0: what a step may give back is looked at once the step has run. A dictionary, a tuple, a
# Decimal and a datetime come back as they are; a set ends the execution after the step has had its effect, without another attempt
# though a step that fails in any other way is tried six times.
# Seen: "dict: SUCCEEDED after 1 run", the same for tuple, Decimal and datetime, and "set: FAILED after 1 run with SerDesError".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "aws-durable-execution-sdk-python==3.0.0" \
  "aws-durable-execution-sdk-python-testing==1.4.0"
cat >look.py <<'PY'
import logging
from datetime import UTC, datetime
from decimal import Decimal
from aws_durable_execution_sdk_python import durable_execution
from aws_durable_execution_sdk_python_testing.runner import DurableFunctionTestRunner
logging.disable(logging.CRITICAL)
RESULTS = {"dict": {"a": 1}, "tuple": (1, 2), "Decimal": Decimal("1.5"), "datetime": datetime(2026, 1, 1, tzinfo=UTC), "set": {1}}
ran = []
@durable_execution
def handler(event, context):
    def effect(step):
        ran.append(event["kind"])
        return RESULTS[event["kind"]]
    return type(context.step(effect, name="effect")).__name__
for kind in RESULTS:
    with DurableFunctionTestRunner(handler=handler) as runner:
        result = runner.run(input=f'{{"kind": "{kind}"}}', execution_timeout=60)
    error = f" with {result.error.type.rpartition('.')[2]}" if result.error else ""
    print(f"{kind}: {result.status.value} after {ran.count(kind)} run{error}")
PY
AWS_DEFAULT_REGION=eu-west-1 venv/bin/python look.py | tee seen.txt
diff seen.txt - <<'SEEN'
dict: SUCCEEDED after 1 run
tuple: SUCCEEDED after 1 run
Decimal: SUCCEEDED after 1 run
datetime: SUCCEEDED after 1 run
set: FAILED after 1 run with SerDesError
SEEN
