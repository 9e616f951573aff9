"""Saved logs of text lines: `report errors` and `logs ID` as commands, beside drain3 and a search tool, in one run."""

from __future__ import annotations

import importlib
import importlib.util
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from bench.error_lines import failed, informed, request_id

LINES, SEARCHED = 1_000_000, 5_300_000  # the second makes a gigabyte
ROUNDS = 3
FAILING = 0.034  # of the requests: about 6,800 of a million lines


class Cost(NamedTuple):
    """Seconds of wall and processor time, and megabytes of memory at most."""

    wall: float
    cpu: float
    memory: float


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        errors(Path(folder) / "orders.log")
        search(Path(folder) / "orders.log")


def errors(file: Path) -> None:
    """Lines a second of the whole command, and of drain3's clustering alone of some of them."""
    write(file, LINES)
    cost = min(run(command("report", "errors", "--input", str(file))) for _ in range(ROUNDS))
    speed = f"{LINES / cost.wall:9,.0f} lines/s, {LINES / cost.cpu:,.0f} by processor time"
    print(f"report errors      {speed}, {cost.memory:.0f} MB ({LINES:,} lines, {file.stat().st_size / 1e6:.0f} MB)")
    if importlib.util.find_spec("drain3"):
        drain = importlib.import_module("bench._drain")

        with file.open() as lines:
            some = [line.split(" ", 2)[2] for line, _ in zip(lines, range(LINES // 20), strict=False)]
        for name, masks in (("drain3", ()), ("drain3 with masks", drain.MASKS)):
            learn, begun = drain.cluster(masks), time.process_time()
            for line in some:
                learn(line)
            print(f"{name:18} {len(some) / (time.process_time() - begun):9,.0f} lines/s by processor time")


def search(file: Path) -> None:
    """A request in a gigabyte: the command beside `rg`, or `grep -F` where that is not there, on a warm file."""
    wanted = write(file, SEARCHED)
    tool = [shutil.which("rg") or "grep", "-F", wanted, str(file)]
    run(tool)
    pairs = [(run(tool), run(command("logs", wanted, "--input", str(file)))) for _ in range(ROUNDS)]
    beside, ours = min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)
    print(
        f"logs ID            {ours.wall:.2f} s, {ours.cpu:.2f} s of processor time, {ours.memory:.0f} MB"
        f" ({file.stat().st_size / 1e9:.2f} GB)\n{Path(tool[0]).name:18} {beside.wall:.2f} s, {beside.cpu:.2f} s:"
        f" {ours.wall / beside.wall:.1f} and {ours.cpu / beside.cpu:.1f} times"
    )


def command(*arguments: str) -> list[str]:
    return [str(Path(sys.executable).with_name("shopfast-obs")), *arguments]


def run(arguments: list[str]) -> Cost:
    """What the process took."""
    begun = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) > 1:  # 1 is findings
        raise RuntimeError(f"{arguments[:3]} failed")
    return Cost(time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def write(file: Path, count: int) -> str:
    """So many lines as `aws logs tail` writes them, of twenty streams; gives a request in the middle."""
    dice = random.Random(8)
    streams = [f"2026/03/02/[$LATEST]{dice.getrandbits(128):032x}" for _ in range(20)]
    moment, number, middle = 1772445600.0, 0, ""
    with file.open("w") as out:
        while number < count:
            request, stream = request_id(dice), dice.choice(streams)
            middle = request if number < count // 2 else middle
            for said in _request(dice, request):
                moment += dice.randrange(20) / 1000
                stamp = datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds")
                out.write(f"{stamp} {stream} {said}\n")
                number += 1
    return middle


def _request(dice: random.Random, request: str) -> list[str]:
    took = dice.uniform(5, 900)
    return [
        f"START RequestId: {request} Version: $LATEST",
        informed(dice, request),
        f"order {dice.getrandbits(24)} taken from the queue",
        *([failed(dice, request, dice.randrange(3))] if dice.random() < FAILING else []),
        f"END RequestId: {request}",
        f"REPORT RequestId: {request}\tDuration: {took:.2f} ms\tBilled Duration: {took + 1:.0f} ms\t"
        f"Memory Size: 512 MB\tMax Memory Used: {dice.randrange(80, 200)} MB\t",
    ]


if __name__ == "__main__":
    main()
