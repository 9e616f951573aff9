"""All evidence for an inventory and a window, read in bulk before any rule runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

from shopfast_obs.cloud.interface import Cloud
from shopfast_obs.diagnose.context import log_group
from shopfast_obs.diagnose.engine import catalogue
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.metric_reads import queries
from shopfast_obs.diagnose.property_values import at
from shopfast_obs.errors import DeniedError
from shopfast_obs.model.resources import FUNCTION, Gap, Inventory, Resource
from shopfast_obs.model.telemetry import (
    AlarmStatus,
    InvocationReport,
    LogEvent,
    MetricSeries,
    Observations,
    TimeRange,
    Trace,
)
from shopfast_obs.parse.logs import platform

WORKERS = 8
MOST_EVENTS = 50_000  # of one log group
MOST_TRACES = 100

T = TypeVar("T")


def collect(cloud: Cloud, inventory: Inventory, window: TimeRange, rules: Sequence[Rule] | None = None) -> Observations:
    """What was observed of the inventory in the window, as far as the rules (all by default) read it. What is denied
    becomes a gap; raises CloudUnreachableError when nothing answers."""
    gaps: list[Gap] = []
    functions = list(inventory.of_type(FUNCTION))
    groups = sorted({log_group(function) for function in functions})
    with ThreadPoolExecutor(WORKERS) as pool:
        alarms = pool.submit(_asked, "alarms", lambda: tuple(cloud.alarms()), gaps)
        metrics = pool.submit(_asked, "metrics", lambda: _metrics(cloud, inventory, window, rules), gaps)
        traces = pool.submit(_asked, "traces", lambda: _traces(cloud, functions, window), gaps)
        logs = _logs(cloud, groups, window, gaps)
        found_alarms: tuple[AlarmStatus, ...] = alarms.result()
        found_metrics: tuple[MetricSeries, ...] = metrics.result()
        found_traces: tuple[Trace, ...] = traces.result()
    return Observations(window, logs, _reports(functions, logs), found_metrics, found_traces, found_alarms, tuple(gaps))


def _asked(what: str, ask: Callable[[], tuple[T, ...]], gaps: list[Gap]) -> tuple[T, ...]:
    try:
        return ask()
    except DeniedError as denied:
        gaps.append(Gap(what, denied.message))
        return ()


def _logs(cloud: Cloud, groups: Sequence[str], window: TimeRange, gaps: list[Gap]) -> dict[str, tuple[LogEvent, ...]]:
    found: dict[str, tuple[LogEvent, ...]] = {}
    for group, excerpt in cloud.excerpts(groups, window, MOST_EVENTS).items():
        found[group] = excerpt.events
        if excerpt.refused:
            gaps.append(Gap(f"logs {group}", excerpt.refused))
        elif excerpt.cut:
            said = f"only its first {len(excerpt.events):,} events were read; take a shorter window"
            gaps.append(Gap(f"the end of {group}", said))
    return found


def _metrics(
    cloud: Cloud, inventory: Inventory, window: TimeRange, rules: Sequence[Rule] | None
) -> tuple[MetricSeries, ...]:
    measures = dict.fromkeys(m for rule in (catalogue() if rules is None else rules) for m in rule.measures)
    asked = queries(measures, inventory, window)
    return tuple(cloud.series(asked, window)) if asked else ()


def _traces(cloud: Cloud, functions: Sequence[Resource], window: TimeRange) -> tuple[Trace, ...]:
    if not any(at(f, "TracingConfig.Mode") == "Active" for f in functions):
        return ()
    return tuple(cloud.traces(list(cloud.trace_ids(window))[:MOST_TRACES]))


def _reports(
    functions: Sequence[Resource], logs: dict[str, tuple[LogEvent, ...]]
) -> dict[str, tuple[InvocationReport, ...]]:
    sharing: dict[str, list[Resource]] = defaultdict(list)
    for function in functions:
        sharing[log_group(function)].append(function)
    found: dict[str, tuple[InvocationReport, ...]] = {}
    for group, owners in sharing.items():
        reports = tuple(_of_group(logs.get(group, ())))
        for function in owners:
            mine = reports if len(owners) == 1 else tuple(r for r in reports if f"/{function.name}[" in r.stream)
            found[function.name] = mine
    return found


def _of_group(events: Iterable[LogEvent]) -> list[InvocationReport]:
    """The REPORTs, with the status that other lines tell: not every runtime's REPORT names it."""
    reports: list[InvocationReport] = []
    timed_out: set[str] = set()
    died: set[str] = set()
    raised: dict[str, str] = {}  # since the last START or REPORT of a stream
    for event in events:
        report = platform.report(event.message, event)
        if report is not None:
            kind = raised.pop(event.stream, "")
            ended = kind and report.status == "success"
            reports.append(replace(report, status="error", error_type=kind) if ended else report)
        elif platform.started(event.message):
            raised.pop(event.stream, None)
        elif timeout := platform.timeout(event.message):
            timed_out.add(timeout.request_id)
        elif exited := platform.runtime_exit(event.message):
            died.add(exited.request_id)
        elif kind := platform.raised(event.message):
            raised[event.stream] = kind
    return [_with_status(report, timed_out, died) for report in reports]


def _with_status(report: InvocationReport, timed_out: set[str], died: set[str]) -> InvocationReport:
    if report.status != "success":
        return report
    if report.request_id in timed_out:
        return replace(report, status="timeout")
    return replace(report, status="error", error_type="Runtime.ExitError") if report.request_id in died else report
