"""Two traces against each other, part by part: what one has that the other lacks, what is called more often or takes
longer. Parts are matched by what they are below what they belong to; siblings that are the same are one row."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal

from shopfast_obs.analysis.traces.overview.call_patterns import CALLS, call_name
from shopfast_obs.analysis.traces.tree import TraceTree
from shopfast_obs.model.records import record

Difference = Literal["added", "removed", "more calls", "fewer calls", "longer", "shorter", "same"]

NOTHING = 0.001  # seconds; what clocks in milliseconds cannot tell
_Identity = tuple[str, str]
_Group = tuple[list[int], list[int]]


@record
class PartChange:
    """Parts of one kind at one place, before and after: how many, and their seconds together. One trace says nothing of
    chance, so that this is a difference and no verdict."""

    name: str
    depth: int
    count: tuple[int, int]
    seconds: tuple[float, float]
    difference: Difference


@record
class TraceDiff:
    """All parts of two traces, parents before children; `matched` is the share of them that both have: below a half
    these are hardly two traces of one kind."""

    before: str
    after: str
    matched: float
    parts: tuple[PartChange, ...]


def trace_diff(before: TraceTree, after: TraceTree, tolerance: float) -> TraceDiff:
    """What differs between two traces; `tolerance` is the relative change of seconds that does not matter."""
    trees = (before, after)
    rows: list[PartChange] = []
    # A stack, because traces are as deep as they like; the last pushed is the first told.
    pending = [(group, 0) for group in _alike(trees, ([0][: len(before.nodes)], [0][: len(after.nodes)]))]
    while pending:
        group, depth = pending.pop()
        rows.append(_row(trees, group, depth, tolerance))
        inner = [[c for i in own for c in tree.children[i]] for tree, own in zip(trees, group, strict=True)]
        pending += [(one, depth + 1) for one in _alike(trees, inner)]
    counts = [sum(row.count[side] for row in rows) for side in (0, 1)]
    both = sum(min(row.count) for row in rows)
    return TraceDiff(before.trace.id, after.trace.id, both / max(*counts, 1), tuple(rows))


def _alike(trees: Sequence[TraceTree], sides: Sequence[Sequence[int]]) -> Iterable[_Group]:
    """The parts of both sides that are the same, the group that begins last first."""
    groups: dict[_Identity, _Group] = {}
    started: dict[_Identity, float] = {}
    for side, (tree, indices) in enumerate(zip(trees, sides, strict=True)):
        for index in indices:
            node = tree.nodes[index]
            if not node.inferred:
                name = _identity(tree, index)
                groups.setdefault(name, ([], []))[side].append(index)
                started[name] = min(started.get(name, math.inf), node.start - tree.start)
    return [groups[name] for name in sorted(groups, key=lambda name: -started[name])]


def _identity(tree: TraceTree, index: int) -> _Identity:
    node = tree.nodes[index]
    if node.namespace in CALLS:
        return call_name(tree, index), "call"
    return node.name, node.origin


def _row(trees: Sequence[TraceTree], group: _Group, depth: int, tolerance: float) -> PartChange:
    side = 0 if group[0] else 1
    name, _ = _identity(trees[side], group[side][0])
    old, new = (
        sum(tree.ends[index] - tree.nodes[index].start for index in own) for tree, own in zip(trees, group, strict=True)
    )
    count = (len(group[0]), len(group[1]))
    return PartChange(name, depth, count, (old, new), _difference(count, old, new, tolerance))


def _difference(count: tuple[int, int], old: float, new: float, tolerance: float) -> Difference:
    if not count[0]:
        return "added"
    if not count[1]:
        return "removed"
    if count[0] != count[1]:
        return "more calls" if count[1] > count[0] else "fewer calls"
    if abs(new - old) <= NOTHING + tolerance * max(old, new):
        return "same"
    return "longer" if new > old else "shorter"
