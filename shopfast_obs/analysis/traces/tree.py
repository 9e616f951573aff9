"""One trace as one tree, whatever X-Ray delivered: parts in progress, missing parents, several roots, cycles.

Nothing recurses and nothing is lost: every segment of the trace is a node, and what had to be mended is a warning.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import field

from shopfast_obs.analysis.traces.duplicate_parts import last_sent
from shopfast_obs.analysis.traces.durable_executions import joined
from shopfast_obs.analysis.traces.gathered import apart
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import Segment, Trace

# Services stamp in milliseconds, the SDKs and the Lambda runtime in microseconds: less than that is no difference.
CLOCK_MARGIN = 0.001001  # seconds

FUNCTION = "AWS::Lambda::Function"
SERVICE = "AWS::Lambda"
_NOBODY: frozenset[int] = frozenset()
PHASES = ("Initialization", "Invocation", "Overhead")


@record
class TraceTree:
    """A trace as arrays over its nodes; node 0 is the root, -1 no node.

    `ends` has an end for every node, also for those in progress. `detached` are nodes whose place under the root is a
    guess: their parent is missing, or they are further roots.
    """

    trace: Trace
    nodes: Sequence[Segment]
    parents: Sequence[int]
    children: Sequence[Sequence[int]]
    ends: Sequence[float]
    detached: frozenset[int]
    warnings: tuple[str, ...]
    order: Sequence[int] = ()
    starts: Sequence[float] = ()
    functions: Sequence[int] = ()  # the nodes that are Lambda functions
    late: frozenset[int] = _NOBODY  # nodes that their parent did not wait for: they end after it
    outlasted: bool = False  # some node ends after its parent, late or not
    _owners: dict[int, int] = field(default_factory=dict, repr=False, compare=False)

    @property
    def start(self) -> float:
        """When the root started."""
        return self.starts[0] if self.starts else 0.0

    @property
    def end(self) -> float:
        """When the last part ended."""
        return max(self.ends, default=0.0)

    @property
    def duration(self) -> float:
        """Seconds from the root's start to the last end."""
        return max(0.0, self.end - self.start)

    def owner(self, index: int) -> int:
        """The service that a part belongs to: the nearest node from there upwards that has an origin, or the root."""
        way = []
        while index not in self._owners and self.parents[index] != -1:
            if self.nodes[index].origin or self.nodes[index].entry:
                break
            way.append(index)
            index = self.parents[index]
        found = self._owners.get(index, index)
        for passed in way:  # remembered, because many parts of a deep trace ask for the same way
            self._owners[passed] = found
        return found


def tree(trace: Trace) -> TraceTree:
    """The tree of a trace; an empty one, with a warning, for a trace without segments."""
    builder = _Builder(joined(trace))
    if not builder.nodes:
        return TraceTree(trace, (), (), (), (), frozenset(), (*trace.problems, "empty: the trace has no segments"))
    builder.link()
    builder.plant()
    return builder.finished()


