"""Handlers on the OpenTelemetry road, run in a process of their own as Lambda runs them: `python -m ... NAME` prints,
as JSON, what the X-Ray daemon was sent and what the called servers were told."""

import asyncio
import base64
import concurrent.futures
import json
import os
import socket
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

TRACE, PARENT = "5759e988bd862e3fe1be46a994272793", "53995c3f42cd8ad8"
OTHER = "Root=1-5759e988-000000000000000000000001;Parent=00000000000000aa;Sampled=1"
HTTP = {
    "requestContext": {"http": {"method": "GET"}},
    "routeKey": "GET /orders/{id}",
    "rawPath": "/orders/1",
    "headers": {"x-correlation-id": "abc"},
}


class Context:
    """As Lambda's."""

    function_name, memory_limit_in_mb, aws_request_id, client_context = "orders", "512", "r-1", None
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:orders"

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


class Server(BaseHTTPRequestHandler):
    """Answers DynamoDB's calls and any other, and keeps the trace headers."""

    told: list[str | None] = []  # noqa: RUF012

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        self.told.append(self.headers.get("X-Amzn-Trace-Id"))
        failing = asked.get("TableName") == "throttled"
        body = b'{"__type": "x#ProvisionedThroughputExceededException", "message": "slow down"}' if failing else b"{}"
        self.send_response(400 if failing else 404 if self.path.startswith("/none") else 200)
        self.send_header("x-amzn-RequestId", "Q1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST  # noqa: N815 - the library's name

    def log_message(self, *_: object) -> None:
        """Nothing."""


daemon = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def listen() -> str:
    """The daemon's side, and a server; gives the server's address."""
    daemon.bind(("127.0.0.1", 0))
    os.environ.update(
        AWS_LAMBDA_RUNTIME_API="127.0.0.1:9",
        AWS_XRAY_DAEMON_ADDRESS=f"127.0.0.1:{daemon.getsockname()[1]}",
        AWS_LAMBDA_FUNCTION_NAME="orders",
        AWS_ACCESS_KEY_ID="x",
        AWS_SECRET_ACCESS_KEY="y",
        AWS_DEFAULT_REGION="eu-west-1",
        SHOPFAST_OBS_DEADLINE="off",
    )
    server = HTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def received() -> Iterator[dict[str, Any]]:
    """The spans that have come so far, with the mark of their datagram."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    from shopfast_obs.localcloud.otlp.spans import stored

    daemon.setblocking(False)
    while True:
        try:
            header, _, rest = daemon.recv(70_000).partition(b"\n")
        except BlockingIOError:
            return
        assert header == b'{"format":"json","version":1}'
        request = ExportTraceServiceRequest.FromString(base64.b64decode(rest[3:], validate=True))
        for span in stored(request):
            yield {**json.loads(span.document), "mark": rest[:3].decode()}


def invoke(handler: Callable[..., Any], event: Any = None, sampled: int = 1) -> dict[str, Any]:
    """What an invocation sends, answers or raises, and which headers what it calls is given."""
    os.environ["_X_AMZN_TRACE_ID"] = f"Root=1-{TRACE[:8]}-{TRACE[8:]};Parent={PARENT};Sampled={sampled}"
    Server.told.clear()
    answer, raised = None, ""
    try:
        answer = handler(event, Context())
    except Exception as problem:
        raised = repr(problem)
    return {"spans": list(received()), "answer": answer, "raised": raised, "headers": list(Server.told)}


def ours(address: str) -> dict[str, Any]:
    """Everything that our own provider does, by name."""
    import boto3
    import urllib3
    from botocore.config import Config
    from opentelemetry import trace

    from shopfast_obs.runtime import add_metadata, annotate, observed, traced

    tables = boto3.client("dynamodb", endpoint_url=address, config=Config(retries={"total_max_attempts": 2}))
    key = {"Keys": [{"id": {"S": "1"}}]}
    tracer, pool = trace.get_tracer("shop"), concurrent.futures.ThreadPoolExecutor(1)

    @observed
    @traced
    def calls(event: Any, context: Any) -> Any:
        annotate("order", 7)
        add_metadata("basket", {"n": 1})
        with tracer.start_as_current_span("## place"):
            tables.batch_get_item(RequestItems={"orders": key, "stock": key})
            urllib.request.urlopen(f"{address}/price?secret=1").read()
        urllib3.PoolManager().request("GET", f"{address}/none?secret=1")
        pool.submit(tables.list_tables).result()
        return {"statusCode": 502, "body": ""}

    @observed
    @traced
    def throttled(event: Any, context: Any) -> Any:
        tables.get_item(TableName="throttled", Key={"id": {"S": "1"}})

    @observed
    @traced
    def batch(event: Any, context: Any) -> Any:
        for record in event["Records"]:
            with tracer.start_as_current_span(f"## {record['messageId']}"):
                pass

    @observed
    @traced
    def deadline(event: Any, context: Any) -> Any:
        from shopfast_obs.runtime import running_now

        def elsewhere() -> None:
            with tracer.start_as_current_span("## elsewhere"):
                opened.set()
                done.wait(20)

        opened, done = threading.Event(), threading.Event()
        thread = threading.Thread(target=elsewhere)
        thread.start()
        opened.wait(20)
        with tracer.start_as_current_span("## slow"):
            running_now.send_spans(threading.get_ident())
            before = [(s["name"], s["status"], s["spanId"]) for s in received()]
        done.set()
        thread.join()
        return before

    @observed
    @traced
    def parallel(event: Any, context: Any) -> Any:
        def work(name: str) -> None:
            with tracer.start_as_current_span(name), tracer.start_as_current_span(f"{name} inner"):
                pass

        async def task(name: str) -> None:
            with tracer.start_as_current_span(name):
                await asyncio.sleep(0)
                await asyncio.to_thread(work, f"{name} thread")

        async def gathered() -> None:
            with tracer.start_as_current_span("gather"):
                await asyncio.gather(task("a"), task("b"))
                await asyncio.get_running_loop().run_in_executor(None, work, "executor")

        with tracer.start_as_current_span("pool"):
            list(pool.map(work, ("p", "q")))
        asyncio.run(gathered())
        with tracer.start_as_current_span("started"):
            thread = threading.Thread(target=work, args=("t",))
            thread.start()
            thread.join()
        pool.submit(work, "late").result()

    @traced(span=False)
    def spanless(event: Any, context: Any) -> Any:
        with tracer.start_as_current_span("## one"):
            tables.list_tables()
        with tracer.start_as_current_span("## two"):
            pass
        tables.describe_limits()

    @traced
    def refuses(event: Any, context: Any) -> Any:
        return {"statusCode": 404}

    @traced
    def ids(event: Any, context: Any) -> Any:
        """The same twice from one process, as an environment restored from a snapshot has it twice."""
        reading, writing = os.pipe()
        if os.fork() == 0:
            with tracer.start_as_current_span("## child") as span:
                os.write(writing, f"{span.get_span_context().span_id:016x}".encode())
            os._exit(0)
        with tracer.start_as_current_span("## parent") as span:
            return [os.read(reading, 16).decode(), f"{span.get_span_context().span_id:016x}"]

    def record(number: str, **attributes: str) -> dict[str, Any]:
        told = {"correlation_id": {"stringValue": number, "dataType": "String"}}
        return {
            "messageId": number,
            "eventSource": "aws:sqs",
            "body": "",
            "messageAttributes": told,
            "attributes": attributes,
        }

    found = {
        "calls": invoke(calls, HTTP),
        "unsampled": invoke(calls, HTTP, sampled=0),
        "throttled": invoke(throttled),
        "batch": invoke(batch, {"Records": [record("one", AWSTraceHeader=OTHER), record("two")]}),
        "deadline": invoke(deadline),
        "parallel": invoke(parallel),
        "spanless": invoke(spanless),
        "refuses": invoke(refuses, HTTP),
        "ids": invoke(ids),
    }
    os.environ["AWS_XRAY_DAEMON_ADDRESS"] = "127.0.0.1:1"
    return found | {"absent": invoke(calls, HTTP)}


def foreign(_: str) -> dict[str, Any]:
    """An application that has a provider of its own, set after the handler was decorated; without a span at hand, and
    with one as ADOT's wrapper opens it."""
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from shopfast_obs.runtime import observed, traced

    @observed
    @traced
    def handler(event: Any, context: Any) -> Any:
        return {"statusCode": 200}

    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    found = [invoke(handler, HTTP)["spans"]]
    with trace.get_tracer("adot").start_as_current_span("wrapper"):
        found.append(invoke(handler, HTTP)["spans"])
    kept = [(s.name, dict(s.attributes or {}).get("correlation_id")) for s in exporter.get_finished_spans()]
    return {"sent": found, "kept": kept, "same": trace.get_tracer_provider() is provider}


if __name__ == "__main__":
    print(json.dumps({"ours": ours, "foreign": foreign}[sys.argv[1]](listen())))  # noqa: T201
