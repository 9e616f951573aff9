"""What one set of traces has that another one can be compared with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shopfast_obs.analysis.service_map import MapBuilder, Tally
from shopfast_obs.analysis.statistics import Distribution, distribution
from shopfast_obs.analysis.traces import OverviewBuilder
from shopfast_obs.model.telemetry import Trace


@dataclass(frozen=True, slots=True)
class Series:
    """Calls of one kind. `seconds` is empty where only their distribution is known, as from a saved report."""

    count: int
    failed: int
    latency: Distribution
    seconds: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """One side of a comparison. `steps` are seconds on the critical path by part, all traces together; `cold` maps
    functions to (cold starts, invocations); `errors` maps fingerprints to names and to the
    traces that have them, None where nobody looked."""

    traces: int
    entries: Mapping[str, Series]
    edges: Mapping[str, Series]
    steps: Mapping[str, float]
    cold: Mapping[str, tuple[int, int]]
    services: frozenset[str]
    patterns: frozenset[str] = frozenset()
    errors: Mapping[str, tuple[str, int]] | None = None
    warnings: Mapping[str, int] = field(default_factory=dict)


def sample(traces: Iterable[Trace]) -> Sample:
    """The sample of the traces."""
    builder = OverviewBuilder()
    for trace in traces:
        builder.add(trace)
    found = builder.result()
    steps: defaultdict[str, float] = defaultdict(float)
    for step in found.steps:
        steps[step.name] += step.seconds
    return Sample(
        traces=len(found.traces),
        entries={name: _series(tally) for name, tally in builder.entries.items()},
        edges=_edges(builder.map),
        steps=steps,
        cold={starts.function: (starts.cold, starts.invocations) for starts in found.cold_starts},
        services=frozenset(
            f"{node.name} ({node.type})" if node.type else node.name for node in found.service_map.nodes
        ),
        patterns=frozenset(f"{p.kind}: {p.service}: {p.call}" for p in found.patterns),
        errors={
            group.fingerprint: (f"{group.type}: {group.message} in {group.where}", group.requests)
            for group in found.failures
        },
        warnings=found.quality,
    )


def edge_name(source: str, target: str) -> str:
    """How an edge is called on both sides."""
    return f"{source} -> {target}"


def _series(tally: Tally) -> Series:
    count = sum(tally.outcomes.values())
    return Series(count, count - tally.outcomes["ok"], distribution(tally.seconds), tuple(tally.seconds))


def _edges(found: MapBuilder) -> dict[str, Series]:
    together: defaultdict[str, Tally] = defaultdict(Tally)
    for ((source, _), (target, _), _), tally in found.edges.items():
        if source == target:  # a function's two nodes
            continue
        one = together[edge_name(source, target)]
        one.seconds += tally.seconds
        for how, count in tally.outcomes.items():
            one.outcomes[how] += count
    return {name: _series(tally) for name, tally in together.items()}
