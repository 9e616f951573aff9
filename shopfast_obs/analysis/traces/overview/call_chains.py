"""Calls by the way that led to them: `GET /orders > orders > Lambda Invoke stock > DynamoDB GetItem items`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial

from shopfast_obs.analysis.statistics import Amount
from shopfast_obs.analysis.traces.overview.call_patterns import CALLS, EXEMPLARS, call_name
from shopfast_obs.analysis.traces.overview.service_map import Tally
from shopfast_obs.analysis.traces.tree import FUNCTION, SERVICE, TraceTree

Chain = tuple[str, str]  # the entry point, and the way from there
ARROW = " > "
_SHOWN = 6  # steps of a way; of a longer one the first and the last


@dataclass(slots=True)
class ChainBuilder:
    """Collects calls by their chain, one trace at a time."""

    tallies: defaultdict[int, Tally] = field(default_factory=partial(defaultdict, Tally))
    squares: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    # By way, the traces with its longest calls and these calls' seconds.
    longest: defaultdict[int, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    # A way is the number of the way before and a label: text would grow with the square of a deep trace.
    ways: dict[tuple[int, str], int] = field(default_factory=dict)

    def add(self, tree: TraceTree, entry_point: str) -> None:
        """Count every call of the trace."""
        if not tree.nodes:
            return
        numbers = [0] * len(tree.nodes)
        counted: defaultdict[int, int] = defaultdict(int)
        for index in tree.order:
            parent = tree.parents[index]
            number = self._way(-1, entry_point) if parent == -1 else numbers[parent]
            label = _label(tree, index)
            if label:
                number = self._way(number, label)
                seconds = tree.ends[index] - tree.nodes[index].start
                self.tallies[number].add(tree.nodes[index], seconds)
                self._slow(number, seconds, tree.trace.id)
                counted[number] += 1
            numbers[index] = number
        for number, count in counted.items():
            self.squares[number] += count * count

    def _way(self, before: int, label: str) -> int:
        return self.ways.setdefault((before, label), len(self.ways))

    def _slow(self, number: int, seconds: float, trace_id: str) -> None:
        known = self.longest[number]
        if seconds > known.get(trace_id, -1.0):
            known[trace_id] = seconds
            if len(known) > EXEMPLARS:
                del known[min(known, key=lambda one: known[one])]

    def slowest(self) -> dict[Chain, tuple[str, ...]]:
        """The traces with the longest call of each chain, up to three."""
        names = self._names()
        return {
            names[number]: tuple(sorted(known, key=lambda one: -known[one])) for number, known in self.longest.items()
        }

    def result(self, requests: dict[str, int]) -> tuple[dict[Chain, Tally], dict[Chain, Amount]]:
        """The calls of each chain, and how many a request makes; `requests` counts those of each entry point."""
        names = self._names()
        tallies: defaultdict[Chain, Tally] = defaultdict(Tally)
        amounts: dict[Chain, Amount] = {}
        for number, tally in self.tallies.items():
            chain = names[number]
            tallies[chain].merge(tally)
            amount = Amount(requests[chain[0]], len(tally.seconds), self.squares[number])
            amounts[chain] = amounts[chain] + amount if chain in amounts else amount
        return dict(tallies), amounts

    def _names(self) -> list[Chain]:
        """The name of every way, by its number; a way is older than those that go on from it."""
        found: list[tuple[str, tuple[str, ...]]] = []
        for before, label in self.ways:
            if before == -1:
                found.append((label, ()))
                continue
            entry, steps = found[before]
            steps = (*steps, label)
            found.append((entry, steps if len(steps) <= _SHOWN else (steps[0], "…", *steps[2 - _SHOWN :])))
        return [(entry, ARROW.join(steps)) for entry, steps in found]


def _label(tree: TraceTree, index: int) -> str:
    """What the part adds to the way: a call, or a service that no call leads to; empty for all else."""
    node, parent = tree.nodes[index], tree.parents[index]
    if node.inferred or parent == -1:
        return ""
    if node.namespace in CALLS:
        return call_name(tree, index)
    above = tree.nodes[parent]
    if not node.origin or above.namespace in CALLS or (node.origin == FUNCTION and above.origin == SERVICE):
        return ""
    return node.name
