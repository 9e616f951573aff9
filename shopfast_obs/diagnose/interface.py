"""What a rule is, and what it is given to read. Evidence is collected first, in bulk; rules only read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from shopfast_obs.analysis.sizing import percent
from shopfast_obs.model.findings import Outcome, Severity
from shopfast_obs.model.resources import ALARM, LOG_GROUP, Inventory, Resource
from shopfast_obs.model.telemetry import (
    AlarmStatus,
    InvocationReport,
    LogEvent,
    MetricSeries,
    Observations,
    TimeRange,
    Trace,
    WatchedMetric,
)
from shopfast_obs.parse import platform
from shopfast_obs.parse.alarm_definition import watched

Need = Literal["configuration", "logs", "metrics", "traces", "alarms"]
IN_TEMPLATE = "a template shows no {what}"


@dataclass(frozen=True)
class Context:
    """All that rules read: what is deployed or declared, and what was observed of it (None for a template)."""

    inventory: Inventory
    observations: Observations | None = None

    @property
    def window(self) -> TimeRange | None:
        """The window that was observed, or None for a template."""
        return self.observations.window if self.observations else None

    def missing(self, what: str, key: str = "") -> str:
        """Why evidence (`logs` of a group, `metrics`, `traces`, `alarms`) could not be read; empty when it was."""
        if self.observations is None:
            return IN_TEMPLATE.format(what=what)
        named = {what, f"{what} {key}".strip()}
        return next((f"{gap.what}: {gap.reason}" for gap in self.observations.gaps if gap.what in named), "")

    def reports(self, function: Resource) -> tuple[InvocationReport, ...]:
        """The REPORTs of a function under its present configuration; what ran before the last change of memory or
        timeout no longer tells of it."""
        return tuple(r for r in self.all_reports(function) if _present(r, function))

    def all_reports(self, function: Resource) -> tuple[InvocationReport, ...]:
        """The REPORTs of a function in the window."""
        return self.observations.reports.get(function.name, ()) if self.observations else ()

    def lines(self, function: Resource) -> tuple[LogEvent, ...]:
        """The lines that the function itself wrote."""
        events = self.observations.logs.get(log_group(function), ()) if self.observations else ()
        return tuple(event for event in events if _own(event.message) and _by(event, function, self.shared_groups))

    def platform_lines(self, function: Resource) -> tuple[LogEvent, ...]:
        """Everything in the function's log that the function did not write: REPORT, timeouts, exits."""
        events = self.observations.logs.get(log_group(function), ()) if self.observations else ()
        return tuple(event for event in events if not _own(event.message) and _by(event, function, self.shared_groups))

    def metric(self, namespace: str, name: str, **dimensions: str) -> MetricSeries | None:
        """A metric in the window; None when it has no points."""
        return self._metrics.get((namespace, name, tuple(sorted(dimensions.items()))))

    def traces(self, function: Resource) -> tuple[Trace, ...]:
        """The traces in which the function ran."""
        return self._traces.get(function.name, ())

    @cached_property
    def watched(self) -> tuple[WatchedMetric, ...]:
        """Every metric that an alarm of the inventory or of the account reads."""
        declared = [w for alarm in self.inventory.of_type(ALARM) for w in watched(alarm.properties)]
        live = self.observations.alarms if self.observations else ()
        return (*declared, *(w for alarm in live for w in _watched(alarm)))

    def watches(self, resource: Resource, namespace: str, dimension: str) -> frozenset[str]:
        """The names of a resource's metrics that an alarm reads."""
        names = {resource.name, resource.logical_id, resource.arn} - {""}
        return frozenset(
            w.name for w in self.watched if w.namespace == namespace and dict(w.dimensions).get(dimension) in names
        )

    @cached_property
    def shared_groups(self) -> frozenset[str]:
        """The log groups that several functions write to."""
        groups = [log_group(function) for function in self.inventory.of_type("AWS::Lambda::Function")]
        return frozenset(group for group in groups if groups.count(group) > 1)

    def find_log_group(self, function: Resource) -> Resource | None:
        """The log group of a function, when the inventory has it."""
        return self.inventory.find(LOG_GROUP, log_group(function))

    @cached_property
    def _metrics(self) -> Mapping[tuple[str, str, tuple[tuple[str, str], ...]], MetricSeries]:
        series = self.observations.metrics if self.observations else ()
        return {(s.namespace, s.name, tuple(sorted(s.dimensions))): s for s in series if s.points}

    @cached_property
    def _traces(self) -> Mapping[str, tuple[Trace, ...]]:
        found: dict[str, list[Trace]] = {}
        for trace in self.observations.traces if self.observations else ():
            for name in {s.name for s in trace.segments if s.origin == "AWS::Lambda::Function"}:
                found.setdefault(name, []).append(trace)
        return {name: tuple(traces) for name, traces in found.items()}


Check = Callable[[Resource, Context], Outcome]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong. `check` gives found, clear or not enough data for one resource; the texts are its
    page in the reference."""

    id: str
    title: str
    severity: Severity
    types: tuple[str, ...]
    needs: tuple[Need, ...]
    why: str
    remedy: str
    limits: str
    check: Check
    runbook: str = ""  # the name of a file in the project's runbooks, without .md
    helpers: bool = False  # also for the functions that deployment tools bring with them

    def applies(self, resource: Resource) -> bool:
        """True when the rule has something to say about resources of this kind."""
        return resource.type in self.types and (self.helpers or not is_deployment_helper(resource))


# Functions that CDK and friends put into a stack to do their own work at deployment.
_HELPERS = (
    "CustomResourceProvider",
    "CustomCDK",
    "LogRetention",
    "AWS679f53fac002430cb0da5b7982bd2287",
    "framework-on",
)


def is_deployment_helper(resource: Resource) -> bool:
    """True for a function (or its log group) that a deployment tool added for itself."""
    return any(mark in resource.logical_id or mark in resource.name for mark in _HELPERS)


def log_group(function: Resource) -> str:
    """The log group that a function writes to; `LoggingConfig.LogGroup` counts. An intrinsic gives its logical id."""
    chosen: Any = (function.properties.get("LoggingConfig") or {}).get("LogGroup")
    if isinstance(chosen, Mapping):
        chosen = chosen.get("Ref", "")
    return str(chosen or f"/aws/lambda/{function.name}")


def share_of(count: float, total: float) -> str:
    """The share of `count` in `total` as `41 %`."""
    return percent(count / total if total else 0.0)


def plural(count: int, noun: str) -> str:
    """`1 invocation`, `2 invocations`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _present(report: InvocationReport, function: Resource) -> bool:
    memory, timeout = function.effective("MemorySize"), function.effective("Timeout")
    if report.memory_size_mb and memory and report.memory_size_mb != memory:
        return False
    return not (report.status == "timeout" and isinstance(timeout, int | float) and report.duration < timeout - 0.5)


def _own(message: str) -> bool:
    return not (
        platform.is_platform(message)
        or platform.timeout(message)
        or platform.runtime_exit(message)
        or message.startswith("RequestId: ")
    )


def _by(event: LogEvent, function: Resource, shared: Sequence[str] | frozenset[str]) -> bool:
    # In a group of its own choosing Lambda puts the function's name into the stream: 2026/01/01/name[$LATEST]hash.
    return event.group not in shared or f"/{function.name}[" in event.stream


def _watched(alarm: AlarmStatus) -> tuple[WatchedMetric, ...]:
    if alarm.watches or not alarm.metric:
        return alarm.watches
    return (WatchedMetric(alarm.namespace, alarm.metric, alarm.dimensions),)
