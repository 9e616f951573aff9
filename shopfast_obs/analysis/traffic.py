"""What shoppers met, by route: how long they waited, and how much of it was spent in the functions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

from shopfast_obs.analysis.sizing.prediction_outcome import Judged
from shopfast_obs.analysis.statistics import distribution, percentile
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import InvocationReport
from shopfast_obs.model.traffic import Machine, Sample

CROWDED = 0.75  # of the cores' time: from here on something waits for one
NOTICEABLE = 0.15  # seconds beside the functions; the local cloud itself takes less


@record
class InFunction:
    """What REPORT lines say of a route's requests, as far as they name them; times in seconds. `cold` met a cold start,
    `init` is its median; `outside` is the median of what their clients waited beside Duration and init. `warm_p95`
    leaves out those that met a cold start, unless all did."""

    requests: int
    cold: int
    init: float | None
    p50: float
    p95: float
    max: float
    outside: float
    warm_p95: float


@record
class RouteSummary:
    """One route: counts by status (0 = no answer) and exact percentiles of what its clients waited, in seconds.

    `warm_p95` leaves out those that met a cold start, unless all did.
    """

    route: str
    count: int
    failed: int
    statuses: tuple[tuple[int, int], ...]
    p50: float
    p90: float
    p95: float
    p99: float
    max: float
    warm_p95: float
    function: InFunction | None = None

    @property
    def failed_share(self) -> float:
        """The share of requests that the server failed or did not answer."""
        return self.failed / self.count

    @property
    def cold(self) -> int:
        """How many are known to have met a cold start."""
        return self.function.cold if self.function else 0


@record
class Summary:
    """All routes of one run, most requested first. `outside` is the median of what the clients of all routes waited
    beside the functions; None where no REPORT line names their requests. `predictions` are those of a fix."""

    seconds: float
    count: int
    failed: int
    routes: tuple[RouteSummary, ...]
    outside: float | None = None
    machine: Machine | None = None
    predictions: tuple[Judged, ...] = ()

    @property
    def crowded(self) -> str:
        """What a busy machine did to these answers, as a sentence; empty where it had time for them."""
        if self.machine is None or self.outside is None:
            return ""
        if self.machine.busy < CROWDED or self.outside < NOTICEABLE:
            return ""
        cores = self.machine.cores
        named = {1: "The core", 2: "Both cores"}.get(cores, f"All {cores} cores")
        was, busy = "was" if cores == 1 else "were", f"{self.machine.busy:.0%}"
        waited = f"about {self.outside:.1f} s of each answer was waiting for one, outside of the functions"
        return f"{named} of this machine {was} busy {busy} of the time: {waited}."

    def as_mapping(self) -> Mapping[str, Any]:
        """The summary as JSON has it."""
        routes = [{**asdict(r), "statuses": {str(s): n for s, n in r.statuses}} for r in self.routes]
        machine = {"machine": asdict(self.machine) if self.machine else None, "outside": self.outside}
        counts = {"seconds": round(self.seconds, 3), "requests": self.count, "failed": self.failed}
        return {**counts, "routes": routes, **machine, "predictions": [asdict(one) for one in self.predictions]}


def summarize(
    samples: Iterable[Sample],
    seconds: float,
    reports: Iterable[InvocationReport] = (),
    machine: Machine | None = None,
) -> Summary:
    """The summary of a run of so many seconds; a status of 0 or from 500 on counts as failed."""
    named = named_by(reports)
    by_route: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_route[sample.route].append(sample)
    routes = sorted((_route(r, s, named) for r, s in by_route.items()), key=lambda r: (-r.count, r.route))
    beside = [outside for route in by_route.values() for outside in _outside(_reported(route, named))]
    count, failed = sum(r.count for r in routes), sum(r.failed for r in routes)
    return Summary(seconds, count, failed, tuple(routes), median(beside) if beside else None, machine)


def named_by(reports: Iterable[InvocationReport]) -> Mapping[str, InvocationReport]:
    """The reports by the ids that they have. Of several functions in one trace, that which began first answered."""
    found: dict[str, InvocationReport] = {}
    for report in sorted(reports, key=_began):
        for name in filter(None, (report.request_id, report.trace_id)):
            found.setdefault(name, report)
    return found


def _began(report: InvocationReport) -> float:
    return report.timestamp - report.duration - (report.init or 0.0)


def report_of(sample: Sample, named: Mapping[str, InvocationReport]) -> InvocationReport | None:
    """The report on the invocation that answered a request."""
    return named.get(sample.request_id) or named.get(sample.trace_id)


def _reported(
    samples: Sequence[Sample], named: Mapping[str, InvocationReport]
) -> list[tuple[Sample, InvocationReport]]:
    found = ((sample, report_of(sample, named)) for sample in samples)
    return [(sample, report) for sample, report in found if report is not None]


def _outside(reported: Sequence[tuple[Sample, InvocationReport]]) -> list[float]:
    return [max(0.0, sample.seconds - report.duration - (report.init or 0.0)) for sample, report in reported]


def _route(route: str, samples: Sequence[Sample], named: Mapping[str, InvocationReport]) -> RouteSummary:
    statuses = Counter(sample.status for sample in samples)
    waits = distribution(sample.seconds for sample in samples)
    reported = _reported(samples, named)
    cold = {id(sample) for sample, report in reported if report.init is not None}
    warm = sorted(sample.seconds for sample in samples if id(sample) not in cold)
    return RouteSummary(
        route,
        len(samples),
        sum(not sample.ok for sample in samples),
        tuple(sorted(statuses.items())),
        waits.p50,
        waits.p90,
        waits.p95,
        waits.p99,
        waits.max,
        percentile(warm, 0.95) if warm else waits.p95,
        _in_function(reported),
    )


def _in_function(reported: Sequence[tuple[Sample, InvocationReport]]) -> InFunction | None:
    if not reported:
        return None
    took = distribution(report.duration for _, report in reported)
    inits = [report.init for _, report in reported if report.init is not None]
    init = median(inits) if inits else None
    warm = sorted(report.duration for _, report in reported if report.init is None)
    return InFunction(
        len(reported),
        len(inits),
        init,
        took.p50,
        took.p95,
        took.max,
        median(_outside(reported)),
        percentile(warm, 0.95) if warm else took.p95,
    )
