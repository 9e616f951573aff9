"""One order of ShopFast whose functions are traced by four roads: product by the layer's `traced`, order by the X-Ray
SDK, inventory by ADOT, notifications by ADOT's lite SDK. One trace and one map, by X-Ray's API and by the report.

The local cloud starts no wrapper scripts of layers (AWS_LAMBDA_EXEC_WRAPPER): what ADOT's script does, each function's
`road.py` does by hand."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections import Counter
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
    "OTEL_LOGS_EXPORTER": "none", "OTEL_AWS_APPLICATION_SIGNALS_ENABLED": "false", "OTEL_TRACES_SAMPLER": "parentbased_always_on",
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


def asked(url: str, trace_id: str, body: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 - what JSON may hold
    """The answer to a request within the trace."""
    headers = {"X-Amzn-Trace-Id": f"Root={trace_id};Sampled=1", "Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode() if body else None, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
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
    """One order, and what is told of it."""
    stacks = project.client("cloudformation").describe_stacks()["Stacks"]
    found = {one["OutputKey"]: one["OutputValue"] for stack in stacks for one in stack.get("Outputs", ())}
    api = project.client("xray")
    here, trace_id = api.meta.endpoint_url, TRACE.format(int(time.time()))
    shop, orders = (found[name].removeprefix("https://").partition(".")[0] for name in ("ProductsUrl", "ApiUrl"))
    asked(f"{here}/_aws/lambda-url/{shop}/products/p-00001", trace_id)
    body = {"customerId": "c-0001", "items": [{"productId": "p-00001", "quantity": 1}], "paymentToken": "tok_visa"}
    order = asked(f"{here}/_aws/execute-api/{orders}/prod/orders", trace_id, body)
    print(f"order {order.get('status')}, trace {trace_id}")

    def told() -> list[dict[str, Any]]:
        traces = api.batch_get_traces(TraceIds=[trace_id])["Traces"]
        return [json.loads(part["Document"]) for trace in traces for part in trace["Segments"]]

    def steady() -> bool:
        before = len(told())
        time.sleep(5)
        return len(told()) == before

    eventually(steady, 90)
    print("batch-get-traces, segments by name and origin:")
    for (name, origin), count in sorted(Counter((s["name"], s.get("origin", "")) for s in told()).items()):
        print(f"  {count} {name} {origin}")
    report = json.loads(project.run("report traces --format json", code=None).stdout)
    Path("/tmp/otel-proof-four.json").write_text(json.dumps([told(), report]))
    print(f"report traces: {report['traces'] if isinstance(report['traces'], int) else len(report['traces'])} traces")
    for edge in report["service_map"]["edges"]:
        print(edge)
    print(project.run(f"trace {trace_id} --all --no-logs", code=None).stdout)


if __name__ == "__main__":
    main()
