"""How likely each difference of two samples is an accident, corrected for all the questions that are asked at once.

Of the 5 % chance of any false alarm most goes to what people ask about first (the latency of routes, their errors, cold
starts, what is new), and the rest in equal parts to every other table; inside a table Holm's correction holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from shopfast_obs.analysis.comparison.per_request import amounts_differ, appears, estimates_differ, tails_differ
from shopfast_obs.analysis.comparison.sample import Sample, Series
from shopfast_obs.analysis.statistics import Amount, Distribution, holm, locations_differ, rates_differ

T = TypeVar("T")
Tables = dict[str, dict[str, float]]

ENOUGH = 20  # observations on each side
FEW = 5  # requests of a route on each side that can differ in their failures, by an exact test, and be no accident
BEYOND = 3  # observations beyond a percentile on each side
SHARES = {"routes p50": 0.35, "routes errors": 0.2, "cold starts": 0.1, "new": 0.05}
PERCENTILES = {"p50": 0.50, "p90": 0.90, "p95": 0.95, "p99": 0.99}
STRUCTURAL = ("n_plus_one", "sequential")  # how the code calls; slow or throttled calls come and go
Amounts = Mapping[tuple[str, str], Amount]


def corrected(tables: Tables) -> Tables:
    """The chances such that beyond 5 % in any one is 5 % for all together."""
    asked = {name: chances for name, chances in tables.items() if chances}
    own = {name: SHARES[name] for name in asked if name in SHARES}
    others = len(asked) - len(own)
    # What a table that has no tests leaves goes to all.
    whole = sum(own.values()) + (1.0 - sum(SHARES.values()) if others else 0.0)
    found: Tables = {name: {} for name in tables}
    for name, chances in asked.items():
        share = own.get(name, (1.0 - sum(SHARES.values())) / max(others, 1)) / whole
        for key, chance in zip(chances, holm(list(chances.values())), strict=True):
            found[name][key] = min(1.0, chance / share)
    return found


def chances(before: Sample, after: Sample) -> Tables:
    """Every test that there are enough data for, by table and name, corrected."""
    tables: Tables = {}
    kinds = {
        "routes": (before.entries, after.entries),
        "edges": (before.edges, after.edges),
        "chains": (before.chains or {}, after.chains or {}),
    }
    for kind, (old, new) in kinds.items():
        tables |= _latencies(kind, old, new)
        tables[f"{kind} errors"] = _each(old, new, _failures if kind == "routes" else _failures_of_calls)
    tables |= _latencies("functions", before.functions, after.functions)
    tables["cold starts"] = _each(before.cold, after.cold, _rate)
    tables["waited"] = _each(before.waited, after.waited, _rate)
    calls = both_calls(before, after)
    tables["calls"] = _amounts(*calls)
    tables["critical path"] = _amounts(*on_both(before, after, before.steps, after.steps))
    tables["attributes"] = {
        f"{name} = {value}": rates_differ((old[0], new[0]), (old[1], new[1]))
        for (name, value), (old, new) in both_attributes(before, after).items()
        if min(old[1], new[1]) >= ENOUGH
    }
    tables["new"] = dict(_new(before, after))
    return corrected(tables)


def _latencies(kind: str, before: Mapping[str, Series], after: Mapping[str, Series]) -> Tables:
    tails = {
        f"{name} {tail}": chance
        for tail in ("p90", "p95", "p99")
        for name, chance in _each(before, after, _of(tail)).items()
    }
    return {f"{kind} p50": _each(before, after, _of("p50")), f"{kind} tails": tails}


def both_calls(before: Sample, after: Sample) -> tuple[Amounts, Amounts]:
    """The calls of a request by chain, or of a trace by edge where one side does not know its chains."""
    if before.chains is None or after.chains is None:
        old, new = before.edge_calls(), after.edge_calls()
        return {name: old[name] for name in new if name in old}, {name: new[name] for name in new if name in old}
    return on_both(before, after, before.calls, after.calls)


def on_both(before: Sample, after: Sample, old: Amounts, new: Amounts) -> tuple[Amounts, Amounts]:
    """Both amounts of everything that requests of an entry point have on either side; 0 where they do not have it."""
    names = [key for key in {**new, **old} if key[0] in before.entries and key[0] in after.entries]
    return (
        {key: old.get(key, Amount(before.entries[key[0]].count, 0.0, 0.0)) for key in names},
        {key: new.get(key, Amount(after.entries[key[0]].count, 0.0, 0.0)) for key in names},
    )


def both_attributes(before: Sample, after: Sample) -> dict[tuple[str, str], tuple[tuple[int, int], tuple[int, int]]]:
    """How many traces have a value, of those that have its attribute; of all where none has."""
    found = {}
    sizes = [{name: of for (name, _), (_, of) in side.attributes.items()} for side in (before, after)]
    for key in {**after.attributes, **before.attributes}:
        if key[0] != "cold start":  # has a table of its own
            old = before.attributes.get(key, (0, sizes[0].get(key[0], before.traces)))
            new = after.attributes.get(key, (0, sizes[1].get(key[0], after.traces)))
            found[key] = old, new
    return found


def part(latency: Distribution, name: str) -> float:
    """The percentile of that name."""
    value: float = getattr(latency, name)
    return value


def sure(latency: Distribution, name: str) -> tuple[float, float] | None:
    """The interval of the percentile of that name; None where the observations are too few."""
    value: tuple[float, float] | None = getattr(latency, f"{name}_interval")
    return value


def _each(before: Mapping[str, T], after: Mapping[str, T], test: Callable[[T, T], float | None]) -> dict[str, float]:
    asked = ((name, test(before[name], new)) for name, new in after.items() if name in before)
    return {name: chance for name, chance in asked if chance is not None}


def _of(name: str) -> Callable[[Series, Series], float | None]:
    """The test of one percentile."""
    return lambda before, after: _latency(before, after, name)


def _latency(before: Series, after: Series, name: str) -> float | None:
    share = PERCENTILES[name]
    if min(before.count, after.count) < max(ENOUGH, BEYOND / (1 - share)):
        return None
    if before.seconds and after.seconds:
        if name == "p50":
            return locations_differ(before.seconds, after.seconds)
        return tails_differ(before.seconds, after.seconds, share)
    old, new = sure(before.latency, name), sure(after.latency, name)
    if old is None or new is None:
        return None
    return estimates_differ(part(before.latency, name), old, part(after.latency, name), new)


def _failures(before: Series, after: Series) -> float | None:
    return _rate((before.failed, before.count), (after.failed, after.count), FEW)


def _failures_of_calls(before: Series, after: Series) -> float | None:
    return _rate((before.failed, before.count), (after.failed, after.count))


def _rate(before: tuple[int, int], after: tuple[int, int], least: int = ENOUGH) -> float | None:
    if min(before[1], after[1]) < least:
        return None
    return rates_differ((before[0], after[0]), (before[1], after[1]))


def _amounts(before: Amounts, after: Amounts) -> dict[str, float]:
    return {
        amount_name(key): amounts_differ(old, after[key])
        for key, old in before.items()
        if min(old.requests, after[key].requests) >= ENOUGH
    }


def amount_name(key: tuple[str, str]) -> str:
    """How the part of an entry point is called; just the part where all are meant together."""
    return f"{key[0]} > {key[1]}" if key[0] else key[1]


def _new(before: Sample, after: Sample) -> list[tuple[str, float]]:
    """What appeared: errors by fingerprint, and how the code calls."""
    found = [
        (name, appears(count, after.traces, before.traces))
        for name, count in after.patterns.items()
        if name not in before.patterns and name.startswith(STRUCTURAL)
    ]
    if before.errors is not None and after.errors is not None:
        found += [
            (fingerprint, appears(count, after.traces, before.traces))
            for fingerprint, (_, count) in after.errors.items()
            if fingerprint not in before.errors
        ]
    return found
