"""What rules read: evidence is collected first, in bulk; rules only look at it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, cast

from shopfast_obs.analysis.wiring.dead_letters import dead_letter_queues
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.diagnose.property_values import at
from shopfast_obs.model.failures import Failure
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, FUNCTION, LOG_GROUP, Inventory, Resource
from shopfast_obs.model.sources import Source
from shopfast_obs.model.telemetry import (
    InvocationReport,
    LogEvent,
    MetricSeries,
    Observations,
    TimeRange,
    Trace,
)
from shopfast_obs.parse.logs import platform

IN_TEMPLATE = "a template shows no {what}"
T = TypeVar("T")


@dataclass(frozen=True)
class Context:
    """All that rules read: what is deployed or declared, what was observed of it (None for a template), and what the
    source of a function says, by the function's name."""

    inventory: Inventory
    observations: Observations | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)
    _made: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made for the first rule that asks and kept for the others."""
        if key not in self._made:
            self._made[key] = make()
        return cast("T", self._made[key])

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

    def unread(self, type_: str) -> str:
        """Why resources of that type could not be read, all or some of them; empty when they were."""
        return next((f"{gap.what}: {gap.reason}" for gap in self.inventory.gaps if type_ in gap.types), "")

    def reports(self, function: Resource) -> tuple[InvocationReport, ...]:
        """The REPORTs of a function under its present configuration; what ran before the last change of memory or
        timeout no longer tells of it."""
        return tuple(r for r in self.all_reports(function) if _present(r, function))

    def all_reports(self, function: Resource) -> tuple[InvocationReport, ...]:
        """The REPORTs of a function in the window."""
        return self.observations.reports.get(function.name, ()) if self.observations else ()

    def events(self, function: Resource) -> tuple[LogEvent, ...]:
        """All lines of the function's log."""
        found = self.observations.logs.get(log_group(function), ()) if self.observations else ()
        if log_group(function) not in self.shared_groups:
            return found
        # In a group of its own choosing Lambda puts the function's name into the stream: 2026/01/01/name[$LATEST]hash.
        return tuple(event for event in found if f"/{function.name}[" in event.stream)

    def lines(self, function: Resource) -> tuple[LogEvent, ...]:
        """The lines that the function itself wrote."""
        return self.once(("lines", function.name), lambda: tuple(e for e in self.events(function) if _own(e.message)))

    def failures(self, function: Resource) -> tuple[Failure, ...]:
        """What went wrong by the function's log: exceptions, timeouts, deaths, logged errors."""
        from shopfast_obs.parse.logs.failures import failures  # a template has no log

        return self.once(("failures", function.name), lambda: failures(self.events(function)).failures)

    def measured(self, resource: Resource, measure: Measure) -> MetricSeries | None:
        """A metric of a resource in the window; None when it has no points."""
        asked = measure.query(resource)
        return self._metrics.get((asked.namespace, asked.name, asked.statistic, tuple(sorted(asked.dimensions))))

    def total(self, resource: Resource, measure: Measure) -> int:
        """The sum of a metric in the window, 0 without points."""
        series = self.measured(resource, measure)
        return int(series.total) if series else 0

    def traces(self, function: Resource) -> tuple[Trace, ...]:
        """The traces in which the function ran."""
        return self._traces.get(function.name, ())

    @cached_property
    def references(self) -> References:
        """Which resources a property names."""
        return References(self.inventory)

    @cached_property
    def dead_letter_queues(self) -> frozenset[str]:
        """The names of the queues that hold what others could not deliver."""
        return frozenset(queue.name for queue in dead_letter_queues(self.inventory, self.references))

    def naming(self, resource: Resource, type_: str, *path: str) -> tuple[Resource, ...]:
        """The resources of a type that name this one in a property; a path leads through lists (`Targets`, `Arn`)."""
        index = self.once(("naming", type_, path), lambda: self._naming(type_, path))
        return index.get(_key(resource), ())

    def _naming(self, type_: str, path: tuple[str, ...]) -> Mapping[Hashable, tuple[Resource, ...]]:
        found: dict[Hashable, dict[int, Resource]] = {}
        for naming in self.inventory.of_type(type_):
            for named in self.references.named(_values(naming.properties, path)):
                found.setdefault(_key(named), {})[id(naming)] = naming
        return {key: tuple(resources.values()) for key, resources in found.items()}

    @cached_property
    def _mappings(self) -> Mapping[Hashable, tuple[tuple[Resource, Resource | None], ...]]:
        """Event source mappings with their function, by the key of the source."""
        found: dict[Hashable, list[tuple[Resource, Resource | None]]] = {}
        for mapping in self.inventory.of_type(EVENT_SOURCE_MAPPING):
            function = next(iter(self.references.named(mapping.properties.get("FunctionName"), FUNCTION)), None)
            for source in self.references.named(mapping.properties.get("EventSourceArn")):
                found.setdefault(_key(source), []).append((mapping, function))
        return {key: tuple(pairs) for key, pairs in found.items()}

    def consumers(self, source: Resource) -> tuple[tuple[Resource, Resource | None], ...]:
        """The event source mappings that read a queue, a stream or a table, each with its function where known."""
        return self._mappings.get(_key(source), ())

    @cached_property
    def shared_groups(self) -> frozenset[str]:
        """The log groups that several functions write to."""
        seen: dict[str, int] = {}
        for function in self.inventory.of_type(FUNCTION):
            seen[log_group(function)] = seen.get(log_group(function), 0) + 1
        return frozenset(group for group, count in seen.items() if count > 1)

    @cached_property
    def log_groups(self) -> Mapping[str, Resource]:
        """The log groups of the inventory by their name, and what else may refer to them."""
        groups = list(self.inventory.of_type(LOG_GROUP))
        return {name: g for g in groups for name in (g.logical_id, g.reference, g.identifier)}

    @cached_property
    def _metrics(self) -> Mapping[tuple[str, str, str, tuple[tuple[str, str], ...]], MetricSeries]:
        series = self.observations.metrics if self.observations else ()
        return {(s.namespace, s.name, s.statistic, tuple(sorted(s.dimensions))): s for s in series if s.points}

    @cached_property
    def _traces(self) -> Mapping[str, tuple[Trace, ...]]:
        found: dict[str, list[Trace]] = {}
        for trace in self.observations.traces if self.observations else ():
            for name in {s.name for s in trace.segments if s.origin == "AWS::Lambda::Function"}:
                found.setdefault(name, []).append(trace)
        return {name: tuple(traces) for name, traces in found.items()}


def _key(resource: Resource) -> Hashable:
    return (resource.type, resource.name, resource.logical_id, resource.stack)


def _values(value: Any, path: tuple[str, ...]) -> list[Any]:  # noqa: ANN401 - any JSON value
    """What stands at a path of keys, in every item of the lists on the way."""
    found = [value]
    for key in path:
        items = [item for one in found for item in (one if isinstance(one, list) else [one])]
        found = [item[key] for item in items if isinstance(item, Mapping) and key in item]
    return found


def log_group(function: Resource) -> str:
    """The log group that a function writes to; `LoggingConfig.LogGroup` counts. An intrinsic gives its logical id."""
    chosen = at(function, "LoggingConfig.LogGroup")
    if isinstance(chosen, Mapping):
        chosen = chosen.get("Ref", "")
    return str(chosen or f"/aws/lambda/{function.identifier}")


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
