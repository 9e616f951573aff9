"""A tuning run for a reader: the curves of time and price over the sizes, and the sizes to choose from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shopfast_obs.analysis.sizing.recommendation import Advice
from shopfast_obs.analysis.sizing.tuning import MOSTLY_COMPUTES, MOSTLY_WAITS, Choice, Size
from shopfast_obs.report.text import bar, seconds

BAR = 12
COLUMNS = ("MB", "time", "p50", "95 % sure", "p95", "init", "used MB", "curve", "USD/million", "price")


def rows(measured: Sequence[Size]) -> list[tuple[str, ...]]:
    """A row of the table for each size; the columns are `COLUMNS`."""
    slowest = max((size.typical for size in measured), default=0.0)
    dearest = max((size.usd_per_million for size in measured), default=0.0)
    return [_row(size, slowest, dearest) for size in measured]


def sentences(measured: Sequence[Size], choice: Choice, advice: Advice | None, memory_mb: int) -> Iterator[str]:
    """What the curves say, what to choose, and what production says beside it."""
    by_size = {size.memory_mb: size for size in measured}
    yield _nature(choice)
    for name in ("cheapest", "fastest", "balanced"):
        size = by_size[getattr(choice, name)]
        yield (
            f"{name:8}  {size.memory_mb:>5} MB  {seconds(size.typical)}, "
            f"{size.usd_per_million:.2f} USD a million invocations"
        )
    if advice is None:
        yield "production: no REPORT lines in the window to set beside it (--since)"
    else:
        yield f"production: {advice.memory_mb} MB (now {memory_mb}) and Timeout {advice.timeout} s. {advice.reason}"


def document(
    function: str, measured: Sequence[Size], choice: Choice | None, advice: Advice | None, memory_mb: int
) -> dict[str, Any]:
    """The JSON document of a run; durations in seconds."""
    return {
        "function": function,
        "memory_mb": memory_mb,
        "sizes": [_size(size) for size in measured],
        "choice": choice and {"cheapest": choice.cheapest, "fastest": choice.fastest, "balanced": choice.balanced},
        "scaling": choice.scaling if choice else None,
        "production": advice and {
            "memory_mb": advice.memory_mb,
            "timeout": advice.timeout,
            "invocations": advice.invocations,
            "shortest": advice.seen[0],
            "longest": advice.seen[1],
            "slowest_after": advice.slowest,
            "reason": advice.reason,
        },
    }  # fmt: skip


def failed(failures: Mapping[str, int]) -> str:
    """`3 timed out, 1 TypeError`."""
    return ", ".join(f"{count} {what}" for what, count in failures.items())


def _row(size: Size, slowest: float, dearest: float) -> tuple[str, ...]:
    init = "" if size.init is None else seconds(size.init)
    if not size.warm.count:
        return (str(size.memory_mb), failed(size.failures), "", "", "", init, str(size.used_mb), "", "", "")
    sure = size.warm.p50_interval
    return (
        str(size.memory_mb),
        seconds(size.typical) + (f" ({failed(size.failures)})" if size.failures else ""),
        seconds(size.warm.p50),
        f"{seconds(sure[0])} - {seconds(sure[1])}" if sure else "too few",
        seconds(size.warm.p95),
        init,
        str(size.used_mb),
        bar(size.typical / slowest if slowest else 0.0, BAR),
        f"{size.usd_per_million:.2f}",
        bar(size.usd_per_million / dearest if dearest else 0.0, BAR),
    )


def _size(size: Size) -> dict[str, Any]:
    return {
        "memory_mb": size.memory_mb,
        "invocations": size.warm.count,
        "typical": size.typical,
        "p50": size.warm.p50,
        "p50_interval": size.warm.p50_interval,
        "p95": size.warm.p95,
        "mean": size.warm.mean,
        "init": size.init,
        "used_mb": size.used_mb,
        "usd_per_million": size.usd_per_million,
        "failures": dict(size.failures),
    }


def _nature(choice: Choice) -> str:
    if choice.scaling is None:
        return "Too few sizes to tell whether it computes or waits."
    if choice.scaling > MOSTLY_COMPUTES:
        return "It computes: with twice the memory, and so the CPU, it takes about half the time for the same price."
    if choice.scaling < MOSTLY_WAITS:
        return "It waits: more memory, and so more CPU, buys no time."
    return "It computes and waits: more memory, and so more CPU, buys some time."
