"""One order of ShopFast whose functions are traced by four roads: product by the layer's `traced`, order by the X-Ray
SDK, inventory by ADOT, notifications by ADOT's lite SDK. One trace and one map, by X-Ray's API and by the report.

The local cloud starts no wrapper scripts of layers (AWS_LAMBDA_EXEC_WRAPPER): what ADOT's script does, each function's
`road.py` does by hand."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shopfast_obs.runtime.bundle import contents
from tests.story.conftest import Project, copy, eventually

ADOT, API = "aws-opentelemetry-distro==0.21.0", "opentelemetry-sdk==1.45.2"
TRACE = "1-{:08x}-0af7651916cd43dd8448eb21"
POWERTOOLS = "arn:aws:lambda:us-east-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python311-x86_64:7"
LEFT_OUT = ("boto3", "botocore", "s3transfer", "bin", "dateutil", "python_dateutil")  # which Lambda brings along
ROADS = {
    "product-service": """
from handler import lambda_handler
from shopfast_obs.runtime import traced
handler = traced(lambda_handler)
""",
    "order-service": """
from aws_lambda_powertools import Tracer
tracer = Tracer(service="order-service")
from handler import lambda_handler
handler = tracer.capture_lambda_handler(lambda_handler)
""",
    "inventory-service": """
import os
os.environ |= {"ORIG_HANDLER": "handler.lambda_handler", "OTEL_PYTHON_DISTRO": "aws_distro",
    "OTEL_PYTHON_CONFIGURATOR": "aws_configurator", "OTEL_PROPAGATORS": "xray-lambda", "OTEL_METRICS_EXPORTER": "none",
    "OTEL_LOGS_EXPORTER": "none", "OTEL_AWS_APPLICATION_SIGNALS_ENABLED": "false",
    "OTEL_TRACES_SAMPLER": "parentbased_always_on",
    "OTEL_SERVICE_NAME": os.environ["AWS_LAMBDA_FUNCTION_NAME"]}
from opentelemetry.instrumentation.auto_instrumentation import initialize
initialize()
import handler as original
def handler(event, context):
    return original.lambda_handler(event, context)
""",
    "notification-handler": """
import os
os.environ |= {"ORIG_HANDLER": "handler.lambda_handler", "OTEL_SERVICE_NAME": os.environ["AWS_LAMBDA_FUNCTION_NAME"]}
from amazon.opentelemetry.distro.opentelemetry_lite_sdk import configure_lite_mode
configure_lite_mode()
from opentelemetry.propagate import set_global_textmap
from opentelemetry.propagators.aws.aws_xray_propagator import AwsXRayLambdaPropagator
set_global_textmap(AwsXRayLambdaPropagator())
from opentelemetry.instrumentation.aws_lambda import AwsLambdaInstrumentor
AwsLambdaInstrumentor().instrument()
import handler as original
def handler(event, context):
    return original.lambda_handler(event, context)
""",
}


def installed(folder: Path, *packages: str) -> dict[str, bytes]:
    """The files of packages and what they need, without what Lambda's runtime has."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), *packages]
    subprocess.run(command, check=True, capture_output=True)
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    named = ((path.relative_to(folder), path) for path in files)
    kept = (found for found in named if not found[0].parts[0].startswith(LEFT_OUT))
    return {f"python/{name.as_posix()}": path.read_bytes() for name, path in kept}


