"""How often functions had to be initialised for a request, and what that cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from shopfast_obs.analysis.statistics import NOTHING, Distribution, distribution
from shopfast_obs.analysis.traces.critical_path import INITIALIZATION, CriticalPath, pre_initialised
from shopfast_obs.analysis.traces.outcome import attribute
from shopfast_obs.analysis.traces.overview.path_steps import Column, doubles
from shopfast_obs.analysis.traces.tree import TraceTree
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import InvocationReport, Segment

_BYTES = 1 << 20  # no function has as many MB
_LARGEST = 1 << 50


@record
class FunctionStarts:
    """One function's starts with one memory size (None where no log says which). `pre_initialised` environments were
    ready before the request; `restored` of the cold ones began from a snapshot; `on_path` cold starts made a customer
    wait. `container` and `runtime` are seconds, `duration` is that of the REPORT lines of these invocations."""

    function: str
    invocations: int
    cold: int
    on_path: int
    pre_initialised: int
    container: Distribution
    runtime: Distribution
    memory_mb: int | None = None
    restored: int = 0
    duration: Distribution = NOTHING

    @property
    def rate(self) -> float:
        """The share of invocations that were cold."""
        return self.cold / self.invocations if self.invocations else 0.0


COUNTED = ("invocations", "cold", "on_path", "ready", "restored")
TIMED = ("container", "runtime", "duration")


class _Starts:
    __slots__ = (*COUNTED, *TIMED)

    def __init__(self, column: Column = doubles) -> None:
        self.invocations = self.cold = self.on_path = self.ready = self.restored = 0
        self.container, self.runtime, self.duration = column(), column(), column()

    def merge(self, other: _Starts) -> None:
        for name in COUNTED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in TIMED:
            getattr(self, name).extend(getattr(other, name))


@dataclass(slots=True)
class StartsBuilder:
    """Collects the starts of functions, one trace at a time."""

    reports: Mapping[str, InvocationReport] = field(default_factory=dict)
    functions: defaultdict[tuple[str, int | None], _Starts] = field(default_factory=partial(defaultdict, _Starts))

    @classmethod
    def of(cls, reports: Mapping[str, InvocationReport], column: Column) -> StartsBuilder:
        """An empty one that collects seconds in such columns."""
        return cls(reports, defaultdict(partial(_Starts, column)))

    def merge(self, other: StartsBuilder) -> None:
        """Count what the other one counted."""
        for key, starts in other.functions.items():
            self.functions[key].merge(starts)

    def add(self, tree: TraceTree, path: CriticalPath) -> None:
        """Count every invocation of the trace; `path` is that to the answer."""
        for index in tree.functions:
            segment = tree.nodes[index]
            report = self.reports.get(str(segment.aws.get("request_id"))) if self.reports else None
            told = (segment, *(tree.nodes[child] for child in tree.children[index]))  # the handler's span may be either
            memory = report.memory_size_mb if report else _memory(told)
            starts = self.functions[segment.name, memory]
            starts.invocations += 1
            if report:
                starts.duration.append(report.duration)
            init = next((child for child in tree.children[index] if tree.nodes[child].name in INITIALIZATION), -1)
            if init == -1:
                cold = any(attribute(part, "faas.coldstart") is True for part in told)
                starts.cold += cold
                starts.on_path += cold and index in path.nodes
                continue
            if pre_initialised(tree, index, init):
                starts.ready += 1
                continue
            starts.cold += 1
            starts.restored += tree.nodes[init].name == "Restore"
            starts.on_path += index in path.cold_starts
            starts.runtime.append(tree.ends[init] - tree.nodes[init].start)
            parent = tree.parents[index]
            if parent != -1:
                starts.container.append(max(0.0, tree.nodes[init].start - tree.nodes[parent].start))

    def result(self) -> tuple[FunctionStarts, ...]:
        """All functions, the most often cold first."""
        found = [
            FunctionStarts(
                name,
                s.invocations,
                s.cold,
                s.on_path,
                s.ready,
                distribution(s.container),
                distribution(s.runtime),
                memory,
                s.restored,
                distribution(s.duration),
            )
            for (name, memory), s in self.functions.items()
        ]
        return tuple(sorted(found, key=lambda starts: (-starts.cold, starts.function, starts.memory_mb or 0)))


def _memory(told: Sequence[Segment]) -> int | None:
    """The memory size in MB that OpenTelemetry's resource names, which the older conventions have in MB, too."""
    for part in told:
        for name in ("otel.resource.faas.max_memory", "faas.max_memory"):
            value = attribute(part, name)
            if isinstance(value, int | float) and 0 < value < _LARGEST:
                return int(value) if value < _BYTES else int(value) // _BYTES
    return None
