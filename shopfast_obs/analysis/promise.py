"""What a change of a function's size promises, and whether it was kept. Seconds, MB, US dollars.

The promise follows from the REPORT lines before: memory is changed for the CPU that comes with it, and the work takes
as much less time. Where killed invocations hide how long it takes, nothing is promised but that fewer are killed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from shopfast_obs.analysis.sizing import USD_PER_GB_SECOND, cpu_share, percentile
from shopfast_obs.analysis.statistics import rates_differ
from shopfast_obs.model.telemetry import InvocationReport

TOLERANCE = 0.25  # a promise is kept when what is measured is at most this share above it
CHANCE = 0.05  # more failures than before count when they are less likely than this by accident
LEAST = 5  # invocations that a judgement needs


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a function did: invocations, those that failed, p95 and the price of a million invocations. Cold starts count
    as invocations, their init does not count as time."""

    invocations: int
    failed: int
    p95: float
    usd_per_million: float

    @property
    def failed_share(self) -> float:
        """The share that failed."""
        return self.failed / self.invocations if self.invocations else 0.0


@dataclass(frozen=True, slots=True)
class Promise:
    """What a function did before a change and will do after it; `after` is None where that cannot be known yet."""

    function: str
    before: Behaviour
    after: Behaviour | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a promise: `kept`, `better` than promised, `worse` than before or than promised, `learned` where
    nothing could be promised, or `unknown`, with the reason."""

    promise: Promise
    measured: Behaviour | None
    outcome: Literal["kept", "better", "worse", "learned", "unknown"]
    reason: str


def behaviour(reports: Sequence[InvocationReport]) -> Behaviour | None:
    """How the function did; None when it was not called."""
    if not reports:
        return None
    gb_seconds = math.fsum(report.duration * report.memory_size_mb / 1024 for report in reports) / len(reports)
    failed = sum(report.status != "success" for report in reports)
    p95 = percentile([report.duration for report in reports], 0.95)
    return Behaviour(len(reports), failed, p95, gb_seconds * USD_PER_GB_SECOND * 1_000_000)


def promise(function: str, reports: Sequence[InvocationReport], after_mb: int) -> Promise | None:
    """What the function will do with this memory; None when it was not called."""
    before = behaviour(reports)
    if before is None:
        return None
    if any(report.status != "success" for report in reports):
        return Promise(function, before, None)
    scaled = [r.duration * cpu_share(r.memory_size_mb) / cpu_share(after_mb) for r in reports]
    usd = math.fsum(scaled) / len(scaled) * after_mb / 1024 * USD_PER_GB_SECOND * 1_000_000
    return Promise(function, before, Behaviour(len(scaled), 0, percentile(scaled, 0.95), usd))


def judge(said: Promise, measured: Behaviour | None) -> Verdict:
    """Whether the promise was kept."""
    if measured is None or measured.invocations < LEAST:
        count = measured.invocations if measured else 0
        return Verdict(said, measured, "unknown", f"{count} invocations since the change, {LEAST} are needed")
    before = said.before
    chance = rates_differ((before.failed, measured.failed), (before.invocations, measured.invocations))
    if measured.failed_share > before.failed_share and chance < CHANCE:
        return Verdict(said, measured, "worse", "more invocations fail than before")
    if said.after is None:
        if before.failed and measured.failed_share >= before.failed_share:
            return Verdict(said, measured, "worse", "as many invocations fail as before")
        return Verdict(said, measured, "learned", "now that it ends, its time and price are known")
    slower = measured.p95 / said.after.p95 - 1 if said.after.p95 else 0.0
    dearer = measured.usd_per_million / said.after.usd_per_million - 1 if said.after.usd_per_million else 0.0
    told = f"its p95 is {slower:+.0%} and its price {dearer:+.0%} against what was promised"
    if max(slower, dearer) > TOLERANCE:
        return Verdict(said, measured, "worse", told)
    return Verdict(said, measured, "better" if min(slower, dearer) < -TOLERANCE else "kept", told)
