"""What a change of a function's size promises, and whether it was kept. Seconds, MB, US dollars.

The promise follows from the REPORT lines before: memory is changed for the CPU that comes with it, and the work takes
as much less time. Where killed invocations hide how long it takes, nothing is promised but that fewer are killed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import stdev
from typing import Literal

from shopfast_obs.analysis.sizing.recommendation import USD_PER_GB_SECOND, cpu_share, percentile
from shopfast_obs.analysis.statistics import rates_differ
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import InvocationReport

TOLERANCE = 0.25  # a promise is kept when what is measured is at most this share above it
CHANCE = 0.05  # more failures than before count when they are less likely than this by accident
ONE_SIDED = 1.645  # standard errors: 95 % sure
Outcome = Literal["kept", "better", "worse", "learned", "unknown"]
LEAST = 5  # invocations that a judgement needs


@record
class Behaviour:
    """How a function did: invocations, those that failed, p95 and the price of a million invocations. Cold starts count
    as invocations, their init does not count as time. `at_least` are p95 and price as low as the few invocations allow
    (95 % sure)."""

    invocations: int
    failed: int
    p95: float
    usd_per_million: float
    at_least: tuple[float, float] = (0.0, 0.0)

    @property
    def failed_share(self) -> float:
        """The share that failed."""
        return self.failed / self.invocations if self.invocations else 0.0


@record
class SizePrediction:
    """What a function did before a change and will do after it; `after` is None where that cannot be known yet."""

    function: str
    before: Behaviour
    after: Behaviour | None


@record
class Verdict:
    """What became of a promise: `kept`, `better` than promised, `worse` than before or than promised, `learned` where
    nothing could be promised, or `unknown` where too few invocations cannot tell, with the reason."""

    promise: SizePrediction
    measured: Behaviour | None
    outcome: Outcome
    reason: str


def behaviour(reports: Sequence[InvocationReport]) -> Behaviour | None:
    """How the function did; None when it was not called."""
    if not reports:
        return None
    failed = sum(report.status != "success" for report in reports)
    return _behaviour([r.duration for r in reports], [r.memory_size_mb for r in reports], failed)


def promise(function: str, reports: Sequence[InvocationReport], after_mb: int) -> SizePrediction | None:
    """What the function will do with this memory; None when it was not called."""
    before = behaviour(reports)
    if before is None:
        return None
    if any(report.status != "success" for report in reports):
        return SizePrediction(function, before, None)
    scaled = [r.duration * cpu_share(r.memory_size_mb) / cpu_share(after_mb) for r in reports]
    return SizePrediction(function, before, _behaviour(scaled, [after_mb] * len(scaled), 0))


def judge(said: SizePrediction, measured: Behaviour | None) -> Verdict:
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
    outcome, reason = _compared(said.after, measured)
    return Verdict(said, measured, outcome, reason)


def _compared(promised: Behaviour, measured: Behaviour) -> tuple[Outcome, str]:
    slower, dearer = _above(measured.p95, promised.p95), _above(measured.usd_per_million, promised.usd_per_million)
    told = f"its p95 is {slower:+.0%} and its price {dearer:+.0%} against what was promised"
    surely = (_above(measured.at_least[0], promised.p95), _above(measured.at_least[1], promised.usd_per_million))
    if max(surely) > TOLERANCE:
        return "worse", told
    if max(slower, dearer) > TOLERANCE:
        return "unknown", f"{told}, but so few invocations may show that by accident"
    return "better" if min(slower, dearer) < -TOLERANCE else "kept", told


def _behaviour(durations: Sequence[float], memory_mb: Sequence[int], failed: int) -> Behaviour:
    count, ordered = len(durations), sorted(durations)
    prices = [d * mb / 1024 * USD_PER_GB_SECOND * 1_000_000 for d, mb in zip(durations, memory_mb, strict=True)]
    usd = math.fsum(prices) / count
    error = stdev(prices) / math.sqrt(count) if count > 1 else usd
    rank = math.floor(count * 0.95 - ONE_SIDED * math.sqrt(count * 0.95 * 0.05))
    least = (ordered[max(rank, 1) - 1], usd - ONE_SIDED * error)
    return Behaviour(count, failed, percentile(durations, 0.95), usd, least)


def _above(value: float, promised: float) -> float:
    return value / promised - 1 if promised else 0.0
