"""Whether a function takes as long as was predicted, in its own time: the Duration of REPORT lines, in seconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from shopfast_obs.analysis.sizing.prediction import TOLERANCE
from shopfast_obs.analysis.statistics import percentile
from shopfast_obs.model.counts import plural
from shopfast_obs.model.predictions import Prediction
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import InvocationReport

Reports = Mapping[str, Iterable[InvocationReport]]


@record
class Judged:
    """A prediction beside what was measured: the p95 of so many warm invocations, None without any."""

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
        how = f" ({beyond:.0%} above it, {TOLERANCE:.0%} are tolerated)" if beyond > 0 else ""
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
    measured = percentile(warm, 0.95)
    return Judged(said, measured, len(warm), "kept" if measured <= said.seconds * (1 + TOLERANCE) else "broken")


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"
