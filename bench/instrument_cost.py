"""What instrumentation costs on the local cloud, with the X-Ray SDK and with OpenTelemetry: added time of a warm
request and of the init, in one run, and the layers' sizes."""

from __future__ import annotations

import statistics
import tempfile
import time
import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.lambda_host import NOWHERE, Nowhere, function, invoke
from shopfast_obs.instrument.engine import transform
from shopfast_obs.instrument.infrastructure.layer import archive
from shopfast_obs.instrument.interface import ModuleContext
from shopfast_obs.instrument.registry import selected
from shopfast_obs.localcloud.clock import CloudClock
from shopfast_obs.localcloud.interface import FunctionHost, FunctionSpec
from shopfast_obs.localcloud.lambdahost import open_host
from shopfast_obs.model.overlay import Layer
from shopfast_obs.model.telemetry import InvocationReport, LogEvent
from shopfast_obs.parse.logs import platform

HANDLER = """
import json
import boto3

client = boto3.client("dynamodb", region_name="eu-west-1")


def lambda_handler(event, context):
    items = json.loads(event["body"])["items"]
    return {"statusCode": 200, "body": json.dumps({"total": sum(i["price"] * i["quantity"] for i in items)})}
"""
EVENT = {
    "requestContext": {"http": {"method": "POST"}},
    "routeKey": "POST /orders",
    "rawPath": "/orders",
    "headers": {"x-correlation-id": "abc"},
    "body": '{"items": [' + ", ".join(f'{{"price": 3, "quantity": {n}}}' for n in range(20)) + "]}",
}
POWERTOOLS = ("logger", "tracer", "metrics")
PUBLIC = "arn:aws:lambda:eu-west-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python311-x86_64:27"
OURS = "arn:aws:lambda:eu-west-1:000000000000:layer:ShopfastObsRuntime:1"
OTEL = "arn:aws:lambda:eu-west-1:000000000000:layer:ShopfastObsOtel:1"
CONTENTS: dict[str, Layer] = {OURS: "runtime", OTEL: "otel"}
MEMORY = 512
STARTS, CALLS = 15, 300  # cold starts and warm calls of each, in turn


class Listening(Nowhere):
    """A telemetry that keeps the REPORT lines."""

    def __init__(self) -> None:
        self.reports: list[InvocationReport] = []

    def within(self, scope: object) -> Listening:
        """Everywhere the same."""
        return self

    def put_log_events(self, group: str, stream: str, events: Sequence[tuple[float, str]]) -> None:
        """Keep what the platform says of an invocation."""
        for timestamp, message in events:
            found = platform.report(message, LogEvent(timestamp, message, group, stream))
            if found is not None:
                self.reports.append(found)

    def of(self, host: FunctionHost, variant: FunctionSpec) -> InvocationReport:
        """The report of one invocation, which is written a moment after its answer."""
        known, ends = len(self.reports), time.monotonic() + 10
        invoke(host, variant, EVENT)
        while len(self.reports) == known and time.monotonic() < ends:
            time.sleep(0.0005)
        return self.reports[-1]


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        telemetry = Listening()
        host = open_host(Path(folder) / "state", telemetry, CloudClock(), NOWHERE)
        try:
            variants = {
                "plain": spec(HANDLER),
                "Powertools alone": spec(instrumented(*POWERTOOLS), PUBLIC),
                "X-Ray": spec(instrumented(*POWERTOOLS, "runtime"), PUBLIC, OURS),
                "OpenTelemetry": spec(with_opentelemetry(), PUBLIC, OURS, OTEL),
            }
            inits = starts(host, telemetry, variants)
            warm = calls(host, telemetry, variants)
        finally:
            host.close()
    for name in variants:
        # Pairs of neighbours: what else the machine does meets both.
        added = statistics.median(a - b for a, b in zip(warm[name], warm["plain"], strict=True))
        longer = statistics.median(a - b for a, b in zip(inits[name], inits["plain"], strict=True))
        print(
            f"{name:17} warm request {statistics.median(warm[name]):6.2f} ms ({added:+.2f} ms)   "
            f"init {statistics.median(inits[name]):6.1f} ms ({longer:+.1f} ms)"
        )
    for layer in CONTENTS.values():
        print(f"layer {layer}: {len(archive(layer)) / 1e6:.2f} MB")
    print(f"REPORT lines at {MEMORY} MB, medians of {CALLS} warm requests and {STARTS} cold starts, in turn")


def instrumented(*codemods: str) -> str:
    """The handler after these codemods."""
    return transform(HANDLER, ModuleContext(("lambda_handler",)), selected(only=codemods)).source


def with_opentelemetry() -> str:
    """The handler with Powertools' Logger and Metrics, and `traced` in the Tracer's place."""
    source = instrumented("logger", "metrics", "runtime")
    named = source.replace("import observed", "import observed, traced")
    return named.replace("@logger.inject_lambda_context", "@traced\n@logger.inject_lambda_context")


def spec(source: str, *layers: str) -> FunctionSpec:
    """A function with that source and those layers."""
    content = tuple((arn, archive(CONTENTS[arn]) if arn in CONTENTS else None) for arn in layers)
    environment = {"POWERTOOLS_METRICS_NAMESPACE": "shop", "POWERTOOLS_SERVICE_NAME": "orders"}
    return replace(function(source, MEMORY), layers=content, environment=environment)


def starts(host: FunctionHost, telemetry: Listening, variants: dict[str, FunctionSpec]) -> dict[str, list[float]]:
    """Milliseconds of init of each, from new versions in turn. The first start of each, which unpacks, is left out."""
    found: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(STARTS + 1):
        for name, variant in variants.items():
            init = telemetry.of(host, fresh(variant)).init
            assert init is not None
            if number:
                found[name].append(init * 1000)
    return found


def fresh(variant: FunctionSpec) -> FunctionSpec:
    """Another function with the same content."""
    return replace(variant, arn=f"{variant.arn.rpartition(':')[0]}:{uuid.uuid4().hex}", name=uuid.uuid4().hex)


def calls(host: FunctionHost, telemetry: Listening, variants: dict[str, FunctionSpec]) -> dict[str, list[float]]:
    """Milliseconds of each warm request, in turn, so that a busy moment of the machine meets all variants."""
    found: dict[str, list[float]] = {name: [] for name in variants}
    for variant in variants.values():
        telemetry.of(host, variant)
    for _ in range(CALLS):
        for name, variant in variants.items():
            found[name].append(telemetry.of(host, variant).duration * 1000)
    return found


if __name__ == "__main__":
    main()
