"""The figures that stand first."""

from __future__ import annotations

from shopfast_obs.analysis.statistics import distribution, rate_interval
from shopfast_obs.analysis.traces.overview.overview import Overview
from shopfast_obs.model.records import record
from shopfast_obs.report.text import percent, plural, seconds


@record
class Tile:
    """One figure with what it is and how sure it is; `tone` is good, bad or nothing."""

    label: str
    value: str
    note: str
    tone: str = ""


def tiles(overview: Overview) -> tuple[Tile, ...]:
    """Requests, failures, latency and cold starts, of what a deployment changed only since then; nothing for no
    traces."""
    split = overview.split
    shown = split.now if split and split.now.entry_points else overview
    requests = [summary for summary in shown.traces if summary.entry_point]
    if not requests:
        return ()
    count = len(requests)
    since = ", since the deployment" if shown is not overview else ""
    failed = sum(summary.outcome in ("fault", "throttle") for summary in requests)
    low, high = rate_interval(failed, count)
    latency = distribution(summary.response for summary in requests)
    cold = sum(bool(summary.cold_starts) for summary in requests)
    sure = latency.p95_interval
    between = f"95 % sure: {seconds(sure[0])} to {seconds(sure[1])}" if sure else "too few to be sure"
    return (
        Tile("Requests", f"{count:,}", plural(len(shown.entry_points), "entry point") + since),
        Tile("Failed", percent(failed / count), f"95 % sure: {percent(low)} to {percent(high)}", _tone(failed)),
        Tile("Median", seconds(latency.p50), f"p90 {seconds(latency.p90)}"),
        Tile("95th percentile", seconds(latency.p95), between),
        Tile("Longest", seconds(latency.max), f"p99 {seconds(latency.p99)}"),
        Tile("Cold", percent(cold / count), f"{cold:,} waited for a cold start"),
    )


def _tone(failed: int) -> str:
    return "bad" if failed else "good"
