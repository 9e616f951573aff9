"""How many of how many invocations were traced, reckoned over the time in which tracing was on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from shopfast_obs.model.telemetry import InvocationReport


def sampled(reports: Collection[InvocationReport]) -> tuple[int, int] | None:
    """The traced ones and all of those that could have been; None for no reports.

    An execution environment is traced or not for all its life, because a change of the configuration makes new ones. Of
    a function those count that began with the first traced one or after it; a function of which nothing was traced does
    not count, unless nothing was traced at all.
    """
    by_function: defaultdict[str, list[InvocationReport]] = defaultdict(list)
    for report in reports:
        by_function[report.group].append(report)
    counted = [_counted(of) for of in by_function.values()]
    traced, total = (sum(column) for column in zip(*counted, strict=True)) if counted else (0, 0)
    if not reports:
        return None
    return (traced, total) if traced else (0, len(reports))


def _counted(reports: Iterable[InvocationReport]) -> tuple[int, int]:
    """Lambda names the trace of an invocation only when it is sampled."""
    environments: defaultdict[str, list[InvocationReport]] = defaultdict(list)
    for report in reports:
        environments[report.stream].append(report)
    lives = [(min(one.timestamp for one in of), of) for of in environments.values()]
    on = min((begin for begin, of in lives if any(one.trace_id for one in of)), default=None)
    if on is None:
        return 0, 0
    counted = [one for begin, of in lives if begin >= on for one in of]
    return sum(bool(one.trace_id) for one in counted), len(counted)
