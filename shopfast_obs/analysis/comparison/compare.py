"""Two samples against each other: what is slower, fails more, starts cold more often, calls more, is new or gone.

A difference counts when it is both unlikely to be an accident (5 % for everything that is compared together) and large
enough to matter. Where there are too few traces to tell, that is the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from shopfast_obs.analysis.comparison.sample import Sample, Series
from shopfast_obs.analysis.comparison.significance import ENOUGH, both_attributes, both_calls, chances, on_both
from shopfast_obs.analysis.comparison.wording import ALPHA, NOTHING, AmountChange, Judge, LatencyChange, RateChange
from shopfast_obs.model.counts import plural
from shopfast_obs.model.records import record

Kind = Literal["service", "edge", "error", "pattern", "entry point"]

TOLERANCE = 0.10  # of a percentile, or of an amount per request
_UNLIKE = 1.5  # times as many invocations traced on one side


@record
class Presence:
    """What only one side has; `exemplars` are traces that have it, where these are known."""

    kind: Kind
    name: str
    new: bool
    alarming: bool = False  # and no accident
    exemplars: tuple[str, ...] = ()


@record
class Comparison:
    """What changed. `worse` are the sentences for which a check should fail unless it has thresholds of its own."""

    before: int
    after: int
    routes: tuple[LatencyChange, ...]
    edges: tuple[LatencyChange, ...]
    chains: tuple[LatencyChange, ...]
    errors: tuple[RateChange, ...]
    edge_errors: tuple[RateChange, ...]
    chain_errors: tuple[RateChange, ...]
    cold_starts: tuple[RateChange, ...]
    waited: tuple[RateChange, ...]
    calls: tuple[AmountChange, ...]
    critical_path: tuple[AmountChange, ...]
    attributes: tuple[RateChange, ...]
    presence: tuple[Presence, ...]
    warnings: tuple[str, ...]
    worse: tuple[str, ...]
    functions: tuple[LatencyChange, ...] = ()  # Duration of warm invocations


def compare(before: Sample, after: Sample, tolerance: float = TOLERANCE) -> Comparison:
    """What changed between two samples; `tolerance` is the relative change of a percentile or of an amount that does
    not matter."""
    judge = Judge(chances(before, after), tolerance, after.exemplars)
    routes = judge.latencies("routes", before.entries, after.entries)
    old_chains, new_chains = before.chains or {}, after.chains or {}
    functions = judge.latencies("functions", before.functions, after.functions)
    errors = judge.rates("routes errors", _failures(before.entries), _failures(after.entries))
    cold = judge.rates("cold starts", before.cold, after.cold)
    calls = judge.amounts("calls", *both_calls(before, after))
    presence = tuple(_presence(before, after, judge.tables["new"]))
    attributes = {f"{name} = {value}": sides for (name, value), sides in both_attributes(before, after).items()}
    return Comparison(
        before=before.traces,
        after=after.traces,
        routes=routes,
        edges=judge.latencies("edges", before.edges, after.edges),
        chains=judge.latencies("chains", old_chains, new_chains),
        errors=errors,
        edge_errors=judge.rates("edges errors", _failures(before.edges), _failures(after.edges)),
        chain_errors=judge.rates("chains errors", _failures(old_chains), _failures(new_chains)),
        cold_starts=cold,
        waited=judge.rates("waited", before.waited, after.waited),
        calls=calls,
        critical_path=judge.amounts("critical path", *on_both(before, after, before.steps, after.steps), least=NOTHING),
        attributes=judge.rates(
            "attributes", *({name: sides[side] for name, sides in attributes.items()} for side in (0, 1))
        ),
        presence=presence,
        warnings=tuple(_warnings(before, after)),
        functions=functions,
        worse=(
            *(f"{r.name} is slower{_where(r)}" for r in routes if r.verdict == "slower"),
            *(f"the function {f.name} takes longer{_where(f)}" for f in functions if f.verdict == "slower"),
            *(f"{r.name} fails more often" for r in errors if r.verdict == "more"),
            *(f"{r.name} starts cold more often" for r in cold if r.verdict == "more"),
            *(f"{c.name} is called more often per request" for c in calls if c.verdict == "more"),
            *(f"new {p.kind}: {p.name}" for p in presence if p.alarming),
        ),
    )


def _where(route: LatencyChange) -> str:
    """Which percentile it is where it is not the median."""
    slower = [one.percentile for one in route.percentiles if one.verdict == "slower"]
    return f" at {slower[0]}" if slower and slower[0] != "p50" else ""


def _failures(series: Mapping[str, Series]) -> dict[str, tuple[int, int]]:
    return {name: (one.failed, one.count) for name, one in series.items()}


def _presence(before: Sample, after: Sample, chances: Mapping[str, float]) -> Iterator[Presence]:
    if not before.traces or not after.traces:
        return
    known: tuple[tuple[Kind, Iterable[str], Iterable[str]], ...] = (
        ("entry point", before.entries, after.entries),
        ("service", before.services, after.services),
        ("edge", before.edges, after.edges),
        ("pattern", before.patterns, after.patterns),
    )
    for kind, old, new in known:
        for name in sorted(set(new) - set(old)):
            alarming = kind == "pattern" and chances.get(name, 1.0) < ALPHA
            yield Presence(kind, name, True, alarming, after.exemplars.get((kind, name), ()))
        for name in sorted(set(old) - set(new)):
            yield Presence(kind, name, False, False, before.exemplars.get((kind, name), ()))
    if before.errors is None or after.errors is None:
        return
    for fingerprint, (name, _) in after.errors.items():
        if fingerprint not in before.errors:
            exemplars = after.exemplars.get(("error", fingerprint), ())
            yield Presence("error", name, True, chances[fingerprint] < ALPHA, exemplars)
    for fingerprint, (name, _) in before.errors.items():
        if fingerprint not in after.errors:
            yield Presence("error", name, False, False, before.exemplars.get(("error", fingerprint), ()))


def _warnings(before: Sample, after: Sample) -> Iterator[str]:
    for name, side in (("before", before), ("after", after)):
        if not side.traces:
            yield f"empty: there are no traces {name}"
        elif side.traces < ENOUGH:
            count = plural(side.traces, "trace")
            yield f"few: {count} {name}, of {ENOUGH} that are needed to tell a change of times from an accident"
        broken = sum(count for kind, count in side.warnings.items() if kind in ("in_progress", "missing_root"))
        if broken:
            yield f"partial: {broken} of {plural(side.traces, 'trace')} {name} incomplete"
        if side.traces and side.chains is None:
            yield f"saved_report: the report {name} has no chains of calls, so calls are compared by edge"
    if before.sampling and after.sampling:
        shares = [traced / total for traced, total in (before.sampling, after.sampling)]
        if max(shares) > _UNLIKE * min(shares):
            told = " before, ".join(f"{share:.0%} of the invocations were traced" for share in shares)
            yield f"sampling: {told} after: what X-Ray sampled may not be of the same kind"
    if min(before.traces, after.traces) and not 0.2 < before.traces / after.traces < 5:
        yield f"unequal: {before.traces} traces before, {after.traces} after; was the sampling the same?"
