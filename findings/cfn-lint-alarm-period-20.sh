#!/usr/bin/env bash
# cfn-lint 1.58.0, boto3 1.43.106: an alarm with a period of 20 seconds on a metric of high resolution.
# The service's own description of PutMetricAlarm, which botocore carries, names 10, 20, 30 and multiples of 60 as valid. cfn-lint knows
# 10 and 30 and calls a template with 20 an error (E3615), so a pipeline that lints refuses what CloudWatch takes.
# Terraform's provider had the same gap (hashicorp/terraform-provider-aws issue 42389, closed).
# Seen: "service: 10, 20, 30, and any multiple of 60", "cfn-lint 10: clean", "cfn-lint 20: E3615", "cfn-lint 30: clean".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q install cfn-lint==1.58.0 boto3==1.43.106 botocore==1.43.106
cd "$work"
"$work/venv/bin/python" - <<'PY'
import re
import sys

import botocore.session
from cfnlint import ManualArgs
from cfnlint.api import lint

TEMPLATE = """
Resources:
  Slow:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: Shop
      MetricName: Latency
      Statistic: Maximum
      Period: %d
      EvaluationPeriods: 3
      Threshold: 1000
      ComparisonOperator: GreaterThanThreshold
"""
model = botocore.session.get_session().get_service_model("cloudwatch")
period = model.operation_model("PutMetricAlarm").input_shape.members["Period"].documentation
(valid,) = re.findall(r"Valid values are ([^.]*)\.", re.sub("<[^>]*>", "", period))
seen = {"service": valid}
for seconds in (10, 20, 30):
    matches = lint(TEMPLATE % seconds, config=ManualArgs(regions=["us-east-1"]))
    seen[f"cfn-lint {seconds}"] = " ".join(match.rule.id for match in matches) or "clean"
for what, said in seen.items():
    print(f"{what}: {said}")
sys.exit(list(seen.values()) != ["10, 20, 30, and any multiple of 60", "clean", "E3615", "clean"])
PY
