#!/usr/bin/env bash
# aws-lambda-powertools 3.37.0 and aws-embedded-metrics 3.5.0: a metric's own time, set in one invocation of a warm process.
# A flush of Powertools' Metrics clears metrics, dimensions and metadata, yet keeps what `set_timestamp` set: every later invocation
# of the process stamps its metrics with that old time, so today's datapoints land an hour (or 14 days) back, where no alarm looks.
# `metric_scope` of aws-embedded-metrics gives each invocation a time of its own.
# Seen, as minutes before now in three invocations of which the second backfills an hour: "powertools: 0 60 60" and
# "embedded metrics: 0 60 0".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q install aws-lambda-powertools==3.37.0 aws-embedded-metrics==3.5.0
cd "$work"
export POWERTOOLS_SERVICE_NAME=orders POWERTOOLS_METRICS_NAMESPACE=Shop AWS_EMF_NAMESPACE=Shop AWS_EMF_ENVIRONMENT=Lambda
"$work/venv/bin/python" - <<'PY'
import contextlib
import io
import json
import sys
from datetime import datetime, timedelta
from types import SimpleNamespace

from aws_embedded_metrics import metric_scope
from aws_lambda_powertools import Metrics

powertools = Metrics()
CONTEXT = SimpleNamespace(function_name="orders")
NOW = datetime.now()
EVENTS = [None, NOW - timedelta(minutes=60), None]


@powertools.log_metrics
def with_powertools(event, context):
    if event:
        powertools.set_timestamp(event)
    powertools.add_metric("Orders", "Count", 1)


@metric_scope
def with_embedded_metrics(event, context, metrics):
    if event:
        metrics.set_timestamp(event)
    metrics.put_metric("Orders", 1, "Count")


def minutes_back(handler):
    for event in EVENTS:
        with contextlib.redirect_stdout(io.StringIO()) as written:
            handler(event, CONTEXT)
        stamped = json.loads(written.getvalue())["_aws"]["Timestamp"]
        yield round((NOW.timestamp() - stamped / 1000) / 60)


seen = {"powertools": list(minutes_back(with_powertools)), "embedded metrics": list(minutes_back(with_embedded_metrics))}
for library, minutes in seen.items():
    print(f"{library}:", *minutes)
sys.exit(seen != {"powertools": [0, 60, 60], "embedded metrics": [0, 60, 0]})
PY
