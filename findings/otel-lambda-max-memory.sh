#!/usr/bin/env bash
# opentelemetry-sdk-extension-aws 2.1.0 (Python) and @opentelemetry/resource-detector-aws 2.23.0 (JavaScript): `faas.max_memory` of one
# Lambda function of 512 MB. The semantic conventions want bytes and say that AWS_LAMBDA_FUNCTION_MEMORY_SIZE must be multiplied by
# 1,048,576. The JavaScript detector does so; the Python one hands on the number of megabytes, as a number without a unit: what is
# written for one language is out by a million for the other. The Go detector has the same open report
# (open-telemetry/opentelemetry-go-contrib issue 7591).
# Seen: "python: 512" and "javascript: 536870912".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip -q install opentelemetry-sdk-extension-aws==2.1.0 opentelemetry-sdk==1.45.1
npm install --silent --no-audit --no-fund @opentelemetry/resource-detector-aws@2.23.0 @opentelemetry/api@1.9.1 >npm.log
export AWS_LAMBDA_FUNCTION_NAME=orders AWS_LAMBDA_FUNCTION_VERSION=1 AWS_LAMBDA_FUNCTION_MEMORY_SIZE=512 AWS_REGION=us-east-1
export AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/orders AWS_LAMBDA_LOG_STREAM_NAME='2026/11/30/[1]0123456789abcdef'
{
    echo "python: $(AWS_EXECUTION_ENV=AWS_Lambda_python3.13 venv/bin/python -c '
from opentelemetry.sdk.extension.aws.resource import AwsLambdaResourceDetector
print(AwsLambdaResourceDetector(raise_on_error=True).detect().attributes["faas.max_memory"])')"
    echo "javascript: $(AWS_EXECUTION_ENV=AWS_Lambda_nodejs22.x node -p '
require("@opentelemetry/resource-detector-aws").awsLambdaDetector.detect().attributes["faas.max_memory"]')"
} | tee seen.txt
diff seen.txt - <<'SEEN'
python: 512
javascript: 536870912
SEEN
