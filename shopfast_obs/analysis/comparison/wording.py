"""What a difference of latencies, of rates or of amounts is called, once the chance of an accident is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from shopfast_obs.analysis.comparison.per_request import Interval, amount_change, change_between, rate_change
from shopfast_obs.analysis.comparison.sample import Series
from shopfast_obs.analysis.comparison.significance import ENOUGH, PERCENTILES, Tables, amount_name, part, sure
from shopfast_obs.analysis.statistics import Amount, Distribution
from shopfast_obs.model.records import record

Verdict = Literal["slower", "faster", "more", "fewer", "same", "not enough data"]

ALPHA = 0.05
NOTHING = 0.001  # seconds; what clocks in milliseconds cannot tell


@record
class PercentileChange:
    """One percentile in seconds. `within` has the difference with 95 % confidence, None where the observations are too
    few; `change` is relative; `p` is corrected for everything that was compared."""

    percentile: str
    before: float
    after: float
    change: float | None
    within: Interval | None
    p: float | None
    verdict: Verdict


@record
class LatencyChange:
    """One route, edge or chain. `change` and `p` are those of the median; the verdict is that of the median, or of the
    first percentile above it that changed. `exemplars` are the slowest traces after."""

    name: str
    before: Distribution
    after: Distribution
    change: float | None
    p: float | None
    verdict: Verdict
    percentiles: tuple[PercentileChange, ...] = ()
    exemplars: tuple[str, ...] = ()


@record
class RateChange:
    """How often something happens: hits of so many, on both sides; `within` has the difference of the shares with 95 %
    confidence."""

    name: str
    before: tuple[int, int]
    after: tuple[int, int]
    p: float | None
    verdict: Verdict
    within: Interval | None = None


@record
class AmountChange:
    """An amount per request: calls of a chain, or seconds of a part on the critical path; `within` has the difference
    with 95 % confidence."""

    name: str
    before: float
    after: float
    verdict: Verdict
    p: float | None = None
    within: Interval | None = None


@record
class Judge:
    """Says of every difference what it is, from the chances of all."""

    tables: Tables
    tolerance: float
    exemplars: Mapping[tuple[str, str], tuple[str, ...]]

    def latencies(
        self, kind: str, before: Mapping[str, Series], after: Mapping[str, Series]
    ) -> tuple[LatencyChange, ...]:
        """Every name that both sides have."""
        rows = [
            replace(self._latency(kind, name, before[name], new), exemplars=self.exemplars.get((kind, name), ()))
            for name, new in after.items()
            if name in before
        ]
        return tuple(sorted(rows, key=lambda row: (*_dull(row.verdict), -row.after.count, row.name)))

    def _latency(self, kind: str, name: str, before: Series, after: Series) -> LatencyChange:
        old, new = before.latency, after.latency
        percentiles = tuple(
            self._percentile(
                one, old, new, self.tables[f"{kind} {one}" if one == "p50" else f"{kind} tails"].get(
                    name if one == "p50" else f"{name} {one}"
                )
            )
            for one in PERCENTILES
        )  # fmt: skip
        first = next((one for one in percentiles if one.verdict in ("slower", "faster")), percentiles[0])
        median = percentiles[0]
        return LatencyChange(name, old, new, median.change, median.p, first.verdict, percentiles)

    def _percentile(self, name: str, old: Distribution, new: Distribution, p: float | None) -> PercentileChange:
        before, after = part(old, name), part(new, name)
        sure_before, sure_after = sure(old, name), sure(new, name)
        within = change_between(before, sure_before, after, sure_after) if sure_before and sure_after else None
        verdict: Verdict = "same"
        if p is None:
            verdict = "not enough data"
        elif p < ALPHA and abs(after - before) > max(NOTHING, self.tolerance * before):
            verdict = "slower" if after > before else "faster"
        return PercentileChange(name, before, after, after / before - 1 if before > 0 else None, within, p, verdict)

    def rates(
        self, table: str, before: Mapping[str, tuple[int, int]], after: Mapping[str, tuple[int, int]]
    ) -> tuple[RateChange, ...]:
        """Every name that both sides have."""
        rows = []
        for name, new in after.items():
            if name not in before:
                continue
            old, p = before[name], self.tables[table].get(name)
            if p is not None and p >= ALPHA and min(old[1], new[1]) < ENOUGH:
                p = None  # few may tell that there is a difference, and not that there is none
            verdict: Verdict = "not enough data" if p is None else "same"
            if p is not None and p < ALPHA:
                verdict = "more" if new[0] * old[1] > old[0] * new[1] else "fewer"
            rows.append(RateChange(name, old, new, p, verdict, rate_change(old, new) if p is not None else None))
        return tuple(sorted(rows, key=lambda row: (*_dull(row.verdict), -row.after[0], row.name)))

    def amounts(
        self,
        table: str,
        before: Mapping[tuple[str, str], Amount],
        after: Mapping[tuple[str, str], Amount],
        least: float = 0.0,
    ) -> tuple[AmountChange, ...]:
        """Every amount, the largest shift first; up to `least` is nothing."""
        rows = []
        for key, new in after.items():
            old, p = before[key], self.tables[table].get(amount_name(key))
            verdict: Verdict = "not enough data" if p is None else "same"
            if p is not None and p < ALPHA and abs(new.mean - old.mean) > max(least, self.tolerance * old.mean):
                verdict = "more" if new.mean > old.mean else "fewer"
            within = amount_change(old, new) if p is not None else None
            rows.append(AmountChange(amount_name(key), old.mean, new.mean, verdict, p, within))
        return tuple(sorted(rows, key=lambda row: (-abs(row.after - row.before), row.name)))


def _dull(verdict: Verdict) -> tuple[bool, bool]:
    """What changed comes first, what nobody can tell last."""
    return verdict in ("same", "not enough data"), verdict == "not enough data"
