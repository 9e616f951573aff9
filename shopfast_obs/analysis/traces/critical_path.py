"""Two paths through a trace. The path to the end is the chain of parts that reaches from the root's start to the last
end. The path to the answer is what the customer waited for: asynchronous work is on it only where somebody waited for
it until they gave up.

It knows what X-Ray does with Lambda: `Initialization` lies before its function's start, asynchronous attempts lie after
their parent's end. A path is also a tiling: every moment belongs to exactly one part, so that the categories add up.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from shopfast_obs.analysis.traces.clocks import is_over
from shopfast_obs.analysis.traces.outcome import attribute
from shopfast_obs.analysis.traces.tree import FUNCTION, SERVICE, TraceTree
from shopfast_obs.model.records import record

CATEGORIES = (
    "orchestration",  # API Gateway, Step Functions, Lambda's own service
    "trigger",  # between an asynchronous event and the function that it starts
    "container_initialization",
    "runtime_initialization",
    "computation",  # the function's code
    "queueing",
    "overhead",  # the runtime after the answer
    "external_service",
    "unclassified",
)
INITIALIZATION = ("Initialization", "Restore")
_QUEUES = ("queue_url", "queue_name")

_BY_ORIGIN = {
    "AWS::Lambda": "orchestration",
    "AWS::Lambda::Function": "computation",
    "AWS::stepfunctions": "orchestration",
    "AWS::STEPFUNCTIONS": "orchestration",
    "AWS::ECS::Container": "computation",
    "AWS::EC2::Instance": "computation",
    "AWS::EKS::Container": "computation",
    "AWS::ElasticBeanstalk::Environment": "computation",
}
_BY_PREFIX = (
    ("AWS::ApiGateway", "orchestration"),
    ("AWS::StepFunctions", "orchestration"),
    ("AWS::AppSync", "orchestration"),
    ("AWS::", "external_service"),
    ("Database::", "external_service"),
    ("remote", "external_service"),
)
_BY_PHASE = {"Overhead": "overhead", "Invocation": "computation"} | dict.fromkeys(
    INITIALIZATION, "runtime_initialization"
)


class Slice(NamedTuple):
    """Some seconds of the path, in one category. `node` is an index of the tree, or -1 between two parts."""

    start: float
    end: float
    node: int
    category: str


@record
class CriticalPath:
    """The parts on the path in the order in which they began to matter, and whose every moment was. `cold_starts` are
    the functions of the path that had to be initialised for it."""

    nodes: tuple[int, ...]
    slices: tuple[Slice, ...]
    cold_starts: tuple[int, ...]

    @property
    def breakdown(self) -> dict[str, float]:
        """Seconds by category, every category present."""
        seconds = dict.fromkeys(CATEGORIES, 0.0)
        for start, end, _, category in self.slices:
            seconds[category] += end - start
        return seconds


def critical_path(tree: TraceTree) -> CriticalPath:
    """The path of a trace to its last end, in linear time but for sorting siblings; an empty one without parts."""
    if not tree.nodes:
        return CriticalPath((), (), ())
    return (_BoundedWalk(tree) if tree.outlasted else _Walk(tree)).path()


def answer_path(tree: TraceTree, to_end: CriticalPath) -> CriticalPath:
    """The path to the root's own end; the same object as the path to the end where nothing goes on after the answer,
    and where the root is an event that nobody waits for."""
    if not tree.nodes or not (tree.outlasted or tree.end > tree.ends[0]) or is_event(tree):
        return to_end
    return _AnswerWalk(tree).path()


def is_event(tree: TraceTree) -> bool:
    """True for a root that Lambda invoked asynchronously: it has attempts."""
    return tree.nodes[0].origin == SERVICE and any(_is_attempt(tree.nodes[child].name) for child in tree.children[0])


def _is_attempt(name: str) -> bool:
    return name == "Dwell Time" or name.startswith("Attempt")


def awaited(tree: TraceTree, parent: int, child: int) -> bool:
    """True where the parent's answer waits for the child: not for work that is detached or goes on after it, unless the
    parent failed because it waited in vain."""
    if child in tree.detached:
        return False
    if child in tree.late:
        return tree.nodes[parent].fault and tree.starts[child] < tree.ends[parent]
    if tree.nodes[child].name in INITIALIZATION:
        return not pre_initialised(tree, parent, child)
    return tree.ends[child] >= tree.starts[parent]  # what was over before is of another time, or another clock


def pre_initialised(tree: TraceTree, function: int, initialization: int) -> bool:
    """True when the environment was ready before the request came, as with provisioned concurrency."""
    parent = tree.parents[function]
    return parent != -1 and tree.ends[initialization] <= tree.nodes[parent].start


def own_categories(tree: TraceTree) -> dict[int, str]:
    """The category of every part's own time, on the path or not."""
    found: dict[int, str] = {}
    for index in tree.order:
        parent = tree.parents[index]
        found[index] = _category(tree, index, found.get(parent, "computation"))
    return found


