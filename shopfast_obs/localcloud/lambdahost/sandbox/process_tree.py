"""A supervisor's descendants, their memory and their CPU time, read from /proc and from their CPU clocks."""

from __future__ import annotations

import os
import time

PAGE = os.sysconf("SC_PAGE_SIZE")


def children_of(pid: int) -> list[int]:
    """The direct children of a process, whichever of its threads made them."""
    found: list[int] = []
    try:
        threads = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208 - pathlib is slow to import
    except OSError:
        return found
    for thread in threads:
        found += map(int, read(f"/proc/{pid}/task/{thread}/children").split())
    return found


def descendants(pid: int) -> list[int]:
    """Every living descendant, parents before children."""
    found = children_of(pid)
    for child in found:
        found += children_of(child)
    return found


def read(path: str) -> str:
    """A file of /proc; empty when its process is gone."""
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - see above
            return file.read()
    except OSError:
        return ""


def resident(pid: int) -> int:
    """Resident bytes of one process; 0 when it is gone."""
    fields = read(f"/proc/{pid}/statm").split()
    return int(fields[1]) * PAGE if fields else 0


def proportional(pid: int) -> int:
    """Resident bytes with shared pages divided among their users, so that a fork does not count twice."""
    return _kilobytes(read(f"/proc/{pid}/smaps_rollup"), "Pss:")


def high_water(pid: int) -> int:
    """The most that one process ever had resident, in bytes; 0 when it is gone."""
    return _kilobytes(read(f"/proc/{pid}/status"), "VmHWM:")


def _kilobytes(text: str, name: str) -> int:
    for line in text.splitlines():
        if line.startswith(name):
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


def run_delays(pid: int) -> dict[str, float]:
    """Seconds that each thread of a process was ready to run and had no core, by thread id."""
    found: dict[str, float] = {}
    try:
        threads = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208 - pathlib is slow to import
    except OSError:
        return found
    for thread in threads:
        fields = read(f"/proc/{pid}/task/{thread}/schedstat").split()  # run time, run delay (ns), slices
        if len(fields) == 3:
            found[thread] = int(fields[1]) / 1e9
    return found


def send_signal(pid: int, number: int) -> None:
    """Signal a process that may be gone already."""
    try:  # noqa: SIM105 - contextlib is slow to import
        os.kill(pid, number)
    except OSError:
        pass


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
                try:
                    os.waitpid(orphan, os.WNOHANG)
                except OSError:
                    continue
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
            used, before = cpu_seconds(pid), self._used.get(pid, 0.0)
            total += max(0.0, used - before)
            self._used[pid] = max(used, before)
        return total

    def send(self, number: int) -> None:
        """Signal all members; the group first, so that it stands still at once."""
        send_signal(-self.root, number)
        for pid in self.pids:
            if pid != self.root:
                send_signal(pid, number)
