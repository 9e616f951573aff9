"""How much CPU a sandbox may still use: a cgroup's bandwidth control (quota a period, debt carried), without root."""

from __future__ import annotations

from shopfast_obs.facts import whole

PERIOD = 0.020  # seconds, as AWS's own scheduler uses
VCPU_MB = whole("lambda-memory-of-a-vcpu")
LONGEST_WAIT = 5.0  # seconds that a thread may wait for a core
SHORTEST_RUN = 0.0005  # a slice below this costs more in signals than it gives


def share_of(memory_mb: int, cores: int) -> float:
    """The vCPUs that a MemorySize buys, at most what the machine has; 0 means that nothing needs to be held back."""
    share = memory_mb / VCPU_MB
    return 0.0 if share >= cores else share


class Budget:
    """CPU seconds that may be used now. What is not used in a period is lost; what was used too much is paid back."""

    def __init__(self, share: float, now: float) -> None:
        self._share = share
        self._quota = share * PERIOD
        self._balance = self._quota
        self._period_end = now + PERIOD

    def spend(self, cpu: float, now: float) -> float:
        """Book CPU seconds that were used until `now`; the seconds by which a sandbox that had no core when it wanted
        one, or was let go on too late, is behind for that. What its budget would not have allowed is no loss."""
        self._balance -= cpu
        if now < self._period_end:
            return 0.0
        periods = int((now - self._period_end) / PERIOD) + 1
        filled = self._balance + periods * self._quota
        self._balance = min(filled, self._quota)
        self._period_end += periods * PERIOD
        return max(0.0, filled - self._quota) / self._share

    @property
    def left(self) -> float:
        """How many seconds the sandbox could go on for with what is left of this period's quota."""
        return max(0.0, self._balance) / self._share

    @property
    def period_end(self) -> float:
        """When the next quota comes."""
        return self._period_end

    @property
    def exhausted(self) -> bool:
        """True when the sandbox has to stand still until the next period."""
        return self._balance <= 0

    def wake_at(self, now: float, *, stopped: bool, cores: int) -> float:
        """When to look again: at the end of the period, or when the budget could be used up."""
        if stopped:
            return self._period_end
        return min(self._period_end, now + max(self._balance / cores, SHORTEST_RUN))


class CpuDebt:
    """How long a sandbox stood still because the machine had no core for it, although its budget let it run.

    The kernel counts a wait for a core when it ends, and it may have lasted for several periods: what the sandbox was
    behind in them is made up for then. What it was behind before that it did not want to use: it waited for a network.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._behind: list[tuple[float, float]] = []  # (when a period ended, seconds not made up for)

    def book(self, now: float, behind: float, waited: float) -> None:
        """A period has ended; the waits that became known in it."""
        self._behind = [one for one in self._behind if one[0] > now - LONGEST_WAIT and one[1] > 0]
        self._behind.append((now, behind))
        left, since = waited, now - waited - PERIOD
        for place in range(len(self._behind) - 1, -1, -1):
            ended, seconds = self._behind[place]
            if left <= 0 or ended < since:
                break
            taken = min(seconds, left)
            self._behind[place] = (ended, seconds - taken)
            self.seconds += taken
            left -= taken
