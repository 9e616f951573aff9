"""How much CPU a sandbox may still use: a cgroup's bandwidth control (quota a period, debt carried), without root."""

from __future__ import annotations

from shopfast_obs.facts import whole

PERIOD = 0.020  # seconds, as AWS's own scheduler uses
VCPU_MB = whole("lambda-memory-of-a-vcpu")
SHORTEST_RUN = 0.0005  # a slice below this costs more in signals than it gives


def share_of(memory_mb: int, cores: int) -> float:
    """The vCPUs that a MemorySize buys, at most what the machine has; 0 means that nothing needs to be held back."""
    share = memory_mb / VCPU_MB
    return 0.0 if share >= cores else share


class Budget:
    """CPU seconds that may be used now. What is not used in a period is lost; what was used too much is paid back."""

    def __init__(self, share: float, now: float) -> None:
        self._quota = share * PERIOD
        self._balance = self._quota
        self._period_end = now + PERIOD

    def spend(self, cpu: float, now: float) -> None:
        """Book CPU seconds that were used until `now`."""
        self._balance -= cpu
        if now >= self._period_end:
            periods = int((now - self._period_end) / PERIOD) + 1
            self._balance = min(self._balance + periods * self._quota, self._quota)
            self._period_end += periods * PERIOD

    @property
    def exhausted(self) -> bool:
        """True when the sandbox has to stand still until the next period."""
        return self._balance <= 0

    def wake_at(self, now: float, *, stopped: bool, cores: int) -> float:
        """When to look again: at the end of the period, or when the budget could be used up."""
        if stopped:
            return self._period_end
        return min(self._period_end, now + max(self._balance / cores, SHORTEST_RUN))
