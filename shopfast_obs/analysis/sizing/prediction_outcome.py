"""Whether a function takes as long as was predicted, in its own time: the Duration of REPORT lines, in seconds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Literal

from shopfast_obs.analysis.sizing.prediction import CHANCE, LEAST, TOLERANCE
from shopfast_obs.analysis.statistics import percentile
from shopfast_obs.model.counts import plural
from shopfast_obs.model.predictions import Prediction
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import InvocationReport

PROMISED = 0.95  # share of the invocations that end within the prediction

Reports = Mapping[str, Iterable[InvocationReport]]


@record
class Judged:
    """A prediction beside what was measured: the p95 of so many warm invocations, None without any. It is `broken`
    where that is beyond the tolerance, and `unknown` where so few invocations may be so by accident."""

    prediction: Prediction
    measured: float | None
    invocations: int
    outcome: Literal["kept", "broken", "unknown"]

    @property
    def sentence(self) -> str:
        """For a reader, in milliseconds."""
        promised = f"{self.prediction.function}: promised at most {_ms(self.prediction.seconds)}"
        if self.measured is None:
            return f"{promised}; there was no warm invocation to judge it by"
        beyond = self.measured / self.prediction.seconds - 1 if self.prediction.seconds else 0.0
        few = "; so few invocations may show that by accident" if self.outcome == "unknown" else ""
        how = f" ({beyond:.0%} above it, {TOLERANCE:.0%} are tolerated{few})" if beyond > 0 else ""
        many = f"p95 of {plural(self.invocations, 'warm invocation')}"
        return f"{promised}, measured {_ms(self.measured)} in the function ({many}): {self.outcome}{how}"


def judged(predictions: Iterable[Prediction], reports: Reports) -> tuple[Judged, ...]:
    """What became of the predictions, by the REPORT lines of their functions; those of functions that were not invoked
    with the predicted memory are left out."""
    found = ((one, [r for r in reports.get(one.function, ()) if r.memory_size_mb == one.memory_mb])
             for one in predictions)  # fmt: skip
    return tuple(_judged(one, theirs) for one, theirs in found if theirs)


def _judged(said: Prediction, reports: Iterable[InvocationReport]) -> Judged:
    """Errors are left out: they may not have done the work. A killed invocation took as long as it was let."""
    warm = sorted(r.duration for r in reports if r.init is None and r.status != "error")
    if not warm:
        return Judged(said, None, 0, "unknown")
    measured, most = percentile(warm, PROMISED), said.seconds * (1 + TOLERANCE)
    if measured <= most:
        return Judged(said, measured, len(warm), "kept")
    sure = len(warm) >= LEAST and _accident(sum(one > most for one in warm), len(warm)) < CHANCE
    return Judged(said, measured, len(warm), "broken" if sure else "unknown")


def _accident(slow: int, count: int) -> float:
    """The probability of at least so many slow ones among the invocations of a function that keeps the prediction."""
    late = 1 - PROMISED
    return math.fsum(math.comb(count, k) * late**k * PROMISED ** (count - k) for k in range(slow, count + 1))


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"