def _category(tree: TraceTree, index: int, inherited: str) -> str:
    node, parent = tree.nodes[index], tree.parents[index]
    if node.origin:
        return _of_origin(node.origin)
    if node.entry:
        return "computation"
    above = tree.nodes[parent].origin if parent != -1 else ""
    if above == FUNCTION and node.name in _BY_PHASE:
        return _BY_PHASE[node.name]
    if above == SERVICE and node.name == "Dwell Time":
        return "queueing"
    if node.namespace and inherited == "computation":
        # A call of which the callee tells nothing is the callee's time; otherwise what remains is the caller's.
        told = any(tree.nodes[child].start < tree.ends[index] for child in tree.children[index])
        return inherited if told else "external_service"
    return inherited


@lru_cache(maxsize=256)
def _of_origin(origin: str) -> str:
    known = _BY_ORIGIN.get(origin)
    if known is None:
        known = next((category for prefix, category in _BY_PREFIX if origin.startswith(prefix)), "unclassified")
    return known


class _Walk:
    """One walk along the path. `now` only moves forward: what lies before it is already somebody's."""

    def __init__(self, tree: TraceTree) -> None:
        self.tree = tree
        self.category: dict[int, str] = {}
        self.now = tree.start
        self.nodes: list[int] = []
        self.slices: list[Slice] = []
        self.starts, self.ends, self.parts = tree.starts, tree.ends, tree.nodes
        self.cold: list[int] = []
        self.next_on_chain: Mapping[int, int] = self._chain()

    def _chain(self) -> Mapping[int, int]:
        """For every node that the trace's last end lies beyond: the child that leads there."""
        ends, parents = self.tree.ends, self.tree.parents
        last = max(ends)
        index = ends.index(last)
        towards: dict[int, int] = {}
        leaves = False
        while parents[index] != -1:
            parent = parents[index]
            leaves = leaves or index in self.tree.detached or last > ends[parent]
            if leaves:
                towards[parent] = index
            index = parent
        return towards

    def path(self) -> CriticalPath:
        """Walk from the root; a frame is a node and what is left of its children."""
        frames: list[tuple[int, Iterator[int]]] = [(0, iter(self._enter(0)))]
        while frames:
            index, rest = frames[-1]
            for child in rest:
                inner = self._enter(child)
                if inner:
                    frames.append((child, iter(inner)))
                    break
                self._spend(self.ends[child], child, self.category[child])
            else:
                self._spend(self.ends[index], index, self.category[index])
                frames.pop()
        return CriticalPath(tuple(self.nodes), tuple(self.slices), tuple(self.cold))

    def _enter(self, index: int) -> Sequence[int]:
        """Account for the time until the node begins; its children on the path, in order."""
        self.nodes.append(index)
        tree = self.tree
        parent, origin, start = tree.parents[index], self.parts[index].origin, self.starts[index]
        above = self.category[parent] if parent != -1 else "computation"
        self.category[index] = _of_origin(origin) if origin else _category(tree, index, above)
        chain = self._sequence(index) if tree.children[index] else ()
        if parent == -1:
            return chain
        if chain and origin == FUNCTION and self.parts[chain[0]].name in INITIALIZATION:
            chain = self._initialise(index, parent, chain)
        elif index in tree.detached:
            self._spend(min(start, self.ends[parent]), parent, above)
            self._spend(start, -1, "unclassified")
        elif index in tree.late:
            self._spend(min(start, self.ends[parent]), parent, above)
            self._spend(start, -1, "queueing" if self._is_queued(index, parent) else "trigger")
        elif start > self.now:
            self._spend(start, parent, above)
        return chain

    def _is_queued(self, index: int, parent: int) -> bool:
        """True for the consumer of a message, which begins when it takes it from the queue of the call that sent it."""
        call = self.parts[parent]
        sent = any(key in call.aws for key in _QUEUES) or attribute(call, "messaging.system") is not None
        return sent and self.parts[index].entry

    def _initialise(self, function: int, parent: int, chain: Sequence[int]) -> Sequence[int]:
        """A cold start: first the environment, then the runtime, then the function, which begins after both."""
        start, init = self.tree.nodes[function].start, chain[0]
        self.cold.append(function)
        init_start = self.tree.nodes[init].start
        self._spend(min(init_start, start), parent, "container_initialization")
        if init_start >= start or self.next_on_chain.get(function) == init:
            return chain
        self.nodes.append(init)
        self._spend(self.tree.ends[init], init, "runtime_initialization")
        self._spend(start, parent, self.category[parent])
        return chain[1:]

    def _sequence(self, index: int) -> Sequence[int]:
        """The children that follow one another up to the one that returns last, or that leads to the trace's end."""
        starts, ends, nodes = self.starts, self.ends, self.parts
        target = self.next_on_chain.get(index, -1)
        waited = [child for child in self.tree.children[index] if self._waited_for(index, child, target)]
        if len(waited) > 1:
            waited.sort(key=lambda child: (ends[child], starts[child]))
        elif target == -1 or waited == [target]:
            return waited
        if target == -1:
            target = waited.pop()
        chain, begins = [target], starts[target]
        precursors = nodes[target].precursors
        for child in reversed(waited):
            before = is_over(ends[child], begins) or (precursors and nodes[child].id in precursors)
            if before and child != target:
                chain.append(child)
                begins, precursors = starts[child], nodes[child].precursors
        chain.reverse()
        return chain

    def _waited_for(self, parent: int, child: int, target: int) -> bool:
        """True when the parent cannot go on, or the chain cannot begin, before the child is done."""
        return child == target or awaited(self.tree, parent, child) or (target != -1 and self._is_tried(child))

    def _is_tried(self, child: int) -> bool:
        """Lambda tries one after the other; other asynchronous work goes its own way."""
        late = child in self.tree.late and child not in self.tree.detached
        return late and _is_attempt(self.parts[child].name)

    def _spend(self, until: float, node: int, category: str) -> None:
        if until > self.now:
            self.slices.append(tuple.__new__(Slice, (self.now, until, node, category)))
            self.now = until