class _Builder:
    """The steps from a heap of segments to a tree. Indices are into `nodes` until `finished` puts the root first."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.warnings: list[str] = list(trace.problems)
        self.nodes: list[Segment] = []
        self.parents: list[int] = []
        self.embedded_in: list[int] = []
        self.detached: set[int] = set()
        self.homes: dict[str, list[int]] | None = None
        self.children: list[list[int]] = []
        self.order: list[int] = []
        self.outlasted = False
        self._collect()

    def _collect(self) -> None:
        superseded = _superseded(self.trace.segments)
        nodes, parents = self.nodes, self.parents
        for position, top in enumerate(self.trace.segments):
            if position in superseded:
                continue
            above = len(nodes)
            nodes.append(top)
            parents.append(-1)
            while above < len(nodes):
                inner = nodes[above].subsegments
                if inner:
                    nodes.extend(inner)
                    parents.extend([above] * len(inner))
                above += 1
        self.embedded_in = parents.copy()

    def link(self) -> None:
        """Put every segment that names a parent under it."""
        ids = [node.id for node in self.nodes]
        if len(set(ids)) < len(ids):
            self.nodes, self.parents = last_sent(self.nodes, self.parents)
            self.embedded_in = self.parents.copy()
            ids = [node.id for node in self.nodes]
        count = len(ids)
        # Of several parts with one id the first is meant.
        by_id = dict(zip(reversed(ids), range(count - 1, -1, -1), strict=True))
        duplicates = count - len(by_id)
        if "" in by_id:
            duplicates -= ids.count("") - 1
            del by_id[""]
        missing = []
        for index, above in enumerate(self.embedded_in):
            if above != -1:
                continue
            parent_id = self.nodes[index].parent_id
            if parent_id:
                found = by_id.get(parent_id, -1)
                if found in (-1, index):
                    missing.append(index)
                else:
                    self.parents[index] = found
        self._take_apart()
        if duplicates:
            self.warnings.append(f"duplicate_id: {duplicates} parts have the id of another part")
        for index in missing:
            self.parents[index] = self._home(index)
            if self.parents[index] == -1:
                self.detached.add(index)
        if missing:
            names = _some(self.nodes[index].name for index in missing)
            self.warnings.append(f"missing_parent: the parent of {names} is not in the trace")

    def _take_apart(self) -> None:
        """Put siblings that were sent as a chain beside each other."""
        moved = apart(self.nodes, self.parents)
        if moved:
            for index, home in moved.items():
                self.parents[index] = home
            names = _some(self.nodes[index].name for index in moved)
            self.warnings.append(f"chained: {names} stood in calls that another task made; they stand beside them now")

    def _home(self, index: int) -> int:
        """The AWS::Lambda node that a stray part of a function belongs to, or -1: same ARN, and no function yet."""
        if self.homes is None:
            taken = {self.parents[i] for i, node in enumerate(self.nodes) if node.origin == FUNCTION}
            self.homes = defaultdict(list)
            for candidate, node in enumerate(self.nodes):
                if node.origin == SERVICE and candidate not in taken:
                    self.homes[node.resource_arn].append(candidate)
        arn = _function_arn(self.nodes[index])
        free = self.homes.get(arn) if arn else None
        return free.pop(0) if free else -1

    def _break_cycles(self) -> None:
        """Cut every cycle at its earliest part; a phase of another function goes to that function."""
        state = bytearray(len(self.nodes))  # 0 unseen, 1 on the way, 2 leads to a root
        for begin in range(len(self.nodes)):
            way, index = [], begin
            while index != -1 and state[index] == 0:
                state[index] = 1
                way.append(index)
                index = self.parents[index]
            if index != -1 and state[index] == 1:
                self._cut(way[way.index(index) :])
            for seen in way:
                state[seen] = 2

    def _cut(self, cycle: list[int]) -> None:
        first = min(cycle, key=lambda index: self.nodes[index].start)
        holder = self.embedded_in[first]
        stray = _function_arn(self.nodes[first])
        home = self._home(first) if self.nodes[first].name in PHASES else -1
        moved = [first]
        if home != -1 and holder != -1:
            # A function that two requests shared carries the phases of both; the other ones belong to the same place.
            begin = self.embedded_in.index(holder)  # what one segment embeds lies together
            siblings = range(begin, min(begin + len(self.nodes[holder].subsegments), len(self.nodes)))
            moved = [i for i in siblings if self.embedded_in[i] == holder and _function_arn(self.nodes[i]) == stray]
        if self._hangs_under(home, moved):
            home, moved = -1, [first]
        for index in moved:
            self.parents[index] = home
            if home == -1:
                self.detached.add(index)
        names = _some(self.nodes[index].name for index in cycle)
        where = f"under {self.nodes[home].name!r}" if home != -1 else "under the root"
        self.warnings.append(
            f"cycle: {names} lead back to themselves; cut above {self.nodes[first].name!r}, which is now {where}"
        )

    def _hangs_under(self, index: int, above: list[int]) -> bool:
        """True when the way up from a node passes one of the others: under it they would go in a circle again."""
        passed: set[int] = set()
        while index != -1 and index not in passed:
            if index in above:
                return True
            passed.add(index)
            index = self.parents[index]
        return False

    def plant(self) -> None:
        """Choose the root, put every other root under it, and make sure that everything hangs there."""
        self._order()
        if len(self.order) < len(self.nodes):  # what no root leads to goes in circles
            self._break_cycles()
            self._order()
        roots = [index for index, parent in enumerate(self.parents) if parent == -1]
        true_roots = [index for index in roots if index not in self.detached] if self.detached else roots
        if not true_roots:
            self.warnings.append(
                "missing_root: the root segment is not in the trace; the earliest part stands in for it"
            )
        if roots != [0]:
            root = min(true_roots or roots, key=lambda index: (self.nodes[index].start, -_end(self.nodes[index])))
            for index in roots:
                if index != root:
                    self.parents[index] = root
                    self.detached.add(index)
            self.detached.discard(root)
            if len(true_roots) > 1:
                names = _some(self.nodes[index].name for index in true_roots)
                self.warnings.append(f"several_roots: {len(true_roots)} segments have no parent ({names})")
            self._swap(root)
            self._order()
        self.detached.discard(0)

    def _order(self) -> None:
        """The children of every node, and all nodes that hang under a root, parents first."""
        children: list[list[int]] = [[] for _ in range(len(self.parents) + 1)]
        for index, parent in enumerate(self.parents):
            children[parent].append(index)
        order = children.pop()  # where -1 leads: the roots
        for index in order:
            inner = children[index]
            if inner:
                order.extend(inner)
        self.children, self.order = children, order

    def finished(self) -> TraceTree:
        """The tree with the root first; ends and the warnings about time come last, because they need the parents."""
        starts = [node.start for node in self.nodes]
        ends = _ends(self.nodes, self.parents, self.children, self.order, starts)
        late = self._warn_about_time(starts, ends)
        if self.trace.limit_exceeded:
            self.warnings.append("limit_exceeded: the trace was too large for X-Ray, which dropped parts of it")
        detached = frozenset(self.detached) if self.detached else _NOBODY
        functions = [index for index, node in enumerate(self.nodes) if node.origin == FUNCTION]
        return TraceTree(
            self.trace, self.nodes, self.parents, self.children, ends, detached, tuple(self.warnings), self.order,
            starts, functions, late, self.outlasted,
        )  # fmt: skip

    def _swap(self, root: int) -> None:
        """Let the root and the first node change places."""
        swap = {0: root, root: 0}
        self.nodes[0], self.nodes[root] = self.nodes[root], self.nodes[0]
        self.parents[0], self.parents[root] = self.parents[root], self.parents[0]
        self.parents = [swap.get(parent, parent) for parent in self.parents]
        self.detached = {swap.get(index, index) for index in self.detached}

    def _warn_about_time(self, starts: list[float], ends: list[float]) -> frozenset[int]:
        """Say what is wrong with the times; the nodes that go on after their parent."""
        nodes, parents = self.nodes, self.parents
        unfinished = [node.name for node in nodes if node.end is None]
        if unfinished:
            self.warnings.append(f"in_progress: {len(unfinished)} parts are still in progress ({_some(unfinished)})")
        late, skewed, worst = set(), [], 0.0
        for index, (parent, start, end) in enumerate(zip(parents, starts, ends, strict=True)):
            # First the plain comparison, which leaves few for the rules about what may lie outside its parent.
            if start >= starts[parent] - CLOCK_MARGIN and end <= ends[parent] + CLOCK_MARGIN:
                continue
            if parent == -1:
                continue
            if end > ends[parent] + CLOCK_MARGIN:
                self.outlasted = True
                if not self._answered(index, ends):
                    late.add(index)
            if index in self.detached:
                continue
            end_of_work = min(end, ends[parent]) if self._returned(index, ends, ends[parent]) else end
            skew = _skew(nodes[index], end_of_work, nodes[parent], ends[parent])
            if skew > CLOCK_MARGIN:
                skewed.append(nodes[index].name)
                worst = max(worst, skew)
        if skewed:
            self.warnings.append(f"clock_skew: clocks differ by up to {worst * 1000:.1f} ms ({_some(skewed)})")
        said, seen = self.trace.duration, max(ends) - min(starts)
        if said is not None and abs(said - seen) > CLOCK_MARGIN:
            self.warnings.append(f"duration_mismatch: X-Ray says {said:.3f} s, its parts span {seen:.3f} s")
        return frozenset(late) if late else _NOBODY

    def _answered(self, index: int, ends: list[float]) -> bool:
        """True for a function, whatever the two clocks say, and for an invocation whose caller had the answer in time:
        what goes on is the runtime's overhead."""
        if self.nodes[index].origin != SERVICE:
            # Spans lack X-Ray's segment of the service; one that begins after the call was not waited for.
            return self.nodes[index].origin == FUNCTION and self.nodes[index].start < ends[self.parents[index]]
        functions = (child for child in self.children[index] if self.nodes[child].origin == FUNCTION)
        return any(self._returned(function, ends, ends[self.parents[index]]) for function in functions)

    def _returned(self, function: int, ends: list[float], limit: float) -> bool:
        """True for a function whose handler was through by then."""
        phases = (phase for phase in self.children[function] if self.nodes[phase].name == "Invocation")
        return any(ends[phase] <= limit + CLOCK_MARGIN for phase in phases)


