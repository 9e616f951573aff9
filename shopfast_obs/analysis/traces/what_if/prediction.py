"""What changes would bring: the requests of many traces replayed under each, by route. Seconds, US dollars."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shopfast_obs.analysis.sizing.recommendation import USD_PER_GB_SECOND
from shopfast_obs.analysis.statistics import Distribution, distribution
from shopfast_obs.analysis.traces.outcome import outcome, route
from shopfast_obs.analysis.traces.tree import TraceTree
from shopfast_obs.analysis.traces.what_if.changes import Change, Sizes, calls, effects
from shopfast_obs.analysis.traces.what_if.replay import Effect, Replayed, replay
from shopfast_obs.model.records import record

NOTICED = 0.001  # seconds: a request whose answer moves by less has not changed
MILLION = 1_000_000


@record
class RoutePrediction:
    """One route under a change: `requests` that succeeded, how many of them change and how many fail then, and how
    long they take: now, and those that succeed then at least and at most (both the same where times are certain).
    `failed` requests are left out: how long they take once they succeed is not known."""

    route: str
    requests: int
    failed: int
    changed: int
    failing: int
    now: Distribution
    least: Distribution
    most: Distribution


@record
class Prediction:
    """What a change brings: by route, those that gain most first; `saved` is what all its requests together wait less
    (at least, at most), `usd` how the price of Lambda's time changes for a million requests, None where no log tells
    the memory; `exemplar` is the trace that gains most."""

    change: Change
    routes: tuple[RoutePrediction, ...]
    saved: tuple[float, float]
    usd: tuple[float, float] | None
    exemplar: str


@dataclass(slots=True)
class _Under:
    """What becomes of the requests under one change: by route and number of the request, at least and at most."""

    answers: defaultdict[str, dict[int, tuple[float, float]]] = field(default_factory=lambda: defaultdict(dict))
    failing: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    usd: list[float] = field(default_factory=lambda: [0.0, 0.0])
    unpriced: bool = False
    requests: int = 0
    most: tuple[float, str] = (0.0, "")


class PredictionBuilder:
    """Replays traces under changes, one trace at a time."""

    def __init__(self, changes: Iterable[Change], sizes: Sizes) -> None:
        self._sizes = sizes
        self._under = {one: _Under() for one in changes}
        self._answers: defaultdict[str, list[float]] = defaultdict(list)
        self._failed: defaultdict[str, int] = defaultdict(int)

    def add(self, tree: TraceTree) -> None:
        """Take in one trace; one without parts is left out."""
        if not tree.nodes:
            return
        root = tree.nodes[0]
        name = route(root) or root.name
        made = calls(tree)
        if outcome(root) in ("fault", "throttle"):
            self._failed[name] += 1
            for wanted, under in self._under.items():
                if effects(tree, made, wanted, self._sizes):
                    under.answers[name]
            return
        number, before = len(self._answers[name]), replay(tree, Effect()).answer
        self._answers[name].append(before)
        for wanted, under in self._under.items():
            if found := effects(tree, made, wanted, self._sizes):
                then = [replay(tree, effect) for effect in found]
                least, most = min(one.answer for one in then), max(one.answer for one in then)
                under.answers[name][number] = (least, most)
                under.most = max(under.most, (before - least, tree.trace.id))
                if found[0].failing:
                    under.failing[name].add(number)
                self._price(tree, wanted, under, (then[0], then[-1]))

    def _price(self, tree: TraceTree, wanted: Change, under: _Under, sides: Sequence[Replayed]) -> None:
        under.requests += 1
        for side, one in enumerate(sides):
            if (usd := self._usd(tree, one, wanted)) is None:
                under.unpriced = True
            else:
                under.usd[side] += usd

    def _usd(self, tree: TraceTree, then: Replayed, wanted: Change) -> float | None:
        """How much more Lambda's time costs in this trace; None where a function's memory is not known."""
        usd = 0.0
        for function in tree.functions:
            was, now = tree.ends[function] - tree.starts[function], then.ends[function] - then.starts[function]
            memory = self._sizes.memory_mb.get(str(tree.nodes[function].aws.get("request_id")))
            if memory is None:
                return None
            resized = wanted.kind == "memory" and _differs(tree, then, function)
            usd += (now * (wanted.value if resized else memory) - was * memory) / 1024 * USD_PER_GB_SECOND
        return usd

    def result(self) -> tuple[Prediction, ...]:
        """The predictions for changes that change anything, what saves most first."""
        found = [self._prediction(wanted, under) for wanted, under in self._under.items() if under.answers]
        return tuple(sorted(found, key=lambda one: (-sum(one.saved), str(one.change))))

    def _prediction(self, wanted: Change, under: _Under) -> Prediction:
        routes = [self._route(name, then, under.failing[name]) for name, then in under.answers.items()]
        usd = tuple(each / max(1, under.requests) * MILLION for each in sorted(under.usd))
        saved = [
            sum(
                self._answers[name][number] - one[side]
                for name, then in under.answers.items()
                for number, one in then.items()
            )
            for side in (1, 0)
        ]
        return Prediction(
            wanted,
            tuple(sorted(routes, key=lambda one: (-one.changed * (one.now.mean - one.most.mean), one.route))),
            (saved[0], saved[1]),
            None if under.unpriced or not under.requests else (usd[0], usd[1]),
            under.most[1],
        )

    def _route(self, name: str, then: dict[int, tuple[float, float]], failing: set[int]) -> RoutePrediction:
        now = self._answers[name]
        left = [(n, was) for n, was in enumerate(now) if n not in failing]
        sides = [[then[n][side] if n in then else was for n, was in left] for side in (0, 1)]
        changed = sum(abs(now[n] - one[1]) >= NOTICED or abs(now[n] - one[0]) >= NOTICED for n, one in then.items())
        return RoutePrediction(
            name, len(now), self._failed[name], changed, len(failing), distribution(now), *map(distribution, sides)
        )


def _differs(tree: TraceTree, then: Replayed, function: int) -> bool:
    return abs(then.ends[function] - then.starts[function] - tree.ends[function] + tree.starts[function]) > 1e-9
