"""Both paths by definition: for one instant, which part the trace is at. Slow, and it shares no code with the product.

To the answer: whoever waits, waits for the part that it started and that returns last; before that one began, for the
one that had returned last by then; and so on backwards. Nobody waits for work that is detached or that ends after its
caller, unless the caller failed because it waited for it in vain. To the end: the same for the part that ends last of
all, which its callers started and did not wait for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from shopfast_obs.analysis.traces.tree import TraceTree

STAMPS = 0.001001  # seconds: two clocks may differ by as much, one of them in milliseconds
NOBODY = -1
LAMBDA, FUNCTION = "AWS::Lambda", "AWS::Lambda::Function"
INITS = ("Initialization", "Restore")


class Oracle:
    """The parts of one trace and what is known of them from their times alone."""

    def __init__(self, tree: TraceTree) -> None:
        self.nodes, self.parents, self.children = tree.nodes, tree.parents, tree.children
        self.starts, self.ends, self.detached = tree.starts, tree.ends, tree.detached
        self.chain = self._to_the_last_end()

    def moments(self, until: float) -> list[float]:
        """An instant between any two things that happen until then, where clocks leave no doubt."""
        happens = sorted({*self.starts, *self.ends, until})
        return [(a + b) / 2 for a, b in pairwise(happens) if b - a > 2 * STAMPS and self.starts[0] <= a and b <= until]

    def to_answer(self, moment: float) -> int:
        """The part that the customer waits for."""
        return self._at(0, moment, {})

    def to_end(self, moment: float) -> int:
        """The part on the way to the last end; NOBODY between two parts."""
        return self._at(0, moment, self.chain)

    def _at(self, part: int, moment: float, chain: dict[int, int]) -> int:
        own = part if moment < self.ends[part] else NOBODY  # started by nobody that is still there
        for child, begins, until in self._waits(part, chain):
            if moment >= until:
                return own
            if moment >= begins:
                return self._at(child, moment, chain)
            init = self._cold_start(part, child)
            if init is not None and self.starts[init] <= moment < self.ends[init]:
                return init
        return own

    def _waits(self, part: int, chain: dict[int, int]) -> Iterator[tuple[int, float, float]]:
        """The children that the part waits for, the last first, each with its time."""
        target = chain.get(part)
        left = [c for c in self.children[part] if self._is_awaited(part, c, chain)]
        cursor = self.ends[part]
        if target is not None:
            left = [child for child in left if child != target]
            yield target, self.starts[target], float("inf")
            cursor = self.starts[target]
            before = self.nodes[target].precursors
            left = [c for c in left if self._is_over(c, target) or (before and self.nodes[c].id in before)]
        while left:
            last = max(left, key=lambda child: (self.ends[child], self.starts[child]))
            gave_up = self.ends[last] if self._is_try(last) else self.ends[part]
            yield last, self.starts[last], min(cursor, self.ends[last], gave_up)
            cursor = min(cursor, self.starts[last])
            left = [c for c in left if c != last and self._is_over(c, last)]

    def _is_over(self, child: int, next_: int) -> bool:
        """True where the child had returned when the next began, or a clock in milliseconds hides that it had."""
        over, begins = self.ends[child], self.starts[next_]
        overlap = over - begins
        grain = 0.001 if any(abs(t * 1000 - round(t * 1000)) < 1e-3 for t in (over, begins)) else 1e-6
        return overlap <= 1e-6 or overlap < grain or self.nodes[child].id in self.nodes[next_].precursors

    def _is_awaited(self, part: int, child: int, chain: dict[int, int]) -> bool:
        if child in self.detached:
            return False
        if self.nodes[child].name in INITS and self._was_ready(part, child):
            return False
        if not self._goes_on(part, child):
            return True
        if self.nodes[part].fault and self.starts[child] < self.ends[part]:
            return True
        return part in chain and self._is_try(child)

    def _is_try(self, part: int) -> bool:
        return self.nodes[part].name == "Dwell Time" or self.nodes[part].name.startswith("Attempt")

    def _goes_on(self, part: int, child: int) -> bool:
        """True for work that ends after its caller. What Lambda's runtime does after the answer is no work."""
        if self.ends[child] <= self.ends[part] + STAMPS:
            return False
        node = self.nodes[child]
        if node.origin == FUNCTION:
            return self.starts[child] >= self.ends[part]
        if node.origin == LAMBDA:
            functions = [c for c in self.children[child] if self.nodes[c].origin == FUNCTION]
            handled = [c for f in functions for c in self.children[f] if self.nodes[c].name == "Invocation"]
            return not any(self.ends[c] <= self.ends[part] + STAMPS for c in handled)
        return True

    def _was_ready(self, function: int, init: int) -> bool:
        above = self.parents[function]
        return above != -1 and self.ends[init] <= self.starts[above]

    def _cold_start(self, part: int, function: int) -> int | None:
        """The initialisation that lies before the function that it belongs to."""
        if self.nodes[function].origin != FUNCTION:
            return None
        found = [c for c in self.children[function] if self.nodes[c].name in INITS and not self._was_ready(function, c)]
        return next((c for c in found if self.starts[c] < self.starts[function]), None)

    def _to_the_last_end(self) -> dict[int, int]:
        """For each part that does not live until the last end: which of its children leads there."""
        last = max(range(len(self.ends)), key=lambda part: (self.ends[part], -self._depth(part)))
        towards: dict[int, int] = {}
        part, leaves = last, False
        while (above := self.parents[part]) != -1:
            leaves = leaves or part in self.detached or self.ends[last] > self.ends[above]
            if leaves:
                towards[above] = part
            part = above
        return towards

    def _depth(self, part: int) -> int:
        depth = 0
        while (part := self.parents[part]) != -1:
            depth += 1
        return depth


def at(slices: Sequence[tuple[float, float, int, str]], moment: float) -> int | None:
    """The part that a path of the product has at that instant."""
    return next((node for start, end, node, _ in slices if start <= moment < end), None)
