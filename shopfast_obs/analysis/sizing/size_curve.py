"""What other memory sizes would cost and bring, from REPORT lines, with how sure that is. Seconds, MB and USD.

Work is bound by CPU, which comes with memory, or waits for others, which memory does not shorten. How much of each a
function does its traces tell; without them both ends are possible, and the estimate is a range.
"""

from __future__ import annotations

from collections.abc import Sequence

from shopfast_obs.analysis.sizing.recommendation import MEMORY_IN_USE, USD_PER_GB_SECOND, cpu_share, percentile
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import InvocationReport

SIZES = (128, 256, 512, 1024, 1769, 3008)
ENOUGH = 20  # invocations; below that nothing is advised
PER_MILLION = 1_000_000


@record
class Estimate:
    """One size: the p95 of the duration and the price of a million invocations, each as (least, most)."""

    memory_mb: int
    p95: tuple[float, float]
    usd: tuple[float, float]


def curve(reports: Sequence[InvocationReport], memory_mb: int, computing: float | None = None) -> tuple[Estimate, ...]:
    """The sizes in which the function's memory fits, its present one among them; none from too few invocations.
    `computing` is the share of its time that it spends by itself, as far as traces tell."""
    finished = [report for report in reports if report.status == "success"]
    if len(finished) < ENOUGH:
        return ()
    durations = [report.duration for report in finished]
    p95, mean = percentile(durations, 0.95), sum(durations) / len(durations)
    used = max(report.max_memory_mb for report in reports)
    shares = (0.0, 1.0) if computing is None else (max(0.0, computing - 0.1), min(1.0, computing + 0.1))
    sizes = sorted({*SIZES, memory_mb})
    return tuple(
        Estimate(size, _range(p95, memory_mb, size, shares), _priced(_range(mean, memory_mb, size, shares), size))
        for size in sizes
        if used <= MEMORY_IN_USE * size or size == memory_mb
    )


def _range(seconds: float, before: int, after: int, shares: tuple[float, float]) -> tuple[float, float]:
    ratio = cpu_share(before) / cpu_share(after)
    both = [seconds * (1 - share) + seconds * share * ratio for share in shares]
    return min(both), max(both)


def _priced(seconds: tuple[float, float], memory_mb: int) -> tuple[float, float]:
    least, most = (PER_MILLION * each * memory_mb / 1024 * USD_PER_GB_SECOND for each in seconds)
    return least, most