def archive(files: dict[str, bytes]) -> bytes:
    """The files as a zip."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, body in files.items():
            zipped.writestr(name, body)
    return content.getvalue()


def put_on_roads(project: Project, folder: Path) -> None:
    """Give every function its layers, its `road.py` and active tracing."""
    functions = project.client("lambda")
    adot = installed(folder / "adot", ADOT)
    ours = installed(folder / "api", API) | {f"python/{name}": body for name, body in contents()}
    layers = {name: functions.publish_layer_version(LayerName=name, Content={"ZipFile": archive(files)})
              for name, files in (("adot", adot), ("ours", ours))}  # fmt: skip
    arns = {name: made["LayerVersionArn"] for name, made in layers.items()}
    for service, source in ROADS.items():
        name = f"shopfast-{service}"
        code = {path.name: path.read_bytes() for path in (project.folder / "starter/services" / service).glob("*.py")}
        functions.update_function_code(FunctionName=name, ZipFile=archive({**code, "road.py": source.encode()}))
        layer = {"product-service": arns["ours"], "order-service": POWERTOOLS}.get(service, arns["adot"])
        functions.update_function_configuration(
            FunctionName=name, Handler="road.handler", Layers=[layer], MemorySize=1769, Timeout=29,
            TracingConfig={"Mode": "Active"},
        )  # fmt: skip


def asked(url: str, header: str, body: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 - what JSON may hold
    """The answer to a request with that trace header."""
    headers = {"X-Amzn-Trace-Id": header, "Content-Type": "application/json"}
    sent = json.dumps(body).encode() if body else None
    request = urllib.request.Request(url, sent, headers)  # noqa: S310 - the local cloud's
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        return json.loads(answer.read())


def main() -> None:
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        (folder / "shop").mkdir()
        project = copy(folder / "shop")
        try:
            project.run("deploy")
            put_on_roads(project, folder)
            ordered(project)
        finally:
            project.run("cloud stop", code=None)


def ordered(project: Project) -> None:
    """One order, and what is told of it; an order before it makes the functions warm."""
    stacks = project.client("cloudformation").describe_stacks()["Stacks"]
    found = {one["OutputKey"]: one["OutputValue"] for stack in stacks for one in stack.get("Outputs", ())}
    api = project.client("xray")
    shop, orders = (found[name].removeprefix("https://").partition(".")[0] for name in ("ProductsUrl", "ApiUrl"))
    here = api.meta.endpoint_url
    urls = (f"{here}/_aws/lambda-url/{shop}/products/p-00001", f"{here}/_aws/execute-api/{orders}/prod/orders")

    def told(trace_id: str) -> list[dict[str, Any]]:
        traces = api.batch_get_traces(TraceIds=[trace_id])["Traces"]
        return [json.loads(part["Document"]) for trace in traces for part in trace["Segments"]]

    for _ in range(2):
        trace_id = TRACE.format(int(time.time()))
        status = shopper(api, trace_id, urls)
        eventually(lambda known=trace_id: _steady(lambda: len(told(known))), 90)
    print(f"order {status}, trace {trace_id}; batch-get-traces, segments by name and origin:")
    for (name, origin), count in sorted(Counter((s["name"], s.get("origin", "")) for s in told(trace_id)).items()):
        print(f"  {count} {name} {origin}")
    saved = project.folder / "trace.json"
    saved.write_text(json.dumps(api.batch_get_traces(TraceIds=[trace_id])["Traces"]), encoding="utf-8")
    report = json.loads(project.run("report traces --input trace.json --format json", code=None).stdout)
    edges = [
        f"{e['source']} {e['source_type']} {'~>' if e['asynchronous'] else '->'} {e['target']} {e['target_type']}"
        for e in report["service_map"]["edges"]
    ]
    twice = len(edges) - len(set(edges))
    print(f"report traces: {len(edges)} edges, {twice} of them twice", *sorted(edges), sep="\n  ")
    assert not twice
    assert {f"shopfast-{service}" for service in ROADS} <= {s["name"] for s in told(trace_id)}
    print(project.run(f"trace {trace_id} --input trace.json --all --no-logs", code=None).stdout)


def shopper(api: Any, trace_id: str, urls: tuple[str, str]) -> str:  # noqa: ANN401 - a client
    """Look at a product and order it, as a client that X-Ray's SDK traces; the order's status."""
    began, calls = time.time(), []
    body = {"customerId": "c-0001", "items": [{"productId": "p-00001", "quantity": 1}], "paymentToken": "tok_visa"}
    for number, url in enumerate(urls):
        start, part = time.time(), os.urandom(8).hex()
        answer = asked(url, f"Root={trace_id};Parent={part};Sampled=1", body if number else None)
        calls.append({"id": part, "name": ("product", "orders")[number], "namespace": "remote", "start_time": start,
                      "end_time": time.time()})  # fmt: skip
    whole = {"id": os.urandom(8).hex(), "trace_id": trace_id, "name": "shopper", "start_time": began,
             "end_time": time.time(), "subsegments": calls}  # fmt: skip
    api.put_trace_segments(TraceSegmentDocuments=[json.dumps(whole)])
    return str(answer.get("status"))


def _steady(count: Callable[[], int]) -> bool:
    before = count()
    time.sleep(5)
    return count() == before


if __name__ == "__main__":
    main()
