"""Whether killed invocations are a population of their own: all others end at once, and nothing lies between. Seconds.

Work that grows fills the space between what is quick and the timeout; waiting for something that does not answer leaves
it empty. The larger the CPU's share, the smaller a gap shows it: at 7 % of a vCPU twice the work is soon ten seconds.
"""

from __future__ import annotations

from collections.abc import Sequence

from shopfast_obs.analysis.sizing.recommendation import cpu_share
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import InvocationReport

ENOUGH = 5  # finished invocations
LITTLE_CPU = 0.25  # of a vCPU
GAP, GAP_AT_LITTLE_CPU = 4, 8  # times the slowest that finished
SAME_MEMORY = 1.2  # work on much data needs more memory than what finishes; waiting does not


@record
class Gap:
    """The two populations: `finished` invocations of at most `slowest` seconds, and `killed` ones at `timeout`."""

    finished: int
    slowest: float
    killed: int
    timeout: float

    @property
    def factor(self) -> float:
        """How many times the slowest finished one the timeout is."""
        return self.timeout / self.slowest if self.slowest else self.timeout


def gap(killed: Sequence[InvocationReport], finished: Sequence[InvocationReport], memory_mb: int) -> Gap | None:
    """The gap between what finished and what was killed; None where there is none, or too little to tell. What finished
    must hold no init that a kill before made necessary."""
    if not killed or len(finished) < ENOUGH:
        return None
    slowest = max(report.duration for report in finished)
    found = Gap(len(finished), slowest, len(killed), min(report.duration for report in killed))
    wanted = GAP if cpu_share(memory_mb) >= LITTLE_CPU else GAP_AT_LITTLE_CPU
    used = sorted(report.max_memory_mb for report in killed)[len(killed) // 2]
    more = used > SAME_MEMORY * max(report.max_memory_mb for report in finished)
    return found if found.factor >= wanted and not more else None
