"""How busy this machine is, from Linux's own count."""

from __future__ import annotations

import os
from pathlib import Path

from shopfast_obs.model.traffic import Machine

STAT = Path("/proc/stat")  # proc_stat(5): user nice system idle iowait irq softirq steal ...
IDLE = (3, 4)
COUNTED = 8  # guest times are part of user's and nice's


class Gauge:
    """Measures from when it is made."""

    def __init__(self, stat: Path = STAT) -> None:
        self._stat = stat
        self._before = self._read()

    def read(self) -> Machine | None:
        """How busy the machine has been since; None where that is not counted."""
        now = self._read()
        if now is None or self._before is None or now[1] <= self._before[1]:
            return None
        idle, total = (now[place] - self._before[place] for place in (0, 1))
        return Machine(os.cpu_count() or 1, 1 - idle / total)

    def _read(self) -> tuple[int, int] | None:
        """Idle and all ticks."""
        try:
            ticks = [int(field) for field in self._stat.read_text().split("\n", 1)[0].split()[1 : COUNTED + 1]]
            return sum(ticks[place] for place in IDLE), sum(ticks)
        except (OSError, ValueError, IndexError):
            return None
