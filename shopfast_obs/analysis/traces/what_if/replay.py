"""One trace replayed: the same parts in the same order, some of them shorter. Seconds.

What a part waits for is read from the times: it begins some time (its gap) after the last of its siblings that had
ended before, or after its parent began; its parent ends some time after the last of those that it waited for. Gaps are
the parent's own work and stay, unless the change is about them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from shopfast_obs.analysis.traces.clocks import TICK, is_over
from shopfast_obs.analysis.traces.critical_path import INITIALIZATION, awaited, is_event
from shopfast_obs.analysis.traces.tree import TraceTree
from shopfast_obs.model.records import record


@record
class Effect:
    """What a change does to one trace, by the index of the part. `lengths`: how long the whole part takes, whatever is
    in it; in one that takes no time nothing happens that it would wait for. `scales`: the factor of what it does by
    itself. `gaps`: from what it waits for to its start. `after`: the sibling with which it begins at once, instead of
    waiting for it. `failing` are parts that end in a failure now."""

    lengths: Mapping[int, float] = field(default_factory=dict)
    scales: Mapping[int, float] = field(default_factory=dict)
    gaps: Mapping[int, float] = field(default_factory=dict)
    after: Mapping[int, int] = field(default_factory=dict)
    failing: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.lengths or self.scales or self.gaps or self.after or self.failing)


@record
class Replayed:
    """When each part of the trace begins and ends then, from the root's start, and how long the answer takes: until the
    end of the last part where the root is an event that nobody waits for."""

    starts: tuple[float, ...]
    ends: tuple[float, ...]
    answer: float


def replay(tree: TraceTree, effect: Effect) -> Replayed:
    """The trace with the change, in linear time but for sorting siblings; without one it is as it was."""
    return _Replay(tree, effect).result()


class _Replay:
    def __init__(self, tree: TraceTree, effect: Effect) -> None:
        self.tree, self.effect = tree, effect
        self.lengths = [0.0] * len(tree.nodes)
        self.offsets = [0.0] * len(tree.nodes)  # from the parent's start

    def result(self) -> Replayed:
        """Lengths from the leaves upwards, then times from the root downwards."""
        for index in reversed(self.tree.order):
            self.lengths[index] = self._length(index)
        starts = [0.0] * len(self.lengths)
        gone = {index for index, seconds in self.effect.lengths.items() if not seconds}
        for index in self.tree.order:
            parent = self.tree.parents[index]
            if parent in gone and awaited(self.tree, parent, index):
                gone.add(index)
                self.lengths[index] = 0.0
            starts[index] = starts[parent] + self.offsets[index] if parent != -1 else 0.0
        ends = [start + length for start, length in zip(starts, self.lengths, strict=True)]
        answer = max(ends, default=0.0) if not ends or is_event(self.tree) else ends[0]
        return Replayed(tuple(starts), tuple(ends), answer)

    def _length(self, index: int) -> float:
        tree, scale = self.tree, self.effect.scales.get(index, 1.0)
        whole = tree.ends[index] - tree.starts[index]
        before, now = self._place(index, whole, scale)
        forced = self.effect.lengths.get(index)
        return forced if forced is not None else now + max(0.0, whole - before) * scale

    def _place(self, index: int, whole: float, scale: float) -> tuple[float, float]:
        """Give every child its place; when the last of those that are waited for ended, and when it ends now."""
        tree, start = self.tree, self.tree.starts[index]
        children = sorted(tree.children[index], key=lambda child: (tree.starts[child], tree.ends[child]))
        waited = [child for child in children if self._holds_up(index, child)]
        ending = sorted(waited, key=lambda child: tree.ends[child])
        placed: set[int] = set()
        before = now = 0.0
        at = 0
        for child in children:
            began = tree.starts[child] - start
            while at < len(ending) and ending[at] in placed and is_over(tree.ends[ending[at]], tree.starts[child]):
                before = max(before, tree.ends[ending[at]] - start)
                now = max(now, self._end(ending[at]))
                at += 1
            if told := tree.nodes[child].precursors:  # the SDK says so, whatever its clocks do
                first = [one for one in waited if one in placed and tree.nodes[one].id in told]
                before = max([before, *(tree.ends[one] - start for one in first)])
                now = max([now, *map(self._end, first)])
            self.offsets[child] = self._offset(child, began - before, now, scale)
            placed.add(child)
        last = max((min(whole, tree.ends[child] - start) for child in waited), default=0.0)
        return last, max((self._awaited_until(child, start + whole) for child in waited), default=0.0)

    def _awaited_until(self, child: int, gave_up: float) -> float:
        """When the parent has what it waited for, from its own start: a caller that gave up did not wait longer than
        that, and what the runtime does after a function's answer nobody waits for."""
        if child in self.tree.late:
            return min(gave_up - self.tree.starts[self.tree.parents[child]], self._end(child))
        return self._end(child) - max(0.0, self.tree.ends[child] - gave_up)

    def _offset(self, child: int, gap: float, now: float, scale: float) -> float:
        gap = min(gap, self.effect.gaps.get(child, gap * scale)) if gap > 0 else gap  # below 0: clocks differ
        sibling = self.effect.after.get(child)
        return now + gap if sibling is None else self.offsets[sibling] + max(0.0, gap)

    def _end(self, child: int) -> float:
        return self.offsets[child] + self.lengths[child]

    def _holds_up(self, parent: int, child: int) -> bool:
        """True for what the parent waits for; a runtime that began before its function is in the gap before that."""
        early = (
            self.tree.ends[child] <= self.tree.starts[parent] + TICK and self.tree.nodes[child].name in INITIALIZATION
        )
        return not early and awaited(self.tree, parent, child)
