"""How much memory and time a function should have, from its REPORT lines. Seconds and MB.

CPU comes with memory: 1,769 MB are one vCPU (https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html):
work bound by CPU takes `MB before / MB after` of its time. A killed invocation tells only that it needed more than the
timeout; how much more is an assumption, and the advice names it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from shopfast_obs.facts import number, whole
from shopfast_obs.model.counts import plural
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import InvocationReport

ONE_CPU_MB = whole("lambda-memory-of-a-vcpu")
STEPS = (256, 512, 1024, ONE_CPU_MB)
LEAST_FOR_WORK = 512  # a starved function goes at least here: 29 % of a vCPU
UNKNOWN_WORK = 4  # a killed invocation is assumed to need up to this many timeouts
HEADROOM = 3  # the timeout is this many times the slowest expected duration
LEAST_AFTER_KILLS = 10  # seconds: a re-init after a kill counts against the timeout, too
MOST_SECONDS = whole("lambda-max-timeout")
BY_INSTANCE = "Managed Instances are paid by the instance, whatever runs on them"
MEMORY_IN_USE = 0.7  # at most this share of the memory should be in use
USD_PER_GB_SECOND = number("lambda-price-gb-second")


@record
class Limit:
    """The longest that a function's caller waits, and who that is."""

    seconds: float
    reason: str


@record
class Advice:
    """What to set. `slowest` is the duration that the slowest known work should have then; an upper bound where killed
    invocations hide the truth (`censored` of `invocations`)."""

    memory_mb: int
    timeout: int
    slowest: float
    invocations: int
    censored: int
    reason: str
    effect: str
    seen: tuple[float, float]  # the shortest and the longest Duration


def cpu_share(memory_mb: float) -> float:
    """The share of a vCPU that comes with the memory; 1.0 is all that one thread can use."""
    return min(1.0, memory_mb / ONE_CPU_MB)


def percent(share: float) -> str:
    """A share for a reader: `41 %`, below one percent `0.3 %`."""
    return f"{100 * share:.1f} %" if 0 < share < 0.01 else f"{100 * share:.0f} %"


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile (`share` 0.99 is p99); raises ValueError for no values."""
    if not values:
        raise ValueError("no values have no percentile")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def advise(
    reports: Sequence[InvocationReport],
    memory_mb: int,
    timeout: int,
    *,
    cpu_bound: bool,
    limit: Limit | None = None,
    longest: int = MOST_SECONDS,
    managed: bool = False,
) -> Advice | None:
    """The memory and timeout that fit what was observed; None when nothing was. With `cpu_bound` memory buys speed.
    `longest` is the longest timeout that Lambda takes; a `managed` function is paid by its instance."""
    if not reports:
        return None
    censored = sum(report.status == "timeout" for report in reports)
    work = float(UNKNOWN_WORK * timeout) if censored else percentile([report.duration for report in reports], 0.99)
    used = max(report.max_memory_mb for report in reports)
    memory = _memory(work, used, memory_mb, timeout, cpu_bound=cpu_bound)
    slowest = work * cpu_share(memory_mb) / cpu_share(memory) if cpu_bound else work
    seconds = max(math.ceil(HEADROOM * slowest), timeout, LEAST_AFTER_KILLS if censored else 0)
    case = _Case(reports, censored, work, slowest, timeout, memory_mb, memory, managed)
    reason = case.reason()
    bound = limit if limit is not None and limit.seconds < longest else Limit(longest, "Lambda")
    if seconds > bound.seconds and seconds > timeout:
        seconds = max(timeout, math.floor(bound.seconds))
        reason += f" {seconds} s is all that {bound.reason} allows."
    return Advice(memory, seconds, slowest, len(reports), censored, reason, case.effect(), case.seen)


def _memory(work: float, used: int, memory_mb: int, timeout: int, *, cpu_bound: bool) -> int:
    needed = used / MEMORY_IN_USE if used > memory_mb * 0.9 else 0.0
    if cpu_bound and memory_mb < ONE_CPU_MB:
        # Callers were promised an answer within the old timeout: aim for half of it.
        needed = max(needed, LEAST_FOR_WORK, work * memory_mb / (timeout / 2))
    if needed <= memory_mb:
        return memory_mb
    return next((step for step in STEPS if step >= needed and step > memory_mb), max(STEPS[-1], memory_mb))


@record
class _Case:
    """One piece of advice, to be put into words."""

    reports: Sequence[InvocationReport]
    censored: int
    work: float
    slowest: float
    timeout: int
    before: int
    after: int
    managed: bool = False

    @property
    def seen(self) -> tuple[float, float]:
        """The shortest and the longest Duration."""
        durations = [report.duration for report in self.reports]
        return min(durations), max(durations)

    def reason(self) -> str:
        """Why this size, with the numbers."""
        spread = " to ".join(dict.fromkeys(f"{duration:.2f}" for duration in self.seen))
        lines = f"{plural(len(self.reports), 'REPORT line')} ({spread} s)"
        known = f"The p99 of {lines} is {self.work:.2f} s"
        if self.censored:
            known = (
                f"By {lines}, {plural(self.censored, 'killed invocation')} needed more than {self.timeout} s: up to "
                f"{UNKNOWN_WORK} times that ({self.work:.0f} s) is assumed until it is measured"
            )
        if self.after == self.before:
            return f"{known}; the timeout leaves {HEADROOM} times the slowest expected duration."
        if self.managed:
            return f"{known}. {self.before} MB are nearly full."
        return (
            f"{known}. {self.before} MB come with {percent(cpu_share(self.before))} of a vCPU, {self.after} MB with "
            f"{percent(cpu_share(self.after))}: the same work then takes at most {self.slowest:.1f} s."
        )

    def effect(self) -> str:
        """What it costs and brings, per million invocations."""
        if self.managed:
            return BY_INSTANCE
        if self.censored:
            lost, spent = self.timeout * self.before / 1024, self.slowest * self.after / 1024
            return (
                f"a million killed invocations cost {_usd(lost)} and answer nobody; a million finished ones at most "
                f"{_usd(spent)}"
            )
        mean = sum(report.duration for report in self.reports) / len(self.reports) * self.before / 1024
        after = mean * cpu_share(self.before) / cpu_share(self.after) * self.after / self.before
        return f"a million invocations cost {_usd(mean)} before and about {_usd(after)} after"


def _usd(gb_seconds: float) -> str:
    return f"{gb_seconds * USD_PER_GB_SECOND * 1_000_000:.2f} USD"
