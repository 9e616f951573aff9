"""The service graph: nodes from the services' own segments, edges from what their callers saw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from shopfast_obs.analysis.trace_view import ServiceKey, TraceView, service_key
from shopfast_obs.model.telemetry import Segment

CLIENT = "client"


@dataclass
class Tally:
    """Outcomes and times of calls."""

    ok: int = 0
    throttled: int = 0
    errors: int = 0
    faults: int = 0
    total: int = 0
    seconds: float = 0.0
    histogram: Counter[float] = field(default_factory=Counter)
    first: float = float("inf")
    last: float = 0.0

    def add(self, outcome: Segment, timed: Segment) -> None:
        """Count one call: how it ended, and how long it took as `timed` has it."""
        self.total += 1
        if outcome.fault:
            self.faults += 1
        elif outcome.throttle or outcome.error:
            self.errors += 1
            self.throttled += outcome.throttle
        else:
            self.ok += 1
        self.first = min(self.first, timed.start)
        self.last = max(self.last, timed.start if timed.end is None else timed.end)
        if timed.end is not None:
            self.seconds += timed.duration
            self.histogram[round(timed.duration, 3)] += 1

    def statistics(self) -> dict[str, Any]:
        """ServiceStatistics and EdgeStatistics have the same members."""
        other = self.errors - self.throttled
        return {
            "OkCount": self.ok,
            "ErrorStatistics": {"ThrottleCount": self.throttled, "OtherCount": other, "TotalCount": self.errors},
            "FaultStatistics": {"OtherCount": self.faults, "TotalCount": self.faults},
            "TotalCount": self.total,
            "TotalResponseTime": round(self.seconds, 6),
        }

    def buckets(self) -> list[dict[str, Any]]:
        """The histogram, shortest first."""
        return [{"Value": value, "Count": count} for value, count in sorted(self.histogram.items())]


@dataclass
class _Node:
    key: ServiceKey
    root: bool = False
    names: dict[str, None] = field(default_factory=dict)
    own: Tally = field(default_factory=Tally)
    edges: dict[ServiceKey, Tally] = field(default_factory=dict)


class GraphBuilder:
    """Collects traces, then describes their graph."""

    def __init__(self) -> None:
        self._nodes: dict[ServiceKey, _Node] = {}

    def add(self, view: TraceView) -> None:
        """Take in one trace."""
        for segment in view.segments:
            node = self._node(service_key(segment))
            node.names.setdefault(node.key.name)
            node.own.add(segment, segment)
        for call in view.calls:
            outcome = call.callee if call.via is call.caller else call.via
            self._edge(service_key(call.caller), service_key(call.callee)).add(outcome, outcome)
        for root in view.roots:
            key = service_key(root)
            self._node(key).root = True
            client = ServiceKey(key.name, CLIENT, key.account)
            self._node(client).names.setdefault(key.name)
            self._edge(client, key).add(root, root)

    def _node(self, key: ServiceKey) -> _Node:
        return self._nodes.setdefault(key, _Node(key))

    def _edge(self, caller: ServiceKey, callee: ServiceKey) -> Tally:
        return self._node(caller).edges.setdefault(callee, Tally())

    def services(self) -> list[dict[str, Any]]:
        """The nodes with their edges, as GetServiceGraph gives them."""
        numbers = {key: n for n, key in enumerate(self._nodes)}
        return [self._described(node, numbers) for node in self._nodes.values()]

    def _described(self, node: _Node, numbers: dict[ServiceKey, int]) -> dict[str, Any]:
        tallies = [node.own, *node.edges.values()]
        described: dict[str, Any] = {
            "ReferenceId": numbers[node.key],
            "Name": node.key.name,
            "Names": list(node.names) or [node.key.name],
            "Root": True if node.root else None,
            "AccountId": node.key.account or None,
            "Type": node.key.type or None,
            "State": "unknown" if node.key.type == CLIENT else "active",
            "StartTime": min(tally.first for tally in tallies),
            "EndTime": max(tally.last for tally in tallies),
            "Edges": [_edge(numbers[callee], tally) for callee, tally in node.edges.items()],
        }
        if node.key.type != CLIENT:
            described["SummaryStatistics"] = node.own.statistics()
            described["DurationHistogram"] = described["ResponseTimeHistogram"] = node.own.buckets()
        return described


def _edge(number: int, tally: Tally) -> dict[str, Any]:
    return {
        "ReferenceId": number,
        "StartTime": tally.first,
        "EndTime": tally.last,
        "SummaryStatistics": tally.statistics(),
        "ResponseTimeHistogram": tally.buckets(),
        "Aliases": [],
    }


def graph(views: Iterable[TraceView]) -> list[dict[str, Any]]:
    """The services of some traces."""
    builder = GraphBuilder()
    for view in views:
        builder.add(view)
    return builder.services()
