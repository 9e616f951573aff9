"""What shoppers met, by route."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RouteSummary:
    """One route: counts by status (0 = no answer) and exact latency percentiles in seconds."""

    route: str
    count: int
    failed: int
    statuses: tuple[tuple[int, int], ...]
    p50: float
    p90: float
    p95: float
    p99: float
    max: float

    @property
    def failed_share(self) -> float:
        """The share of requests that the server failed or did not answer."""
        return self.failed / self.count


@dataclass(frozen=True, slots=True)
class Summary:
    """All routes of one run, most requested first."""

    seconds: float
    count: int
    failed: int
    routes: tuple[RouteSummary, ...]

    def as_mapping(self) -> Mapping[str, Any]:
        """The summary as JSON has it."""
        routes = [{**asdict(r), "statuses": {str(s): n for s, n in r.statuses}} for r in self.routes]
        return {"seconds": round(self.seconds, 3), "requests": self.count, "failed": self.failed, "routes": routes}


def summarize(samples: Iterable[tuple[str, int, float]], seconds: float) -> Summary:
    """The summary of (route, status, seconds) samples; a status of 0 or from 500 on counts as failed."""
    by_route: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for route, status, latency in samples:
        by_route[route].append((status, latency))
    routes = sorted((_route(r, s) for r, s in by_route.items()), key=lambda r: (-r.count, r.route))
    return Summary(seconds, sum(r.count for r in routes), sum(r.failed for r in routes), tuple(routes))


def _route(route: str, samples: Sequence[tuple[int, float]]) -> RouteSummary:
    statuses = Counter(status for status, _ in samples)
    latencies = sorted(latency for _, latency in samples)
    failed = sum(count for status, count in statuses.items() if status == 0 or status >= 500)
    p50, p90, p95, p99 = (latencies[math.ceil(q * len(latencies)) - 1] for q in (0.50, 0.90, 0.95, 0.99))
    return RouteSummary(route, len(samples), failed, tuple(sorted(statuses.items())), p50, p90, p95, p99, latencies[-1])
