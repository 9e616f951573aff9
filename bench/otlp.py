"""OpenTelemetry: 10,000 spans a second over UDP and over HTTP beside the same rate of X-Ray segments; how many of those
that were acknowledged are lost, and what the cloud's process spends."""

from __future__ import annotations

import argparse
import base64
import http.client
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from bench.segments import EACH, Api, datagram, trace_of
from shopfast_obs.localcloud import process
from shopfast_obs.localcloud.gateway import credentials
from shopfast_obs.localcloud.gateway.listener import listening

RATE, SECONDS = 10_000, 60.0
BATCH = 500  # spans of a request; the SDK's batch processor sends up to 512
HEADER = b'{"format":"json","version":1}\nT1S'
TICK, PATIENCE = 0.01, 60.0
Send = Callable[[int, int, int], int]  # epoch, first and last number: how many of them were acknowledged


def request(epoch: int, first: int, last: int) -> ExportTraceServiceRequest:
    """Spans like the segments of the bench of X-Ray: a server with attributes, five a trace."""
    asked = ExportTraceServiceRequest()
    group = asked.resource_spans.add()
    for key, value in (("service.name", "shop"), ("cloud.platform", "aws_lambda"), ("faas.name", "shop")):
        group.resource.attributes.add(key=key).value.string_value = value
    spans = group.scope_spans.add().spans
    now = time.time_ns()
    for number in range(first, last):
        span = spans.add(
            trace_id=bytes.fromhex(trace_of(number, epoch)[2:].replace("-", "")),
            span_id=(number + 1).to_bytes(8, "big"),
            name="GET /products",
            kind=Span.SPAN_KIND_SERVER,
            start_time_unix_nano=now - 50_000_000,
            end_time_unix_nano=now,
        )
        for key, text in (("http.request.method", "GET"), ("url.full", "https://shop.example/products")):
            span.attributes.add(key=key).value.string_value = text
        span.attributes.add(key="http.response.status_code").value.int_value = 200
    return asked


def over_udp(info: process.CloudInfo) -> Send:
    """A datagram a trace: nobody answers, so what the kernel took counts as acknowledged."""
    sender = _daemon(info)

    def send(epoch: int, first: int, last: int) -> int:
        for number in range(first, last, EACH):
            spans = request(epoch, number, number + EACH).SerializeToString()
            sender.send(HEADER + base64.b64encode(spans))
        return last - first

    return send


def segments(info: process.CloudInfo) -> Send:
    """X-Ray's segments, a datagram each."""
    sender = _daemon(info)

    def send(epoch: int, first: int, last: int) -> int:
        for number in range(first, last):
            sender.send(datagram(trace_of(number, epoch), number, time.time()))
        return last - first

    return send


def over_http(info: process.CloudInfo) -> Send:
    """Signed requests; a span counts where its request was answered with 200."""
    known = credentials.load(info.state)
    assert known is not None
    keys, address = known.keys(), f"{info.endpoint_url}/v1/traces"
    connection = http.client.HTTPConnection("127.0.0.1", info.port)

    def send(epoch: int, first: int, last: int) -> int:
        acknowledged = 0
        for number in range(first, last, BATCH):
            end = min(number + BATCH, last)
            body = request(epoch, number, end).SerializeToString()
            headers = credentials.signed("POST", address, body, keys, "xray")
            connection.request("POST", "/v1/traces", body, {**headers, "Content-Type": "application/x-protobuf"})
            answer = connection.getresponse()
            answer.read()
            acknowledged += end - number if answer.status == 200 else 0
        return acknowledged

    return send


def _daemon(info: process.CloudInfo) -> socket.socket:
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.connect(("127.0.0.1", int(info.xray_address.rpartition(":")[2])))
    return sender


def measure(name: str, way: Callable[[process.CloudInfo], Send], rate: int, seconds: float) -> None:
    """One run against a cloud of its own."""
    with tempfile.TemporaryDirectory() as folder, listening(0) as free:
        port = free.getsockname()[1]
        free.close()
        info = process.start(Path(folder) / "state", port)
        try:
            cloud, api, send = psutil.Process(info.pid), Api(info), way(info)
            before, epoch, begun = sum(cloud.cpu_times()[:2]), int(time.time()), time.monotonic()
            sent = acknowledged = 0
            while (elapsed := time.monotonic() - begun) < seconds:
                due = min(int(elapsed * rate), int(seconds * rate)) // BATCH * BATCH
                acknowledged += send(epoch, sent, due)
                sent = due
                time.sleep(TICK)
            took = time.monotonic() - begun
            _await(api, epoch, sent)
            used = sum(cloud.cpu_times()[:2]) - before
            read = _read(api, epoch, sent)
            lost, each = max(0, acknowledged - read), used / sent * 1e6
            print(
                f"{name}: sent {sent:,} in {took:.1f} s ({sent / took:,.0f}/s), acknowledged {acknowledged:,}, "
                f"lost {lost:,}; {each:.0f} us of the cloud's processor each",
                flush=True,
            )
        finally:
            process.stop(info.state)


def _await(api: Api, epoch: int, sent: int) -> None:
    """Wait until the last can be read."""
    deadline = time.monotonic() + PATIENCE
    while api.complete([trace_of(sent - 1, epoch)]) < EACH and time.monotonic() < deadline:
        time.sleep(0.05)


def _read(api: Api, epoch: int, sent: int) -> int:
    """What can be read of what was sent."""
    ids = [trace_of(number, epoch) for number in range(0, sent, EACH)]
    return sum(api.complete(ids[n : n + 5]) for n in range(0, len(ids), 5))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, default=RATE)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    chosen = parser.parse_args()
    for name, way in (("spans over UDP", over_udp), ("spans over HTTP", over_http), ("segments over UDP", segments)):
        measure(name, way, chosen.rate, chosen.seconds)
