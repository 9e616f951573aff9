"""X-Ray over UDP: 5,000 segments a second for a minute; how many are lost, and how soon each can be read."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import psutil

from shopfast_obs.localcloud import process
from shopfast_obs.localcloud.gateway import credentials

RATE, SECONDS = 5000, 60
EACH = 5  # segments a trace
TICK = 0.01  # seconds between two bursts of the sender
PATIENCE = 30.0
HEADER = b'{"format":"json","version":1}\n'


def datagram(trace_id: str, number: int, now: float) -> bytes:
    """A segment with a call of DynamoDB, as the SDK sends it; about 800 bytes."""
    part = {
        "id": f"{number:015x}b",
        "name": "DynamoDB",
        "namespace": "aws",
        "start_time": now - 0.04,
        "end_time": now - 0.01,
        "in_progress": False,
        "http": {"response": {"status": 200}},
        "aws": {"operation": "GetItem", "region": "us-east-1", "table_name": "products", "retries": 0},
    }
    segment = {
        "trace_id": trace_id,
        "id": f"{number:015x}a",
        "name": f"service-{number % EACH}",
        "start_time": now - 0.05,
        "end_time": now,
        "in_progress": False,
        "http": {"request": {"method": "GET", "url": "https://shop.example/products"}, "response": {"status": 200}},
        "aws": {"xray": {"sdk": "X-Ray for Python", "sdk_version": "2.15.0"}},
        "annotations": {"customer": f"c-{number % 1000}", "cold": False},
        "service": {"version": "1.0", "runtime": "CPython", "runtime_version": "3.11.0"},
        "subsegments": [part],
    }
    if number % EACH:
        segment["parent_id"] = f"{number - number % EACH:015x}b"
    return HEADER + json.dumps(segment, separators=(",", ":")).encode()


def trace_of(number: int, epoch: int) -> str:
    """The trace that a segment is of."""
    return f"1-{epoch:08x}-{(number // EACH) * 0x9E3779B97F4A7C15 % (1 << 96):024x}"  # ids in no order


def send(port: int, rate: int, seconds: float, told: Connection) -> None:
    """Send at a steady rate; now and then say which trace is complete, and when it was."""
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.connect(("127.0.0.1", port))
    epoch, sent, begun = int(time.time()), 0, time.monotonic()
    while (elapsed := time.monotonic() - begun) < seconds:
        due = min(int(elapsed * rate), int(seconds * rate)) // EACH * EACH
        burst = [datagram(trace_of(n, epoch), n, time.time()) for n in range(sent, due)]
        for one in burst:
            sender.send(one)
        if burst:
            told.send((trace_of(due - 1, epoch), time.monotonic()))
        sent = due
        time.sleep(TICK)
    told.send((epoch, sent, time.monotonic() - begun))
    told.close()


class Api:
    """BatchGetTraces, by a client that costs little."""

    def __init__(self, info: process.CloudInfo) -> None:
        known = credentials.load(info.state)
        assert known is not None
        self._address, self._keys = f"{info.endpoint_url}/Traces", known.keys()
        self._connection = http.client.HTTPConnection("127.0.0.1", info.port)

    def complete(self, ids: list[str]) -> int:
        """The number of segments of these traces that can be read."""
        body = json.dumps({"TraceIds": ids}).encode()
        headers = credentials.signed("POST", self._address, body, self._keys, "xray")
        self._connection.request("POST", "/Traces", body, headers)
        traces = json.loads(self._connection.getresponse().read())["Traces"]
        own = (json.loads(s["Document"]) for trace in traces for s in trace["Segments"])
        return sum(not document.get("inferred") for document in own)


def watch(api: Api, told: Connection) -> tuple[list[float], tuple[int, int, float]]:
    """Seconds until each trace that the sender spoke of could be read, and what it said at its end."""
    waits: list[float] = []
    while True:
        said = told.recv()
        while told.poll() and len(said) == 2:
            said = told.recv()  # the newest: what came before it has been waiting here, not in the cloud
        if len(said) == 3:
            return waits, said
        trace_id, sent = said
        while api.complete([trace_id]) < EACH and time.monotonic() - sent < PATIENCE:
            time.sleep(0.005)
        waits.append(time.monotonic() - sent)


def count(api: Api, epoch: int, sent: int) -> int:
    """The segments that can be read of those that were sent."""
    ids = [trace_of(number, epoch) for number in range(0, sent, EACH)]
    return sum(api.complete(ids[n : n + 5]) for n in range(0, len(ids), 5))


def measure(state: Path, rate: int, seconds: float) -> Iterator[str]:
    """One run against a cloud of its own."""
    info = process.start(state, _free_port())
    try:
        port = int(info.xray_address.rpartition(":")[2])
        cloud = psutil.Process(info.pid)
        api, before = Api(info), sum(cloud.cpu_times()[:2])
        ours, theirs = multiprocessing.Pipe(duplex=False)
        sender = multiprocessing.Process(target=send, args=(port, rate, seconds, theirs))
        sender.start()
        theirs.close()
        waits, (epoch, sent, took) = watch(api, ours)
        sender.join()
        used = sum(cloud.cpu_times()[:2]) - before
        lag = time.monotonic()
        while api.complete([trace_of(sent - 1, epoch)]) < EACH and time.monotonic() - lag < PATIENCE:
            time.sleep(0.01)
        yield f"sent {sent:,} segments in {took:.1f} s ({sent / took:,.0f}/s); cloud used {used / took:.2f} of a core"
        ordered = sorted(waits)
        p99 = ordered[int(len(ordered) * 0.99)]
        yield (
            f"readable after: median {statistics.median(ordered) * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms, "
            f"max {ordered[-1] * 1000:.0f} ms ({len(ordered):,} traces watched)"
        )
        read = count(api, epoch, sent)
        yield f"lost: {sent - read:,} of {sent:,} (all read back through BatchGetTraces)"
    finally:
        process.stop(state)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main(rate: int = RATE, seconds: float = SECONDS) -> None:
    print(f"{rate:,} segments/s for {seconds:g} s, {EACH} a trace, on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        for line in measure(Path(folder), rate, seconds):
            print(line, flush=True)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
