"""A timeout on the Lambda host: the open spans of the handler and of its threads have been sent before the kill."""

import base64
import socket
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from shopfast_obs.instrument.infrastructure.layer import archive
from shopfast_obs.localcloud.interface import Invocation
from shopfast_obs.localcloud.lambdahost import open_host
from tests.localcloud.lambdahost.support import SURROUNDINGS, Recorder, WallClock, function

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="functions run on Linux only")]

HANDLER = """
import asyncio, threading
from opentelemetry import trace
from shopfast_obs.runtime import observed, traced

tracer = trace.get_tracer("shop")


async def asked(name):
    with tracer.start_as_current_span(name):
        await asyncio.sleep(60)


def elsewhere():
    with tracer.start_as_current_span("## thread"):
        threading.Event().wait()


@observed
@traced
def lambda_handler(event, context):
    async def both():
        await asyncio.gather(asked("## one"), asked("## two"))

    threading.Thread(target=elsewhere, daemon=True).start()
    with tracer.start_as_current_span("## done"):
        pass
    asyncio.run(both())
"""
LAYER = "arn:aws:lambda:us-east-1:000000000000:layer:"
HEADER = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


def test_what_is_open_is_sent_before_the_kill(tmp_path: Path) -> None:
    """Failed, with what was running; what had ended is as it ended."""
    daemon = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    daemon.bind(("127.0.0.1", 0))
    around = replace(SURROUNDINGS, xray_address=f"127.0.0.1:{daemon.getsockname()[1]}")
    layers = ((f"{LAYER}runtime:1", archive()), (f"{LAYER}otel:1", archive("otel")))
    host = open_host(tmp_path, Recorder(), WallClock(), around)
    try:
        spec = function(HANDLER, timeout=3, memory_mb=1769, tracing_mode="Active", layers=layers)
        result = host.invoke(spec, Invocation("r-1", b"{}", spec.arn, trace_header=HEADER))
    finally:
        host.close()
    assert b"timed out" in (result.payload or b"")
    found = {span.name: span for span in spans(daemon)}
    assert set(found) == {"## lambda_handler", "## one", "## two", "## thread", "## done"}
    assert found["## done"].status.code == 0
    for name in ("## lambda_handler", "## one", "## two", "## thread"):
        assert found[name].status.message == "The deadline is near: this invocation will time out"
        assert found[name].end_time_unix_nano > found[name].start_time_unix_nano
        assert "handler.py" in str(next(a.value for a in found[name].attributes if a.key == "deadline.running"))


def spans(daemon: socket.socket) -> list[Span]:
    """What the daemon has been sent."""
    daemon.setblocking(False)
    found: list[Span] = []
    while True:
        try:
            _, _, rest = daemon.recv(70_000).partition(b"\n")
        except BlockingIOError:
            return found
        if rest.startswith(b"T1S"):
            request = ExportTraceServiceRequest.FromString(base64.b64decode(rest[3:]))
            found += [s for group in request.resource_spans for scope in group.scope_spans for s in scope.spans]
