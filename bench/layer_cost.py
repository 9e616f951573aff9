"""What the layer adds to a warm request in CPU time, handler called directly; `--beside CHECKOUT` measures another
commit's layer in the same run, in turn."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from bench.instrument_cost import EVENT

TURNS, EACH = 30, 100  # turns of each, and requests of a turn
MESSAGE = {
    "messageId": "m",
    "receiptHandle": "h",
    "body": json.dumps({"items": [{"price": 3, "quantity": n} for n in range(20)]}),
    "attributes": {"ApproximateReceiveCount": "1"},
    "messageAttributes": {},
    "eventSource": "aws:sqs",
}
EVENTS = {
    "HTTP request": EVENT,
    "EventBridge event": {
        "version": "0",
        "detail-type": "OrderPlaced",
        "source": "shop",
        "resources": [],
        "detail": {"order": "o-1", "items": [{"sku": f"s-{n}", "price": {"amount": n}} for n in range(20)]},
    },
    "SQS message": {"Records": [MESSAGE]},
    "SQS, 10 with ids": {
        "Records": [
            {**MESSAGE, "messageAttributes": {"correlation_id": {"stringValue": f"id-{n}", "dataType": "String"}}}
            for n in range(10)
        ]
    },
}
CHILD = """
import json, os, sys, time, types
from aws_lambda_powertools import Logger, Metrics, Tracer
from shopfast_obs.runtime import observed, traced

logger, tracer, metrics = Logger(service="o"), Tracer(service="o"), Metrics(namespace="n", service="o")


@metrics.log_metrics(capture_cold_start_metric=True)
@tracer.capture_lambda_handler(capture_response=False)
@logger.inject_lambda_context
def alone(event, context):
    for record in event.get("Records") or [event]:
        logger.info("working")
    return {"statusCode": 200}


@metrics.log_metrics(capture_cold_start_metric=True)
@traced
@logger.inject_lambda_context
def spans(event, context):
    return alone.__wrapped__.__wrapped__.__wrapped__(event, context)


class Context:
    function_name, memory_limit_in_mb, aws_request_id, client_context = "f", "512", "r-1", None
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:f"

    def get_remaining_time_in_millis(self):
        return 30000


ROOT = "Root=1-5759e988-bd862e3fe1be46a994272793"
told = sys.stdout
sys.stdout = open(os.devnull, "w")
for handler in logger.handlers:
    handler.setStream(sys.stdout)
handlers = {"alone": alone, "layer": observed(alone), "OpenTelemetry": observed(spans)}
for line in sys.stdin:
    which, event, times, sampled = json.loads(line)
    call, context = handlers[which], Context()
    copies = [json.loads(json.dumps(event)) for _ in range(times)]
    begun = time.process_time()
    for number, given in enumerate(copies):
        os.environ["_X_AMZN_TRACE_ID"] = f"{ROOT};Parent={number:016x};Sampled={sampled}"
        call(given, context)
    print((time.process_time() - begun) / times * 1e6, file=told, flush=True)
"""


class Side:
    """A process with the layer of one checkout."""

    def __init__(self, checkout: Path) -> None:
        environment = {
            **os.environ,
            "PYTHONPATH": str(checkout),
            "LAMBDA_TASK_ROOT": "/var/task",
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9",
            "AWS_LAMBDA_FUNCTION_NAME": "f",
            "POWERTOOLS_METRICS_NAMESPACE": "n",
            "POWERTOOLS_METRICS_FUNCTION_NAME": "f",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-c", CHILD],
            env=environment,
            cwd=checkout,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def microseconds(self, which: str, event: object, sampled: int = 0) -> float:
        """CPU time of one of some requests."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps([which, event, EACH, sampled]) + "\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def close(self) -> None:
        """End it."""
        self._process.communicate()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beside", type=Path)
    beside = parser.parse_args().beside
    here = Path(__file__).parents[1]
    sides = {"this checkout": Side(here)} | ({str(beside): Side(beside)} if beside else {})
    try:
        for name, event in EVENTS.items():
            best: dict[tuple[str, str], float] = {}
            for turn in range(TURNS + 1):
                for side, process in sides.items():
                    for which in ("alone", "layer"):
                        taken = process.microseconds(which, event)
                        if turn:  # the first one warms up
                            best[side, which] = min(taken, best.get((side, which), taken))
            for side in sides:
                alone, layer = best[side, "alone"], best[side, "layer"]
                print(
                    f"{name:18} Powertools {alone:6.1f} us, with the layer {layer:6.1f} (+{layer - alone:5.1f})  {side}"
                )
        roads(sides)
    finally:
        for process in sides.values():
            process.close()
    print(f"CPU time of a request, the least of {TURNS} turns of {EACH} requests, in turn")


def roads(sides: dict[str, Side]) -> None:
    """What both ways of tracing cost in a sampled HTTP request: one part of the trace, made, written and sent."""
    event = EVENTS["HTTP request"]
    best = {(side, which): float("inf") for side in sides for which in ("layer", "OpenTelemetry")}
    for turn in range(TURNS + 1):
        for side, which in tuple(best):
            taken = sides[side].microseconds(which, event, 1)
            if turn:
                best[side, which] = min(taken, best[side, which])
    for side in sides:
        xray, spans = best[side, "layer"], best[side, "OpenTelemetry"]
        print(f"HTTP request, sampled: X-Ray SDK {xray:.1f} us, OpenTelemetry {spans:.1f} us  {side}")


if __name__ == "__main__":
    main()
