"""OpenTelemetry: 10,000 spans a second over UDP and over HTTP beside the same rate of X-Ray segments, without and with
Transaction Search. A sender of its own keeps the rate; what was acknowledged is read back and counted. Over UDP nobody
acknowledges: there it is what was sent less what the kernel dropped at the daemon's socket."""

from __future__ import annotations

import argparse
import base64
import http.client
import multiprocessing
import socket
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import boto3
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
SEARCHED = ", Transaction Search"
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
    """A datagram a trace."""
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


def keep_rate(
    way: Callable[[process.CloudInfo], Send], info: process.CloudInfo, rate: int, seconds: float, told: Connection
) -> None:
    """Send at a steady rate, then say what was sent."""
    send, epoch, begun = way(info), int(time.time()), time.monotonic()
    sent = acknowledged = 0
    while (elapsed := time.monotonic() - begun) < seconds:
        due = min(int(elapsed * rate), int(seconds * rate)) // BATCH * BATCH
        acknowledged += send(epoch, sent, due)
        sent = due
        time.sleep(TICK)
    told.send((epoch, sent, acknowledged, time.monotonic() - begun))


def dropped(port: int) -> int:
    """The datagrams that the kernel dropped at a port of this machine, because the socket's buffer was full."""
    rows = [line.split() for line in Path("/proc/net/udp").read_text().splitlines()[1:]]
    return sum(int(row[-1]) for row in rows if int(row[1].rpartition(":")[2], 16) == port)


def measure(name: str, way: Callable[[process.CloudInfo], Send], each: int, rate: int, seconds: float) -> None:
    """One run against a cloud of its own; `each` is how many spans a datagram holds, 0 over HTTP."""
    with tempfile.TemporaryDirectory() as folder, listening(0) as free:
        port = free.getsockname()[1]
        free.close()
        info = process.start(Path(folder) / "state", port)
        try:
            if name.endswith(SEARCHED):
                _search(info)
            cloud, api, udp = psutil.Process(info.pid), Api(info), int(info.xray_address.rpartition(":")[2])
            spent, drops = sum(cloud.cpu_times()[:2]), dropped(udp)
            ours, theirs = multiprocessing.Pipe(duplex=False)
            sender = multiprocessing.Process(target=keep_rate, args=(way, info, rate, seconds, theirs))
            sender.start()
            epoch, sent, acknowledged, took = ours.recv()
            sender.join()
            lag = _await(api, epoch, sent)
            used = sum(cloud.cpu_times()[:2]) - spent
            drops = (dropped(udp) - drops) * each
            kept, read = acknowledged - drops, _read(api, epoch, sent)
            print(
                f"{name}: sent {sent:,} in {took:.1f} s ({sent / took:,.0f}/s), the kernel dropped {drops:,}, "
                f"acknowledged {kept:,}, found {read:,}, lost {max(0, kept - read):,}; "
                f"{used / sent * 1e6:.0f} us of the cloud's processor each; the last readable {lag:.1f} s after",
                flush=True,
            )
        finally:
            process.stop(info.state)


def _search(info: process.CloudInfo) -> None:
    """Switch Transaction Search on: every span is an event of aws/spans, too."""
    known = credentials.load(info.state)
    assert known is not None
    keys = known.keys()
    session = boto3.Session(keys.access_key_id, keys.secret_access_key, region_name="us-east-1")
    client = session.client("xray", endpoint_url=info.endpoint_url)
    client.update_trace_segment_destination(Destination="CloudWatchLogs")


def _await(api: Api, epoch: int, sent: int) -> float:
    """The seconds until the last can be read."""
    begun = time.monotonic()
    while api.complete([trace_of(sent - 1, epoch)]) < EACH and time.monotonic() - begun < PATIENCE:
        time.sleep(0.05)
    return time.monotonic() - begun


def _read(api: Api, epoch: int, sent: int) -> int:
    """What can be read of what was sent."""
    ids = [trace_of(number, epoch) for number in range(0, sent, EACH)]
    return sum(api.complete(ids[n : n + 5]) for n in range(0, len(ids), 5))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, default=RATE)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--only", default="", help="the runs whose name holds this")
    chosen = parser.parse_args()
    ways = (("spans over UDP", over_udp, EACH), ("spans over HTTP", over_http, 0), ("segments over UDP", segments, 1))
    for name, way, each in ways:
        for more in ("", SEARCHED):
            if chosen.only in name + more:
                measure(name + more, way, each, chosen.rate, chosen.seconds)
