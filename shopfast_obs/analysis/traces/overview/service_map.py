"""Who calls whom: nodes and edges over many traces, by X-Ray's rules, with exact percentiles on each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from shopfast_obs.analysis.statistics import Distribution, distribution
from shopfast_obs.analysis.traces.outcome import Outcome, attribute, outcome, resource, tables
from shopfast_obs.analysis.traces.overview.path_steps import Column, doubles
from shopfast_obs.analysis.traces.tree import FUNCTION, SERVICE, TraceTree
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import Segment

Name = tuple[str, str]  # (name, type): a function has two nodes, AWS::Lambda and AWS::Lambda::Function
CLIENT: Name = ("client", "client")


@record
class Counts:
    """How many calls ended how, and how long they took in seconds."""

    ok: int
    error: int
    throttle: int
    fault: int
    latency: Distribution

    @property
    def total(self) -> int:
        """All calls."""
        return self.ok + self.error + self.throttle + self.fault


@record
class ServiceNode:
    """One service as it saw itself."""

    name: str
    type: str
    counts: Counts


@record
class ServiceEdge:
    """One service's calls of another as the caller saw them, network included; `asynchronous` when it did not wait."""

    source: str
    source_type: str
    target: str
    target_type: str
    asynchronous: bool
    counts: Counts


@record
class ServiceMap:
    """All nodes and edges, the busiest first."""

    nodes: tuple[ServiceNode, ...]
    edges: tuple[ServiceEdge, ...]


class Tally:
    """Outcomes and durations while they are collected."""

    __slots__ = ("outcomes", "seconds")

    def __init__(self, column: Column = doubles) -> None:
        self.outcomes = {"ok": 0, "error": 0, "throttle": 0, "fault": 0}
        self.seconds = column()

    def add(self, segment: Segment, seconds: float) -> None:
        """Count one call."""
        self.count(outcome(segment), seconds)

    def count(self, how: Outcome, seconds: float) -> None:
        """Count one call of which it is known how it ended."""
        self.outcomes[how] += 1
        self.seconds.append(seconds)

    def merge(self, other: Tally) -> None:
        """Count what the other one counted."""
        self.seconds.extend(other.seconds)
        for how, count in other.outcomes.items():
            self.outcomes[how] += count

    def counts(self) -> Counts:
        """What was collected."""
        return Counts(**self.outcomes, latency=distribution(self.seconds))


@dataclass(slots=True)
class MapBuilder:
    """Collects nodes and edges, one trace at a time."""

    nodes: defaultdict[Name, Tally] = field(default_factory=partial(defaultdict, Tally))
    edges: defaultdict[tuple[Name, Name, bool], Tally] = field(default_factory=partial(defaultdict, Tally))

    def merge(self, other: MapBuilder) -> None:
        """Count what the other one counted."""
        for name, tally in other.nodes.items():
            self.nodes[name].merge(tally)
        for key, tally in other.edges.items():
            self.edges[key].merge(tally)

    def add(self, tree: TraceTree) -> None:
        """Count every service and every call of the trace."""
        services = _services(tree)
        for index, name in services.items():
            how, seconds = outcome(tree.nodes[index]), tree.ends[index] - tree.starts[index]
            self.nodes[name].count(how, seconds)
            self._called(tree, index, services, how, seconds)
            for other in _others(tree, index, name):
                self.nodes[other].count(how, seconds)
                self._called(tree, index, {**services, index: other}, how, seconds)

    def _called(self, tree: TraceTree, index: int, services: dict[int, Name], how: Outcome, seconds: float) -> None:
        """The edge that leads to a service: from its caller's subsegment where there is one."""
        caller = parent = tree.parents[index]
        while caller != -1 and caller not in services:
            caller = tree.parents[caller]
        if caller == -1:
            self.edges[CLIENT, services[index], False].count(how, seconds)
            return
        source = services[caller]
        asynchronous = index in tree.late or _queued(tree, index) or _sent(tree, parent)
        if asynchronous:
            source = _between(tree, index, parent, services) or source
        elif parent != caller and tree.nodes[parent].namespace:
            how, seconds = outcome(tree.nodes[parent]), tree.ends[parent] - tree.starts[parent]
        self.edges[source, services[index], asynchronous].count(how, seconds)

    def result(self) -> ServiceMap:
        """The map so far."""
        nodes = [ServiceNode(name, kind, tally.counts()) for (name, kind), tally in self.nodes.items()]
        edges = [
            ServiceEdge(*source, *target, asynchronous, tally.counts())
            for (source, target, asynchronous), tally in self.edges.items()
        ]
        nodes.sort(key=lambda node: (-node.counts.total, node.name, node.type))
        edges.sort(key=lambda edge: (-edge.counts.total, edge.source, edge.target, edge.target_type))
        return ServiceMap(tuple(nodes), tuple(edges))


def map_builder(column: Column) -> MapBuilder:
    """An empty one that collects durations in such columns."""
    return MapBuilder(defaultdict(partial(Tally, column)), defaultdict(partial(Tally, column)))


def _others(tree: TraceTree, index: int, name: Name) -> Iterator[Name]:
    """The other tables that a call went to."""
    parent = tree.parents[index]
    call = tree.nodes[parent] if tree.nodes[index].inferred and parent != -1 else tree.nodes[index]
    for table in tables(call.aws)[1:] if call.namespace else ():
        yield table, name[1]


def one_function(source: Name, target: Name) -> bool:
    """True for a function's two nodes, its invocation and its code: not for a table that is called like it."""
    return source == (target[0], SERVICE) and target[1] == FUNCTION


def _services(tree: TraceTree) -> dict[int, Name]:
    """The nodes of the tree that are services of their own, and their names."""
    found: dict[int, Name] = {}
    nodes, parents = tree.nodes, tree.parents
    for index, segment in enumerate(nodes):
        parent = parents[index]
        if segment.origin:
            if segment.inferred:
                found[index] = resource(segment if parent == -1 else nodes[parent]), segment.origin
            else:
                found[index] = segment.name, segment.origin
        elif parent == -1 or segment.entry:
            found[index] = segment.name, ""
        elif segment.namespace and not _answered(tree, index):
            # X-Ray infers a service from a call that nobody answers with a segment.
            found[index] = resource(segment), f"AWS::{segment.name}" if segment.namespace == "aws" else "remote"
    return found


def _answered(tree: TraceTree, call: int) -> bool:
    """True when who was called tells of it too. A queue does not: those who take its messages are called by it."""
    if tree.children[call] and _sent(tree, call):
        return False
    for child in tree.children[call]:
        called = tree.nodes[child]
        if tree.starts[child] < tree.ends[call] and (called.origin or called.inferred or called.entry):
            return True
    return False


def _queued(tree: TraceTree, index: int) -> bool:
    """True for an invocation that Lambda queued: it may be over before the event's sender is."""
    inner = [tree.nodes[child].name for child in tree.children[index]] if tree.nodes[index].origin == SERVICE else ()
    return any(name == "Dwell Time" or name.startswith("Attempt #") for name in inner)


def _sent(tree: TraceTree, call: int) -> bool:
    """True for a message that was sent: nobody waits for those who take it, however soon they do."""
    return bool(tree.nodes[call].namespace) and attribute(tree.nodes[call], "span.kind") == "producer"


def _between(tree: TraceTree, index: int, call: int, services: dict[int, Name]) -> Name | None:
    """The service that passed an asynchronous event on: the bucket, topic or queue that the caller wrote to."""
    if call in services:
        return services[call]
    for sibling in tree.children[call]:
        if sibling != index and tree.nodes[sibling].inferred and sibling in services:
            return services[sibling]
    return None
