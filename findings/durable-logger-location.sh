#!/usr/bin/env bash
# aws-durable-execution-sdk-python 3.0.0 with aws-lambda-powertools 3.37.0: the Powertools Logger handed to
# `context.set_logger(logger)`, as both documents show it. The SDK's logger stands between the application and Powertools and passes
# no `stacklevel`: each line has the SDK's own place (`_log:150`) as its location, where the same logger called directly has the
# application's. And the execution is `executionArn`; Powertools' page on durable functions searches the lines by `execution_arn`,
# which none of them has.
# Seen: "through the context: location _log:150, executionArn yes, execution_arn no" and "directly: location handler:9".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "aws-durable-execution-sdk-python==3.0.0" \
  "aws-durable-execution-sdk-python-testing==1.4.0" "aws-lambda-powertools[tracer]==3.37.0"
cat >app.py <<'PY'
from aws_durable_execution_sdk_python import durable_execution
from aws_lambda_powertools import Logger
logger = Logger(service="orders")
@logger.inject_lambda_context
@durable_execution
def handler(event, context):
    context.set_logger(logger)
    context.logger.info("through the context")
    logger.info("directly")
    return context.step(lambda step: 1, name="one")
PY
cat >look.py <<'PY'
import contextlib, io, json
from aws_durable_execution_sdk_python_testing.runner import DurableFunctionTestRunner
import app
with contextlib.redirect_stdout(io.StringIO()) as out:
    app.logger.handlers[0].stream = out
    with DurableFunctionTestRunner(handler=app.handler) as runner:
        runner.run(input="{}", execution_timeout=30)
for line in map(json.loads, out.getvalue().splitlines()):
    said = f"{line['message']}: location {line['location']}"
    if line["message"] == "through the context":
        said += "".join(f", {name} {'yes' if name in line else 'no'}" for name in ("executionArn", "execution_arn"))
    print(said)
PY
AWS_DEFAULT_REGION=eu-west-1 POWERTOOLS_TRACE_DISABLED=1 venv/bin/python look.py | tee seen.txt
diff seen.txt - <<'SEEN'
through the context: location _log:150, executionArn yes, execution_arn no
directly: location handler:9
SEEN
