"""A run of the traffic for a reader: what clients waited for, and how long the functions took."""

from __future__ import annotations

from collections.abc import Mapping

from shopfast_obs.analysis.traffic import RouteSummary, Summary

COLUMNS = ("route", "requests", "failed", "status:count", "p50 ms", "p95", "max")
FUNCTION_TITLE = "Of this, in the functions (Duration of their REPORT lines)"
FUNCTION_COLUMNS = ("route", "p50 ms", "p95", "max", "cold", "init ms", "outside ms")
COMPARED = ("route", "failed before", "failed after", "p95 before", "p95 after")


def rows(summary: Summary) -> list[tuple[str, ...]]:
    """A row for each route; the columns are `COLUMNS`."""
    return [
        (
            route.route,
            str(route.count),
            f"{route.failed_share:.0%}",
            " ".join(f"{status or 'none'}:{count}" for status, count in route.statuses),
            *(_ms(value) for value in (route.p50, route.p95, route.max)),
        )
        for route in summary.routes
    ]


def function_rows(summary: Summary) -> list[tuple[str, ...]]:
    """A row for each route whose requests REPORT lines name; the columns are `FUNCTION_COLUMNS`."""
    return [
        (
            route.route,
            *(_ms(value) for value in (found.p50, found.p95, found.max)),
            str(found.cold),
            "-" if found.init is None else _ms(found.init),
            _ms(found.outside),
        )
        for route in summary.routes
        if (found := route.function)
    ]


def compared(before: Summary, after: Summary) -> list[tuple[str, ...]]:
    """Rows for each route that both have; the columns are `COMPARED`. Cold starts do not count in the percentiles."""
    now: Mapping[str, RouteSummary] = {route.route: route for route in after.routes}
    found: list[tuple[str, ...]] = []
    for old in before.routes:
        new = now.get(old.route)
        if new is None:
            continue
        found.append((old.route, _failed(old), _failed(new), f"{_ms(old.warm_p95)} ms", f"{_ms(new.warm_p95)} ms"))
        if old.function and new.function:
            found.append(
                (
                    "  in the function",
                    "",
                    "",
                    f"{_ms(old.function.warm_p95)} ms",
                    f"{_ms(new.function.warm_p95)} ms",
                )
            )
    return found


def cold(before: Summary, after: Summary) -> str:
    """What the comparison leaves out, as a sentence; empty where that is nothing."""
    counts = [sum(route.cold for route in side.routes) for side in (before, after)]
    if not any(counts):
        return ""
    return f"p95 leaves out requests that met a cold start: {counts[0]} before, {counts[1]} after."


def _failed(route: RouteSummary) -> str:
    return f"{route.failed} of {route.count} ({route.failed_share:.0%})"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.0f}"
