"""What one set of traces has that another one can be compared with."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import field

from shopfast_obs.analysis.comparison.per_request import scattered
from shopfast_obs.analysis.statistics import Amount, Distribution, distribution
from shopfast_obs.analysis.traces.overview.call_chains import ChainBuilder
from shopfast_obs.analysis.traces.overview.overview import Overview, OverviewBuilder
from shopfast_obs.analysis.traces.overview.service_map import MapBuilder, Tally, one_function
from shopfast_obs.analysis.traces.tree import TraceTree
from shopfast_obs.analysis.traces.waterfall import LAMBDA_LOGS
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import InvocationReport, Trace

ARROW = " > "


@record
class Series:
    """Calls of one kind. `seconds` is empty where only their distribution is known, as from a saved report."""

    count: int
    failed: int
    latency: Distribution
    seconds: tuple[float, ...] = ()


@record
class Sample:
    """One side of a comparison. `chains` are calls by the way from their entry point, None where that is unknown;
    `calls` are how many a request makes, `steps` its seconds on the critical path, both by entry point and name. `cold`
    maps functions to (cold starts, invocations), `waited` entry points to (requests that waited for one, requests).
    `attributes` maps (name, value) to the traces that have it and those that have the attribute, `patterns` and
    `errors` (by fingerprint, with their name) to the traces that have them; `errors` is None where nobody looked.
    `exemplars` has up to three traces to look at by ("routes", "chains", "pattern" or "error", name); `sampling` is how
    many of how many invocations were traced, as far as logs tell; `functions` have the warm invocations by REPORT
    lines, with their Duration."""

    traces: int
    entries: Mapping[str, Series]
    edges: Mapping[str, Series]
    steps: Mapping[tuple[str, str], Amount]
    cold: Mapping[str, tuple[int, int]]
    services: frozenset[str]
    chains: Mapping[str, Series] | None = None
    calls: Mapping[tuple[str, str], Amount] = field(default_factory=dict)
    waited: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    attributes: Mapping[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    patterns: Mapping[str, int] = field(default_factory=dict)
    errors: Mapping[str, tuple[str, int]] | None = None
    warnings: Mapping[str, int] = field(default_factory=dict)
    exemplars: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    sampling: tuple[int, int] | None = None
    functions: Mapping[str, Series] = field(default_factory=dict)

    def edge_calls(self) -> dict[tuple[str, str], Amount]:
        """How many calls of each edge a trace makes, where their chains are unknown."""
        return {("", name): scattered(series.count, self.traces) for name, series in self.edges.items() if self.traces}


def sample(traces: Iterable[Trace], reports: Mapping[str, InvocationReport] | None = None) -> Sample:
    """The sample of the traces; `reports`, by request id, tell memory sizes."""
    builder = _Builder(reports)
    for trace in traces:
        builder.add(trace)
    found = builder.result()
    chains, calls = builder.chains.result({name: len(tally.seconds) for name, tally in builder.entries.items()})
    return Sample(
        traces=len(found.traces),
        entries={name: _series(tally) for name, tally in builder.entries.items()},
        edges=_edges(builder.map),
        steps=_steps(found),
        cold=_cold(found),
        services=frozenset(
            f"{node.name} ({node.type})" if node.type else node.name for node in found.service_map.nodes
        ),
        chains={ARROW.join(chain): _series(tally) for chain, tally in chains.items()},
        calls=calls,
        waited=waited((summary.entry_point, summary.cold_starts) for summary in found.traces),
        attributes={(one.attribute, one.value): (one.traces, one.of) for one in found.attributes},
        patterns={f"{p.kind}: {p.service}: {p.call}": p.traces for p in found.patterns},
        errors={
            group.fingerprint: (error_name(group.type, group.message, group.where), group.requests)
            for group in found.failures
        },
        warnings=found.quality,
        exemplars={
            **{("routes", entry.name): entry.slowest for entry in found.entry_points},
            **{("chains", ARROW.join(chain)): ids for chain, ids in builder.chains.slowest().items()},
            **{("pattern", f"{p.kind}: {p.service}: {p.call}"): p.exemplars for p in found.patterns},
            **{("error", g.fingerprint): tuple(e.trace_id for e in g.exemplars) for g in found.failures},
        },
        sampling=found.sampling,
        functions=_functions((reports or {}).values()),
    )


class _Builder(OverviewBuilder):
    """An overview that counts chains beside, which a report has no use for."""

    def __init__(self, reports: Mapping[str, InvocationReport] | None) -> None:
        super().__init__(reports)
        self.chains = ChainBuilder()

    def add(self, trace: Trace) -> TraceTree:
        """Take in one trace."""
        grown = super().add(trace)
        self.chains.add(grown, self.summaries[-1].entry_point)
        return grown


def error_name(kind: str, message: str, where: str) -> str:
    """How an error is called on both sides."""
    return f"{kind}: {message} in {where}"


def edge_name(source: str, target: str) -> str:
    """How an edge is called on both sides."""
    return f"{source} -> {target}"


def waited(requests: Iterable[tuple[str, int]]) -> dict[str, tuple[int, int]]:
    """By entry point, how many of its requests have cold starts on their critical path."""
    found: dict[str, tuple[int, int]] = {}
    for name, cold in requests:
        if name:
            hits, count = found.get(name, (0, 0))
            found[name] = hits + bool(cold), count + 1
    return found


def step_amount(requests: int, traces: int, seconds: float, spread: float) -> Amount:
    """The seconds that a request spends in a part which so many of the requests have."""
    return Amount(requests, seconds, traces * spread**2 + seconds**2 / traces)


def _steps(found: Overview) -> dict[tuple[str, str], Amount]:
    steps: dict[tuple[str, str], Amount] = {}
    for entry in found.entry_points:
        for step in entry.critical_path:
            amount = step_amount(entry.counts.total, step.traces, step.seconds, step.spread)
            key = (entry.name, step.name)
            steps[key] = steps[key] + amount if key in steps else amount
    return steps


def _cold(found: Overview) -> dict[str, tuple[int, int]]:
    """Cold starts and invocations; a function has an entry for every memory size that it had."""
    cold: dict[str, tuple[int, int]] = {}
    for starts in found.cold_starts:
        before = cold.get(starts.function, (0, 0))
        cold[starts.function] = before[0] + starts.cold, before[1] + starts.invocations
    return cold


def _functions(reports: Iterable[InvocationReport]) -> dict[str, Series]:
    """Warm invocations by function: what an init costs is told by cold starts. A line without a group tells no name."""
    took: defaultdict[str, list[float]] = defaultdict(list)
    failed: Counter[str] = Counter()
    for report in reports:
        if report.group and report.init is None:
            name = report.group.removeprefix(LAMBDA_LOGS)
            took[name].append(report.duration)
            failed[name] += report.status != "success"
    return {name: Series(len(all_), failed[name], distribution(all_), tuple(all_)) for name, all_ in took.items()}


def _series(tally: Tally) -> Series:
    count = sum(tally.outcomes.values())
    return Series(count, count - tally.outcomes["ok"], distribution(tally.seconds), tuple(tally.seconds))


def _edges(found: MapBuilder) -> dict[str, Series]:
    together: defaultdict[str, Tally] = defaultdict(Tally)
    for (source, target, _), tally in found.edges.items():
        if not one_function(source, target):
            together[edge_name(source[0], target[0])].merge(tally)
    return {name: _series(tally) for name, tally in together.items()}
