"""Which changes are worth a prediction, from the traces themselves: what takes most of the waiting, calls in loops and
in rows, cold starts, and functions that compute on a small share of a core."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from shopfast_obs.analysis.sizing.recommendation import ONE_CPU_MB, cpu_share
from shopfast_obs.analysis.sizing.size_curve import ENOUGH
from shopfast_obs.analysis.traces.critical_path import answer_path, critical_path
from shopfast_obs.analysis.traces.overview.call_patterns import PatternBuilder, is_integration
from shopfast_obs.analysis.traces.tree import TraceTree
from shopfast_obs.analysis.traces.what_if.changes import BATCHES, Change, calls

WORTH = 0.05  # of all waiting for answers; a call with less is not looked at
MOST = 3  # calls
LARGER = 4  # times the memory, up to one core


class Survey:
    """Looks through traces for changes, one trace at a time."""

    def __init__(self) -> None:
        self._waited = 0.0
        self._on_path: defaultdict[str, float] = defaultdict(float)
        self._patterns = PatternBuilder()
        self._cold: set[str] = set()
        self._invocations: defaultdict[str, list[str]] = defaultdict(list)  # request ids by function

    def add(self, tree: TraceTree) -> None:
        """Take in one trace."""
        if not tree.nodes:
            return
        answer = answer_path(tree, critical_path(tree))
        self._waited += max(0.0, tree.ends[0] - tree.start)
        on_path = set(answer.nodes)
        for call in calls(tree):
            if call.index in on_path and not is_integration(tree, call.parent):
                self._on_path[f"{call.service}: {call.name}"] += tree.ends[call.index] - tree.starts[call.index]
        for function in tree.functions:
            self._invocations[tree.nodes[function].name].append(str(tree.nodes[function].aws.get("request_id")))
        self._cold.update(tree.nodes[function].name for function in answer.cold_starts)
        self._patterns.add(tree)

    def changes(self, memory_mb: Mapping[str, int]) -> tuple[Change, ...]:
        """What to predict; `memory_mb` by request id is what REPORT lines tell."""
        return tuple(dict.fromkeys((*self._calls(), *self._rows(), *self._starts(), *self._sizes(memory_mb))))

    def _calls(self) -> Iterator[Change]:
        dearest = sorted(self._on_path.items(), key=lambda one: (-one[1], one[0]))[:MOST]
        yield from (Change("instant", name) for name, seconds in dearest if seconds >= WORTH * self._waited > 0)

    def _rows(self) -> Iterator[Change]:
        for pattern in self._patterns.result():
            if pattern.kind == "n_plus_one":
                is_batch = any(f" {name}" in pattern.call for name in BATCHES)
                yield Change("batch" if is_batch else "at-once", f"{pattern.service}: {pattern.call}")
            elif pattern.kind == "sequential":
                yield Change("at-once", f"{pattern.service}: *")

    def _starts(self) -> Iterator[Change]:
        yield from (Change("warm", name) for name in sorted(self._cold))

    def _sizes(self, memory_mb: Mapping[str, int]) -> Iterator[Change]:
        for name, requests in sorted(self._invocations.items()):
            known = [memory_mb[request] for request in requests if request in memory_mb]
            if len(known) >= ENOUGH and cpu_share(max(known)) < 1.0:
                yield Change("memory", name, min(ONE_CPU_MB, LARGER * max(known)))
