"""The service graph: nodes from the services' own segments, edges from what their callers saw, and links from queues to
those who read them in traces of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shopfast_obs.analysis.traces.filter.view import ServiceKey, service_key
from shopfast_obs.localcloud.xray.assembly import parent_links
from shopfast_obs.localcloud.xray.traces import AssembledTrace
from shopfast_obs.model.telemetry import Segment

Lookup = Callable[[Iterable[str]], Mapping[str, AssembledTrace]]
Place = tuple[str, str]  # trace, part
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
    links: dict[ServiceKey, Tally] = field(default_factory=dict)


class GraphBuilder:
    """Collects traces, then describes their graph. `lookup` finds traces that others are linked to."""

    def __init__(self, lookup: Lookup) -> None:
        self._nodes: dict[ServiceKey, _Node] = {}
        self._lookup = lookup
        self._sources: dict[Place, tuple[ServiceKey, float]] = {}  # what was sent, to whom, and when
        self._received: list[tuple[Segment, Place]] = []

    def add(self, trace: AssembledTrace) -> None:
        """Take in one trace."""
        view = trace.view
        for segment in view.segments:
            node = self._node(service_key(segment))
            node.names.setdefault(node.key.name)
            node.own.add(segment, segment)
        for call in view.calls:
            outcome = call.callee if call.via is call.caller else call.via
            self._edge(service_key(call.caller), service_key(call.callee)).add(outcome, outcome)
        links = [(str(document.get("id")), (source, part)) for document, source, part in parent_links(trace.documents)]
        own = {segment.id: segment for segment in view.segments}
        self._received += [(own[receiver], place) for receiver, place in links if receiver in own]
        self._sources |= _sent(trace)
        linked = {receiver for receiver, _ in links}
        for root in view.roots:
            if root.id in linked:
                continue  # a queue called it, not a client
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
        self._link()
        numbers = {key: n for n, key in enumerate(self._nodes)}
        return [self._described(node, numbers) for node in self._nodes.values()]

    def _link(self) -> None:
        missing = {place[0] for _, place in self._received if place not in self._sources}
        for trace in self._lookup(missing).values():
            self._sources |= _sent(trace)
        for receiver, place in self._received:
            if place in self._sources:
                sender, sent = self._sources[place]
                tally = self._node(sender).links.setdefault(service_key(receiver), Tally())
                tally.add(receiver, receiver._replace(start=min(sent, receiver.start), end=receiver.start))
        self._received = []

    def _described(self, node: _Node, numbers: dict[ServiceKey, int]) -> dict[str, Any]:
        tallies = [node.own, *node.edges.values(), *node.links.values()]
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
            "Edges": [
                *(_edge(numbers[callee], tally) for callee, tally in node.edges.items()),
                *(_link_edge(numbers[receiver], tally) for receiver, tally in node.links.items()),
            ],
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


def _link_edge(number: int, tally: Tally) -> dict[str, Any]:
    """An asynchronous edge: instead of response times it has the ages of what was received."""
    edge = _edge(number, tally)
    edge["ReceivedEventAgeHistogram"] = edge.pop("ResponseTimeHistogram")
    return {**edge, "EdgeType": "link"}


def _sent(trace: AssembledTrace) -> dict[Place, tuple[ServiceKey, float]]:
    """What each call of a trace was for, and when it was made: what a consumer's trace may be linked to."""
    return {
        (trace.stored.id, call.via.id): (service_key(call.callee), call.via.end or call.via.start)
        for call in trace.view.calls
        if call.via is not call.caller
    }


def graph(traces: Iterable[AssembledTrace], lookup: Lookup) -> list[dict[str, Any]]:
    """The services of some traces."""
    builder = GraphBuilder(lookup)
    for trace in traces:
        builder.add(trace)
    return builder.services()
