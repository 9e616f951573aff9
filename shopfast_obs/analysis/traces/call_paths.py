"""Many traces merged by call path: how long each path was waited for, and how long was worked on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from shopfast_obs.analysis.traces.critical_path import CriticalPath, answer_path, critical_path, own_categories
from shopfast_obs.analysis.traces.outcome import entry_name, route
from shopfast_obs.analysis.traces.overview.call_patterns import call_name
from shopfast_obs.analysis.traces.tree import TraceTree, tree
from shopfast_obs.analysis.traces.waterfall import is_copy, own_time
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import Trace

DEEPEST = 64  # frames; what lies deeper counts for the frame above it
MOST = 5_000  # paths that are kept while traces come in; they are counted anew when there are four times as many
OTHERS = "(others)"
BETWEEN = "(between)"

Key = tuple[str, str]  # a frame's name, and its kind: a segment's origin, "call", or empty


@record
class CallPath:
    """One frame of the merged tree; `parent` is the place of the frame above it, -1 for an entry point. `waited` are
    the seconds of its own on the paths to the answers, `worked` those in which nothing inside it ran, asynchronous work
    included; each adds up over the frames below to the `total` of a frame."""

    name: str
    kind: str
    category: str
    parent: int
    depth: int
    count: int
    waited: float
    worked: float
    total_waited: float
    total_worked: float


class _Frame:
    """One frame while it is collected."""

    __slots__ = ("category", "count", "inner", "key", "total", "waited", "worked")

    def __init__(self, key: Key, category: str) -> None:
        self.key, self.category = key, category
        self.inner: dict[Key, _Frame] = {}
        self.count, self.waited, self.worked = 0, 0.0, 0.0
        self.total = (0.0, 0.0)  # waited, worked; of the frame and all below it

    @property
    def weight(self) -> float:
        return max(self.total)


class CallPathBuilder:
    """Merges traces by call path, one at a time; builders of parts of the traces can be merged. What it holds is
    bounded: the paths that matter least become "(others)" of the frame above them."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._root = _Frame(("", ""), "unclassified")
        self._size = 0

    def add(self, trace: Trace) -> None:
        """Take in one trace."""
        grown = tree(trace)
        if grown.nodes:
            self.take(grown, answer_path(grown, critical_path(grown)))

    def take(self, grown: TraceTree, answer: CriticalPath) -> None:
        """Take in a trace whose tree and path to the answer are known."""
        root = grown.nodes[0]
        categories = own_categories(grown)
        copies = {index for index in range(1, len(grown.nodes)) if is_copy(grown, index)}
        categories |= {grown.parents[copy]: categories[copy] for copy in copies}  # the call is the callee's time
        entry = self._inner(self._root, (route(root) or entry_name(root), ""), "unclassified")
        entry.count += 1
        frames: dict[int, _Frame] = {}
        depths: dict[int, int] = {}
        for index in grown.order:
            node, parent = grown.nodes[index], grown.parents[index]
            above, depth = (entry, 1) if parent == -1 else (frames[parent], depths[parent])
            frames[index], depths[index] = above, depth
            if index in copies or depth >= DEEPEST:
                continue
            key = (call_name(grown, index) if node.namespace else node.name, _kind(grown, index))
            frames[index], depths[index] = self._inner(above, key, categories[index]), depth + 1
            frames[index].count += 1
            frames[index].worked += own_time(grown, index)
        for start, end, index, category in answer.slices:
            frame = entry if index == -1 else frames[index]
            if index == -1 or category not in (frame.category, categories[index]):
                # What is nobody's own: a gap, a container that starts, an event on its way.
                name = BETWEEN if index == -1 else category.replace("_", " ")
                frame = self._inner(frame, (name, ""), category)
                frame.count += 1
            frame.waited += end - start
        if self._size > 4 * self.most:
            self._prune(self.most)

    def merge(self, other: CallPathBuilder) -> None:
        """Take in what another builder took in."""
        pending = [(self._root, other._root)]
        while pending:
            into, frame = pending.pop()
            into.count += frame.count
            into.waited += frame.waited
            into.worked += frame.worked
            pending += [(self._inner(into, key, inner.category), inner) for key, inner in frame.inner.items()]
        if self._size > 4 * self.most:
            self._prune(self.most)

    def result(self, most: int = MOST) -> tuple[CallPath, ...]:
        """The frames, at most about so many, parents before what they called, the longest first."""
        self._prune(min(most, self.most))
        found: list[CallPath] = []
        pending = [(frame, -1, 0) for frame in _longest_last(self._root)]
        while pending:
            frame, parent, depth = pending.pop()
            pending += [(inner, len(found), depth + 1) for inner in _longest_last(frame)]
            (name, kind), (total_waited, total_worked) = frame.key, frame.total
            count, waited, worked = frame.count, frame.waited, frame.worked
            place = (name, kind, frame.category, parent, depth)
            found.append(CallPath(*place, count, waited, worked, total_waited, total_worked))
        return tuple(found)

    def _inner(self, above: _Frame, key: Key, category: str) -> _Frame:
        found = above.inner.get(key)
        if found is None:
            found = above.inner[key] = _Frame(key, category)
            self._size += 1
        return found

    def _prune(self, most: int) -> None:
        """Keep the `most` longest paths; a path is at least as long as any below it."""
        order = list(_walk(self._root))
        for frame in reversed(order):
            waited = frame.waited + sum(inner.total[0] for inner in frame.inner.values())
            worked = frame.worked + sum(inner.total[1] for inner in frame.inner.values())
            frame.total = (waited, worked)
        if len(order) <= most:
            return
        kept = set(map(id, sorted(order, key=lambda frame: -frame.weight)[: most + 1]))
        for frame in order:
            if id(frame) not in kept:
                continue
            small = [inner for inner in frame.inner.values() if id(inner) not in kept]
            if len(small) > 1 or any(inner.inner for inner in small) or (small and (OTHERS, "") in frame.inner):
                _fold(frame, small)
        self._size = sum(1 for _ in _walk(self._root))


def call_paths(traces: Iterable[Trace], most: int = MOST) -> tuple[CallPath, ...]:
    """The merged call paths of traces; nothing for none."""
    builder = CallPathBuilder()
    for trace in traces:
        builder.add(trace)
    return builder.result(most)


def _kind(grown: TraceTree, index: int) -> str:
    node = grown.nodes[index]
    return node.origin or ("call" if node.namespace else "")


def _walk(root: _Frame) -> Iterator[_Frame]:
    """The frame and all below it, parents first."""
    pending = [root]
    while pending:
        frame = pending.pop()
        yield frame
        pending += frame.inner.values()


def _longest_last(frame: _Frame) -> list[_Frame]:
    return sorted(frame.inner.values(), key=lambda inner: (inner.weight, inner.key))


def _fold(frame: _Frame, small: Sequence[_Frame]) -> None:
    """Put the small frames with all that is below them into one."""
    others = frame.inner.get((OTHERS, "")) or _Frame((OTHERS, ""), "unclassified")
    for inner in small:
        del frame.inner[inner.key]
        if inner is not others:
            others.count += inner.count
            others.waited += inner.total[0]
            others.worked += inner.total[1]
    frame.inner[OTHERS, ""] = others
    others.total = (others.waited, others.worked)
