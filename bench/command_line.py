"""How long a person waits for the command line itself."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 21
COMMAND = Path(sys.executable).with_name("shopfast-obs")


def seconds(command: list[str]) -> float:
    """Median wall time of the command as a whole process, after one run that warms the caches."""
    taken = []
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken[1:])


def main() -> None:
    bare = seconds([sys.executable, "-c", "pass"])
    help_ = seconds([str(COMMAND), "--help"])
    ratio = help_ / bare
    print(f"shopfast-obs --help: median {help_ * 1000:.0f} ms; python -c pass: {bare * 1000:.0f} ms; ratio {ratio:.1f}")


if __name__ == "__main__":
    main()
