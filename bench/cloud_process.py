"""The local cloud as a process: from start to ready, and what it takes while nobody asks it anything."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from bench._clouds import client, create_function, free_port, known
from shopfast_obs.localcloud import process

STARTS = 7
FUNCTIONS = 4
IDLE_SECONDS = 20.0
MB = 1 << 20
IMPORT = "import time; t = time.perf_counter(); import ministack.app; print(time.perf_counter() - t)"


def starts(state: Path, port: int) -> list[float]:
    """Seconds from the call to a cloud that says it is ready, its state kept from start to start."""
    taken = []
    for _ in range(STARTS):
        begun = time.perf_counter()
        process.start(state, port)
        taken.append(time.perf_counter() - begun)
        process.stop(state)
    return taken


def fill(info: process.CloudInfo) -> None:
    """Functions that have run, a table and a queue: a cloud in use, not an empty one."""
    for number in range(FUNCTIONS):
        name = f"idle-{number}"
        create_function(info.endpoint_url, name, "def lambda_handler(event, context): return None", MemorySize=128)
        client(info.endpoint_url, "lambda").invoke(FunctionName=name, Payload=b"{}")
    client(info.endpoint_url, "sqs").create_queue(QueueName="idle")


def idle(info: process.CloudInfo) -> None:
    """CPU and memory of the cloud, and of its execution environments, at rest."""
    cloud = psutil.Process(info.pid)
    time.sleep(3)
    for who, members in (("cloud", [cloud]), (f"{FUNCTIONS} environments", cloud.children(recursive=True))):
        before = sum(seconds(member) for member in members)
        begun = time.perf_counter()
        time.sleep(IDLE_SECONDS)
        used = (sum(seconds(member) for member in members) - before) / (time.perf_counter() - begun)
        own, shared = (sum(getattr(m.memory_full_info(), kind) for m in members) / MB for kind in ("uss", "rss"))
        print(f"idle, {who:16} {used:7.2%} of a core   {own:6.0f} MB of its own, {shared:6.0f} MB resident")


def seconds(member: psutil.Process) -> float:
    """CPU time of a process so far."""
    times = member.cpu_times()
    return float(times.user + times.system)


def main() -> None:
    imported = float(subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True).stdout)
    with tempfile.TemporaryDirectory() as folder:
        state, port = Path(folder) / "state", free_port()
        empty = starts(state, port)
        info = known(process.start(state, port))
        fill(info)
        try:
            idle(info)
        finally:
            process.stop(state)
        used = starts(state, port)
    for name, taken in (("empty", empty), ("with functions", used)):
        print(
            f"start to ready, {name:14}  s  median {statistics.median(taken):.2f}   max {max(taken):.2f}   "
            f"({statistics.median(taken) / imported:.1f} x importing MiniStack, {imported:.2f} s)"
        )


if __name__ == "__main__":
    main()
