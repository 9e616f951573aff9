"""The Lambda host: overhead of a warm invocation, CPU share, precision of timeout and memory kill."""

from __future__ import annotations

import io
import json
import statistics
import tempfile
import time
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from shopfast_obs.localcloud.clock import CloudClock
from shopfast_obs.localcloud.gateway.credentials import Credentials
from shopfast_obs.localcloud.interface import FunctionHost, FunctionSpec, Invocation, Measurement, Scope
from shopfast_obs.localcloud.lambdahost import open_host
from shopfast_obs.localcloud.lambdahost.sandbox.variables import Surroundings

NOWHERE = Surroundings("http://127.0.0.1:9", "127.0.0.1:2000", Credentials("s" * 40))

EMPTY = "def lambda_handler(event, context): return None"
COUNT = """
import time
def lambda_handler(event, context):
    wall, cpu = time.perf_counter(), time.process_time()
    for number in range(event): number * number
    return time.perf_counter() - wall, time.process_time() - cpu
"""
SPIN = "def lambda_handler(event, context):\n    while True: pass"
GROW = """
import os, time
def lambda_handler(event, context):
    path, step = event
    held, file = [], os.open(path, os.O_CREAT | os.O_WRONLY)
    while True:
        held.append(bytearray(step))
        os.pwrite(file, open('/proc/self/statm').read().split()[1].rjust(12).encode(), 0)
"""


class Nowhere:
    """A telemetry that keeps nothing: what is measured is the host."""

    def within(self, scope: Scope) -> Nowhere:
        """Nowhere is everywhere."""
        return self

    def put_segments(self, documents: Sequence[Mapping[str, Any]]) -> None:
        """Forget segments."""

    def put_metrics(self, measurements: Sequence[Measurement]) -> None:
        """Forget observations."""

    def put_log_events(self, group: str, stream: str, events: Sequence[tuple[float, str]]) -> None:
        """Forget events."""


def function(code: str, memory_mb: int, timeout: int = 60) -> FunctionSpec:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("handler.py", code)
    return FunctionSpec(
        arn=f"arn:aws:lambda:us-east-1:000000000000:function:{uuid.uuid4().hex}",
        name="bench",
        version="$LATEST",
        revision="1",
        handler="handler.lambda_handler",
        runtime="python3.11",
        timeout=timeout,
        memory_mb=memory_mb,
        code_zip=buffer.getvalue(),
        tracing_mode="Active",
    )


def invoke(host: FunctionHost, spec: FunctionSpec, event: object = None) -> Any:  # noqa: ANN401 - any JSON
    request = Invocation(str(uuid.uuid4()), json.dumps(event).encode(), spec.arn)
    return json.loads(host.invoke(spec, request).payload or b"null")


def timed(host: FunctionHost, spec: FunctionSpec, event: object = None) -> float:
    begun = time.perf_counter()
    invoke(host, spec, event)
    return time.perf_counter() - begun


def spread(values: list[float]) -> str:
    ordered = sorted(values)
    p95 = ordered[int(len(ordered) * 0.95)]
    return f"median {statistics.median(ordered):8.2f}   p95 {p95:8.2f}   max {ordered[-1]:8.2f}"


def starts(host: FunctionHost) -> None:
    cold = [timed(host, function(EMPTY, 1769)) * 1000 for _ in range(10)]
    print(f"cold start, empty handler            ms  {spread(cold)}")
    for memory in (128, 512, 1769):
        spec = function(EMPTY, memory)
        invoke(host, spec)
        print(f"warm invocation, empty, {memory:5} MB     ms  {spread([timed(host, spec) * 1000 for _ in range(300)])}")


def shares(host: FunctionHost) -> None:
    print("CPU-bound handler     share   used/given   (three runs; 1.000 is exact)")
    for memory in (128, 256, 512, 1024, 1769):
        spec, share = function(COUNT, memory), min(1.0, memory / 1769)
        invoke(host, spec, 1)
        runs = [invoke(host, spec, int(8e6 * share) + 400_000) for _ in range(3)]
        ratios = "  ".join(f"{cpu / wall / share:.3f}" for wall, cpu in runs)
        print(f"  {memory:5} MB            {share:.3f}   {ratios}")


def timeouts(host: FunctionHost) -> None:
    for memory in (128, 1769):
        spec = function(SPIN, memory, timeout=1)
        late = [timed(host, spec) * 1000 - 1000 for _ in range(6)][1:]
        print(f"timeout, {memory:5} MB: answer after 1 s by ms  {spread(late)}   (re-initialisation is inside)")


def memory_kills(host: FunctionHost, folder: Path) -> None:
    for step, name in ((1 << 20, "1 MB steps"), (16 << 20, "16 MB steps")):
        for memory in (128, 512, 1024):
            spec, over = function(GROW, memory), []
            for run in range(4):
                path = folder / f"{memory}-{step}-{run}"
                invoke(host, spec, [str(path), step])
                over.append(int(path.read_text()) * 4096 / (1 << 20) - memory)
            print(f"memory kill, {memory:5} MB, {name:12} last seen MB above the limit: max {max(over):6.2f}")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        host = open_host(Path(folder) / "state", Nowhere(), CloudClock(), NOWHERE)
        try:
            starts(host)
            shares(host)
            timeouts(host)
            memory_kills(host, Path(folder))
        finally:
            host.close()


if __name__ == "__main__":
    main()
