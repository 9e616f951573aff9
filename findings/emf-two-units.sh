#!/usr/bin/env bash
# aws-lambda-powertools 3.37.0, aws-embedded-metrics 3.5.0: one metric name, added in seconds and then in milliseconds before a flush.
# Neither library warns, refuses or converts. Each writes both values under one unit, Powertools under the last and
# aws-embedded-metrics under the first: 5 s and 250 ms reach CloudWatch as 5 and 250 ms from one, as 5 and 250 s from the other.
# (A second storage resolution for a name is refused by aws-embedded-metrics.)
# Seen: "powertools: [5.0, 250.0] Milliseconds" and "embedded metrics: [5, 250] Seconds".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q install aws-lambda-powertools==3.37.0 aws-embedded-metrics==3.5.0
cd "$work"
export POWERTOOLS_SERVICE_NAME=orders POWERTOOLS_METRICS_NAMESPACE=Shop AWS_EMF_NAMESPACE=Shop AWS_EMF_ENVIRONMENT=Lambda
"$work/venv/bin/python" -W error - <<'PY'
import contextlib
import io
import json
import sys
from types import SimpleNamespace

from aws_embedded_metrics import metric_scope
from aws_lambda_powertools import Metrics

powertools = Metrics()


@powertools.log_metrics
def with_powertools(event, context):
    powertools.add_metric("Latency", "Seconds", 5)
    powertools.add_metric("Latency", "Milliseconds", 250)


@metric_scope
def with_embedded_metrics(event, context, metrics):
    metrics.put_metric("Latency", 5, "Seconds")
    metrics.put_metric("Latency", 250, "Milliseconds")


def written(handler):
    with contextlib.redirect_stdout(io.StringIO()) as stream:
        handler({}, SimpleNamespace(function_name="orders"))
    document = json.loads(stream.getvalue())
    (metric,) = document["_aws"]["CloudWatchMetrics"][0]["Metrics"]
    return f"{document['Latency']} {metric['Unit']}"


seen = {"powertools": written(with_powertools), "embedded metrics": written(with_embedded_metrics)}
for library, values in seen.items():
    print(f"{library}: {values}")
sys.exit(seen != {"powertools": "[5.0, 250.0] Milliseconds", "embedded metrics": "[5, 250] Seconds"})
PY
