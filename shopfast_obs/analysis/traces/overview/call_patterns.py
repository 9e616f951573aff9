"""Calls that a service makes in a way that costs: one at a time in a loop, again and again, slowly, twice, in vain, or
for more than it can use."""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from shopfast_obs.analysis.traces.outcome import answered, operation, outcome, resources, route, status
from shopfast_obs.analysis.traces.overview.path_steps import Column, doubles, shifted
from shopfast_obs.analysis.traces.tree import TraceTree
from shopfast_obs.model.records import record
from shopfast_obs.patterns import late

Kind = Literal["n_plus_one", "repeated", "sequential", "slow", "retried", "throttled", "large"]

LOOP, LOOP_SECONDS = 5, 0.05  # so many of the same call, one after another, that take so long together
REPEATED = 3
CHAIN, CHAIN_SECONDS, CHAIN_SHARE = 3, 0.1, 0.1  # different calls in a row; what doing them at once would save
SLOW = 0.5  # seconds
LARGE, LARGE_SECONDS = 300_000, 0.1  # bytes of an answer, in a call that takes so long
EXEMPLARS = 3
CALLS = ("aws", "remote")  # what a function does itself has the namespace `local`, or none
_OVERLAP = 0.01  # of the shorter one: calls that follow one another may touch
_ATTEMPT = late(r"Attempt #(\d+)")


@record
class Pattern:
    """One pattern at one place. `calls` are those that take part, `seconds` is what they cost more than they had to;
    `exemplars` are the traces where that was most."""

    kind: Kind
    service: str
    call: str
    traces: int
    calls: int
    seconds: float
    exemplars: tuple[str, ...]


class _Seen:
    __slots__ = ("calls", "rows", "seconds")

    def __init__(self, column: Column = doubles) -> None:
        self.calls = 0
        self.seconds = column()
        self.rows: MutableSequence[int] = array("I")  # the number of the trace of each

    def merge(self, other: _Seen, shift: int) -> None:
        self.calls += other.calls
        self.seconds.extend(other.seconds)
        self.rows.extend(shifted(other.rows, shift))

    def traces(self, ids: Sequence[str]) -> dict[str, float]:
        """The seconds of each trace."""
        found: dict[str, float] = {}
        for row, seconds in zip(self.rows, self.seconds, strict=True):
            found[ids[row]] = found.get(ids[row], 0.0) + seconds
        return found


