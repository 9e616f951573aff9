"""One trace as a waterfall: every part in its place, with its own time, what happened there, and what was logged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from shopfast_obs.analysis.traces.critical_path import (
    INITIALIZATION,
    answer_path,
    critical_path,
    own_categories,
    pre_initialised,
)
from shopfast_obs.analysis.traces.outcome import Outcome, outcome
from shopfast_obs.analysis.traces.overview.call_patterns import call_name
from shopfast_obs.analysis.traces.overview.overview import summarised
from shopfast_obs.analysis.traces.overview.summaries import TraceSummary
from shopfast_obs.analysis.traces.tree import FUNCTION, SERVICE, TraceTree, tree
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import LogEvent, Segment, Trace

LAMBDA_LOGS = "/aws/lambda/"


@record
class Row:
    """One part. `offset` is from the trace's start, negative where a clock says so; `own` is what nothing inside it
    explains; `on_path` is its own time on the critical path, None when it is not there; `category` is that of its own
    time."""

    depth: int
    name: str
    kind: str
    offset: float
    duration: float
    own: float
    on_path: float | None
    outcome: Outcome
    notes: tuple[str, ...]
    logs: tuple[LogEvent, ...]
    category: str
    segment: Segment


@record
class Waterfall:
    """A trace for one reader. `requests` are the ids of the invocations in it, `functions` their names; `logs` that
    belong to the trace but to no part of it come last."""

    summary: TraceSummary
    rows: tuple[Row, ...]
    requests: tuple[str, ...]
    functions: tuple[str, ...]
    links: tuple[str, ...]
    logs: tuple[LogEvent, ...]


def waterfall(trace: Trace, events: Sequence[LogEvent] = ()) -> Waterfall:
    """The waterfall of a trace, with the events that belong to it; no rows for a trace without segments."""
    grown = tree(trace)
    path = critical_path(grown)
    answer = answer_path(grown, path)
    summary = summarised(grown, path, answer)
    if not grown.nodes:
        return Waterfall(summary, (), (), (), (), tuple(events))
    spent: defaultdict[int, float] = defaultdict(float)
    for part in answer.slices:
        spent[grown.parents[part.node] if is_copy(grown, part.node) else part.node] += part.end - part.start
    on_path = {index: spent[index] for index in answer.nodes}
    logged, rest = _placed(grown, events)
    categories = own_categories(grown)
    categories |= {grown.parents[copy]: categories[copy] for copy in range(len(grown.nodes)) if is_copy(grown, copy)}
    rows = [
        _row(_Place(grown, index, depth), on_path.get(index), logged.get(index, ()), categories[index])
        for index, depth in _in_order(grown)
    ]
    links = {link for node in grown.nodes for link in node.links}
    return Waterfall(summary, tuple(rows), request_ids(trace), functions(trace), tuple(sorted(links)), tuple(rest))


def request_ids(trace: Trace) -> tuple[str, ...]:
    """The ids of the Lambda invocations in the trace."""
    told = (node.aws.get("request_id") for node in trace.walk() if node.origin in (SERVICE, FUNCTION))
    return tuple(dict.fromkeys(request_id for request_id in told if isinstance(request_id, str)))


def functions(trace: Trace) -> tuple[str, ...]:
    """The names of the Lambda functions in the trace."""
    return tuple(dict.fromkeys(node.name for node in trace.walk() if node.origin in (SERVICE, FUNCTION)))


def _in_order(grown: TraceTree) -> list[tuple[int, int]]:
    """Every node with its depth, parents first, siblings as they began."""
    found, pending = [], [(0, 0)]
    while pending:
        index, depth = pending.pop()
        found.append((index, depth))
        inner = sorted(grown.children[index], key=lambda child: grown.nodes[child].start, reverse=True)
        pending.extend([(child, depth + 1) for child in inner if not is_copy(grown, child)])
    return found


class _Place(NamedTuple):
    tree: TraceTree
    node: int
    depth: int


def _row(place: _Place, on_path: float | None, logs: Sequence[LogEvent], category: str) -> Row:
    grown, index, depth = place
    node = grown.nodes[index]
    return Row(
        depth=depth,
        name=call_name(grown, index) if node.namespace else node.name,
        kind=node.origin or ("call" if node.namespace else ""),
        offset=node.start - grown.start,
        duration=grown.ends[index] - node.start,
        own=own_time(grown, index),
        on_path=on_path,
        outcome=outcome(node),
        notes=tuple(_notes(place)),
        logs=tuple(logs),
        category=category,
        segment=node,
    )


def is_copy(grown: TraceTree, index: int) -> bool:
    """True for what X-Ray infers of a call and that says nothing more than the call: a reader needs one of them."""
    parent = grown.parents[index]
    return (
        index > 0
        and grown.nodes[index].inferred
        and not grown.children[index]
        and bool(grown.nodes[parent].namespace)
        and index not in grown.late
    )


def own_time(grown: TraceTree, index: int) -> float:
    """The time in which nothing inside the part runs."""
    begin, end = grown.nodes[index].start, grown.ends[index]
    own, covered = 0.0, begin
    for start, ended in sorted(_inside(grown, index)):
        if start > covered:
            own += min(start, end) - covered
        covered = max(covered, min(ended, end))
        if covered >= end:
            return own
    return own + end - covered


def _inside(grown: TraceTree, index: int) -> Iterator[tuple[float, float]]:
    """When the parts inside a part run. An initialisation lies before the function's segment that it belongs to, and
    within that of the service: it is the time of nobody else."""
    for child in grown.children[index]:
        if is_copy(grown, child):
            continue
        yield grown.nodes[child].start, grown.ends[child]
        if grown.nodes[child].origin == FUNCTION:
            for part in grown.children[child]:
                if grown.nodes[part].name in INITIALIZATION:
                    yield grown.nodes[part].start, grown.ends[part]


def _notes(place: _Place) -> list[str]:
    grown, index = place.tree, place.node
    node, parent = grown.nodes[index], grown.parents[index]
    notes = []
    if node.name in INITIALIZATION and parent != -1 and grown.nodes[parent].origin == FUNCTION:
        notes.append("ready before the request" if pre_initialised(grown, parent, index) else "cold start")
    retries = node.aws.get("retries")
    if isinstance(retries, int) and retries > 0:
        notes.append(f"{retries} {'retry' if retries == 1 else 'retries'}")
    if node.inferred:
        notes.append("inferred")
    if node.end is None:
        notes.append("in progress")
    if index in grown.detached:
        notes.append("its place is a guess")
    notes += [f"{e.type}: {e.message}" if e.type else e.message for e in node.exceptions if e.type or e.message]
    return notes


def _placed(grown: TraceTree, events: Sequence[LogEvent]) -> tuple[dict[int, list[LogEvent]], list[LogEvent]]:
    """The events by the innermost part of their function that ran then; and those of no function here."""
    homes: defaultdict[str, list[int]] = defaultdict(list)
    for index, node in enumerate(grown.nodes):
        if node.origin == FUNCTION:
            homes[node.name].append(index)
    placed: defaultdict[int, list[LogEvent]] = defaultdict(list)
    rest = []
    for event in sorted(events, key=lambda event: event.timestamp):
        places = homes.get(event.group.removeprefix(LAMBDA_LOGS))
        if not places:
            rest.append(event)
            continue
        # Of several invocations the one that it lies in, or the nearest.
        place = min(places, key=lambda index: _distance(grown, index, event.timestamp))
        placed[_innermost(grown, place, event.timestamp)].append(event)
    return placed, rest


def _distance(grown: TraceTree, index: int, moment: float) -> float:
    return max(grown.nodes[index].start - moment, moment - grown.ends[index], 0.0)


def _innermost(grown: TraceTree, index: int, moment: float) -> int:
    while True:
        inner = [
            child
            for child in grown.children[index]
            if not grown.nodes[child].origin and grown.nodes[child].start <= moment < grown.ends[child]
        ]
        if not inner:
            return index
        index = inner[-1]