def _superseded(segments: Sequence[Segment]) -> set[int]:
    """The positions of segments in progress that a finished one of the same id replaces."""
    if None not in [segment.end for segment in segments]:
        return set()
    finished = {segment.id for segment in segments if segment.end is not None and segment.id}
    return {i for i, segment in enumerate(segments) if segment.end is None and segment.id in finished}


def _ends(
    nodes: list[Segment], parents: list[int], children: list[list[int]], order: Sequence[int], starts: list[float]
) -> list[float]:
    """The end of every node; one in progress lasts as long as what it holds, a wait until what it waits for begins."""
    said = [node.end for node in nodes]
    if None not in said:
        # An end before its start is a broken clock, not a negative duration.
        return list(map(max, starts, said))  # type: ignore[arg-type]
    ends = [_end(node) for node in nodes]
    for index in reversed(order):
        if nodes[index].end is None:
            ends[index] = max([ends[index], *[ends[child] for child in children[index]]])
            if nodes[index].name == "Dwell Time" and parents[index] != -1:
                attempts = [nodes[i].start for i in children[parents[index]] if nodes[i].name.startswith("Attempt")]
                ends[index] = min((start for start in attempts if start >= nodes[index].start), default=ends[index])
    return ends


def _skew(node: Segment, end: float, parent: Segment, parent_end: float) -> float:
    """Seconds by which a part contradicts its parent: it began before it, or the function outlived its invocation."""
    early = 0.0 if node.name == "Initialization" else parent.start - node.start
    late = end - parent_end if node.origin == FUNCTION and parent.origin == SERVICE and parent.end is not None else 0.0
    return max(early, late)


def _end(node: Segment) -> float:
    return node.start if node.end is None or node.end < node.start else node.end


def _function_arn(node: Segment) -> str:
    arn = node.aws.get("function_arn", node.resource_arn if node.origin == FUNCTION else "")
    return arn if isinstance(arn, str) else ""


def _some(names: Iterable[str]) -> str:
    listed = [repr(name) for name in names]
    return ", ".join(listed[:3]) + (f" and {len(listed) - 3} more" if len(listed) > 3 else "")