@dataclass(slots=True)
class PatternBuilder:
    """Collects patterns, one trace at a time."""

    found: defaultdict[tuple[Kind, str, str], _Seen] = field(default_factory=partial(defaultdict, _Seen))
    ids: list[str] = field(default_factory=list)  # of all traces, by number
    _row: int = 0

    @classmethod
    def of(cls, column: Column, ids: list[str]) -> PatternBuilder:
        """An empty one that collects seconds in such columns; somebody else adds the ids of traces."""
        return cls(defaultdict(partial(_Seen, column)), ids)

    def add(self, tree: TraceTree, row: int | None = None) -> None:
        """Look for every pattern in the trace, which has this number; the next one where nobody else counts."""
        if row is None:
            self.ids.append(tree.trace.id)
        self._row = len(self.ids) - 1 if row is None else row
        nodes = tree.nodes
        together: dict[int, list[int]] = {}
        for index, node in enumerate(nodes):
            if node.namespace in CALLS and tree.parents[index] != -1:
                together.setdefault(tree.parents[index], []).append(index)
                self._alone(tree, index)
            elif node.name.startswith("Attempt #"):
                self._attempt(tree, index)
        for calls in together.values():
            if len(calls) >= REPEATED:
                self._same(tree, calls)
                self._chain(tree, calls)

    def _alone(self, tree: TraceTree, index: int) -> None:
        """What one call shows by itself."""
        node, seconds = tree.nodes[index], tree.ends[index] - tree.nodes[index].start
        # `aws.retries` by other SDKs, the annotation by our layer: the X-Ray SDK for Python records none.
        retries = node.aws.get("retries") or node.annotations.get("sdk_retries")
        if seconds >= SLOW and not is_integration(tree, tree.parents[index]):
            self._note(tree, "slow", [index], call_name(tree, index), seconds)
        if isinstance(retries, int | float) and retries > 0:
            self._note(tree, "retried", [index], call_name(tree, index), seconds)
        if seconds >= LARGE_SECONDS and node.http and answered(node) >= LARGE:
            self._note(tree, "large", [index], call_name(tree, index), seconds)
        if (node.throttle or (node.http and status(node) == 429)) and outcome(node) == "throttle":
            self._note(tree, "throttled", [index], call_name(tree, index), seconds)

    def _attempt(self, tree: TraceTree, index: int) -> None:
        number = _ATTEMPT.fullmatch(tree.nodes[index].name)
        if number and int(number[1]) > 1:
            self._note(tree, "retried", [index], "asynchronous invocation", tree.ends[index] - tree.nodes[index].start)

    def _same(self, tree: TraceTree, calls: Sequence[int]) -> None:
        """The same call over and over: a loop when they follow one another, else repeated."""
        alike: defaultdict[str, list[int]] = defaultdict(list)
        for index in calls:
            alike[call_name(tree, index)].append(index)
        for name, group in alike.items():
            if len(group) < REPEATED:
                continue
            spent = [tree.ends[index] - tree.nodes[index].start for index in group]
            whole = _added(spent)
            extra = whole - max(spent)
            in_a_row = longest_row(tree, group)
            if len(in_a_row) >= LOOP and whole >= LOOP_SECONDS:
                self._note(tree, "n_plus_one", in_a_row, name, extra)
            else:
                self._note(tree, "repeated", group, name, extra)

    def _chain(self, tree: TraceTree, calls: Sequence[int]) -> None:
        """Different calls one after another that could go out together."""
        row = longest_row(tree, calls)
        names = [call_name(tree, index) for index in row]
        if len(set(names)) < CHAIN:
            return
        spent = [tree.ends[index] - tree.nodes[index].start for index in row]
        saved, parent = _added(spent) - max(spent), tree.parents[row[0]]
        whole = tree.ends[parent] - tree.nodes[parent].start
        if saved >= CHAIN_SECONDS and saved >= CHAIN_SHARE * whole:
            self._note(tree, "sequential", row, ", ".join(dict.fromkeys(names)), saved)

    def _note(self, tree: TraceTree, kind: Kind, calls: Sequence[int], name: str, seconds: float) -> None:
        seen = self.found[kind, _service(tree, calls[0]), name]
        seen.calls += len(calls)
        seen.seconds.append(seconds)
        seen.rows.append(self._row)

    def merge(self, other: PatternBuilder, shift: int) -> None:
        """Count what the other one counted; its traces have numbers that are lower by `shift`."""
        for key, seen in other.found.items():
            self.found[key].merge(seen, shift)

    def result(self) -> tuple[Pattern, ...]:
        """All patterns, the costliest first."""
        found = []
        for (kind, service, call), seen in self.found.items():
            traces = seen.traces(self.ids)
            seconds = math.fsum(seen.seconds)
            found.append(Pattern(kind, service, call, len(traces), seen.calls, seconds, _most(traces)))
        return tuple(sorted(found, key=lambda pattern: (-pattern.seconds, pattern.kind, pattern.call)))


def call_name(tree: TraceTree, index: int) -> str:
    """What was called: `DynamoDB GetItem orders`, `GET /stock/{id} of stock.example`."""
    node = tree.nodes[index]
    if operation(node):
        target = ", ".join(resources(node))
        return f"{node.name} {operation(node)}" + (f" {target}" if target != node.name else "")
    asked = route(node)
    return f"{asked} of {node.name}" if asked else node.name


def longest_row(tree: TraceTree, calls: Sequence[int]) -> list[int]:
    """The longest run of calls each of which begins when the one before is over."""
    longest: list[int] = []
    row: list[int] = []
    for index in sorted(calls, key=lambda index: tree.nodes[index].start):
        if row:
            before, start = row[-1], tree.nodes[index].start
            shorter = min(tree.ends[before] - tree.nodes[before].start, tree.ends[index] - start)
            if tree.ends[before] - start > _OVERLAP * shorter:
                row = []
        row.append(index)
        if len(row) > len(longest):
            longest = row
    return longest


def is_integration(tree: TraceTree, caller: int) -> bool:
    """True for what an API calls for a request: that call is the request itself."""
    return caller != -1 and tree.nodes[tree.owner(caller)].origin.startswith("AWS::ApiGateway")


def _service(tree: TraceTree, index: int) -> str:
    """The name of the service that a part belongs to."""
    return tree.nodes[tree.owner(tree.parents[index])].name


def _added(spent: Sequence[float]) -> float:
    """The sum, the same on every Python: since 3.12 sum() corrects what floats lose."""
    total = 0.0
    for seconds in spent:
        total += seconds
    return total


def _most(traces: dict[str, float]) -> tuple[str, ...]:
    return tuple(sorted(traces, key=lambda trace_id: -traces[trace_id])[:EXEMPLARS])