class _BoundedWalk(_Walk):
    """The walk where parts end after those that called them: who called had its answer by then, so that nobody spends
    more than that, but for those on the way to the last end."""

    def __init__(self, tree: TraceTree) -> None:
        super().__init__(tree)
        self.limits = {0: math.inf}  # of each part on the path: nobody above it waited longer
        self.limit = math.inf

    def path(self) -> CriticalPath:
        """The parts that began before their limit."""
        found = super().path()
        began = tuple(index for index in found.nodes if self.starts[index] <= self.limits.get(index, math.inf))
        return CriticalPath(began, found.slices, found.cold_starts)

    def _enter(self, index: int) -> Sequence[int]:
        parent = self.tree.parents[index]
        if parent != -1:
            self.limit = self.limits[parent]
            target = self.next_on_chain.get(parent, -1)
            leads_on = target == index or (target != -1 and self._is_tried(index))
            self.limits[index] = self.limit if leads_on else min(self.limit, self.ends[parent])
        return super()._enter(index)

    def _spend(self, until: float, node: int, category: str) -> None:
        super()._spend(min(until, self.limits.get(node, self.limit)), node, category)


class _AnswerWalk(_BoundedWalk):
    """The walk that ends with the root, and leads to no later end."""

    def __init__(self, tree: TraceTree) -> None:
        super().__init__(tree)
        self.limits = {0: tree.ends[0]}

    def _chain(self) -> Mapping[int, int]:
        return {}

    def path(self) -> CriticalPath:
        """The parts that began before the answer."""
        found = super().path()
        began = tuple(index for index in found.nodes if self.starts[index] < self.limits[0] or index == 0)
        return CriticalPath(began, found.slices, found.cold_starts)
