"""A supervisor's descendants, their memory and their CPU time, read from /proc and from their CPU clocks."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")


def children_of(pid: int) -> list[int]:
    """The direct children of a process, whichever of its threads made them."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - called every few milliseconds
            with contextlib.suppress(OSError):
                found += map(int, Path(f"/proc/{pid}/task/{thread}/children").read_text().split())
    return found


def descendants(pid: int) -> list[int]:
    """Every living descendant, parents before children."""
    found = children_of(pid)
    for child in found:
        found += children_of(child)
    return found


def resident(pid: int) -> int:
    """Resident bytes of one process; 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/statm", "rb", buffering=0) as file:  # noqa: PTH123 - called every few milliseconds
            return int(file.read(64).split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def proportional(pid: int) -> int:
    """Resident bytes with shared pages divided among their users, so that a fork does not count twice."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def high_water(pid: int) -> int:
    """The most that one process ever had resident, in bytes; 0 when it is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def cpu_seconds(pid: int) -> float:
    """CPU time of all threads of a process, exact to the moment; 0 when it is gone."""
    # The kernel's clock id of another process (clock_getcpuclockid): nothing to parse, and exact where schedstat in
    # /proc lags behind by a scheduler tick, which is more than a period's quota at 128 MB.
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


class Tree:
    """The runtime process and whatever it forked. `refresh` looks for new members; other calls use the known ones."""

    def __init__(self, root: int) -> None:
        self.root = root
        self.pids = [root]
        self._used: dict[int, float] = {root: 0.0}

    def refresh(self) -> None:
        """Find new and lost members, and take leave of orphans that ended."""
        for orphan in children_of(os.getpid()):
            if orphan != self.root:
                with contextlib.suppress(OSError):
                    os.waitpid(orphan, os.WNOHANG)
        self.pids = descendants(os.getpid())

    def memory(self) -> int:
        """Bytes that the sandbox holds."""
        if len(self.pids) <= 1:
            return resident(self.root)
        return max(resident(self.root), sum(map(proportional, self.pids)))

    def cpu_since_last(self) -> float:
        """CPU seconds used by all members since the last call."""
        total = 0.0
        for pid in self.pids:
            used = cpu_seconds(pid)
            total += max(0.0, used - self._used.get(pid, 0.0))
            self._used[pid] = max(used, self._used.get(pid, 0.0))
        return total

    def send(self, signum: signal.Signals) -> None:
        """Signal all members; the group first, so that it stands still at once."""
        with contextlib.suppress(OSError):
            os.killpg(self.root, signum)
        for pid in self.pids[1:]:
            with contextlib.suppress(OSError):
                os.kill(pid, signum)
