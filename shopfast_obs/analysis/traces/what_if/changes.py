"""The changes that traces can be replayed under, and what each does to one trace.

A change names calls (`DynamoDB GetItem products`, or with the service that makes them `orders: DynamoDB *`) or
functions, with `*` and `?` for any text.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from fnmatch import fnmatchcase
from typing import Literal, get_args

from shopfast_obs.analysis.sizing.recommendation import cpu_share
from shopfast_obs.analysis.traces.critical_path import INITIALIZATION, awaited, pre_initialised
from shopfast_obs.analysis.traces.outcome import operation
from shopfast_obs.analysis.traces.overview.call_patterns import CALLS, call_name, longest_row
from shopfast_obs.analysis.traces.tree import FUNCTION, TraceTree
from shopfast_obs.analysis.traces.what_if.replay import Effect
from shopfast_obs.errors import UserError
from shopfast_obs.model.records import record

Kind = Literal["instant", "batch", "at-once", "warm", "memory", "timeout"]
# What one call can ask for at most that otherwise takes many: the operation, its batch, how many fit into it.
BATCHES = {
    "GetItem": ("BatchGetItem", 100),
    "PutItem": ("BatchWriteItem", 25),
    "DeleteItem": ("BatchWriteItem", 25),
    "SendMessage": ("SendMessageBatch", 10),
    "DeleteMessage": ("DeleteMessageBatch", 10),
    "Publish": ("PublishBatch", 10),
    "PutEvents": ("PutEvents", 10),
    "PutRecord": ("PutRecords", 500),
    "GetParameter": ("GetParameters", 10),
    "GetSecretValue": ("BatchGetSecretValue", 20),
}
_NUMBERED = ("memory", "timeout")
_TEXT = re.compile(r"(?P<kind>[a-z-]+)=(?P<what>.+?)(?::(?P<value>\d+(?:\.\d+)?))?")


@record
class Change:
    """One change: its kind, the calls or functions that it is about, and the MB or seconds that they get."""

    kind: Kind
    what: str
    value: float = 0.0

    def __str__(self) -> str:
        return f"{self.kind}={self.what}" + (f":{self.value:g}" if self.kind in _NUMBERED else "")


@record
class Call:
    """A call in a trace: its place in the tree, its parent's, who makes it, and what is called."""

    index: int
    parent: int
    service: str
    name: str


@record
class Sizes:
    """What is known of memory: MB by request id, and from measurements the seconds of a function by MB."""

    memory_mb: Mapping[str, int] = field(default_factory=dict)
    measured: Mapping[str, Mapping[int, float]] = field(default_factory=dict)


def change(text: str) -> Change:
    """The change that `memory=FUNCTION:512` and its like name; raises UserError for anything else."""
    found = _TEXT.fullmatch(text.strip())
    kind = found["kind"] if found else ""
    if found is None or kind not in get_args(Kind):
        raise UserError(
            f"{text!r} is no change.",
            "Such as instant='DynamoDB Scan products', batch='DynamoDB GetItem *', at-once='orders: *', warm='*', "
            "memory=FUNCTION:512, timeout=FUNCTION:10.",
        )
    what, value = found["what"], found["value"]
    if kind not in _NUMBERED:
        return Change(kind, text.strip().partition("=")[2])  # type: ignore[arg-type]
    if value is None or not 0 < float(value) <= 100_000:
        unit = "MB" if kind == "memory" else "seconds"
        raise UserError(
            f"{text!r} does not say how many {unit}.", f"Such as {kind}={what}:{512 if unit == 'MB' else 10}."
        )
    return Change(kind, what, float(value))  # type: ignore[arg-type]


def calls(tree: TraceTree) -> tuple[Call, ...]:
    """The calls of a trace, to AWS and to others."""
    return tuple(
        Call(index, parent, tree.nodes[tree.owner(parent)].name, call_name(tree, index))
        for index, (node, parent) in enumerate(zip(tree.nodes, tree.parents, strict=True))
        if node.namespace in CALLS and parent != -1
    )


def effects(tree: TraceTree, made: Sequence[Call], wanted: Change, sizes: Sizes) -> tuple[Effect, ...]:
    """What the change does to the trace: nothing (empty), one effect, or two between which the truth lies, the one that
    gains more first."""
    if wanted.kind == "memory":
        return tuple(effect for effect in _memory(tree, wanted, sizes) if effect)
    if wanted.kind == "batch":
        return tuple(effect for effect in _batched(tree, [call for call in made if _is(call, wanted.what)]) if effect)
    if wanted.kind in ("warm", "timeout"):
        named = [f for f in tree.functions if fnmatchcase(tree.nodes[f].name, wanted.what)]
        effect = _warm(tree, named) if wanted.kind == "warm" else _killed(tree, named, wanted.value)
    else:
        chosen = [call for call in made if _is(call, wanted.what)]
        effect = _instant(tree, chosen) if wanted.kind == "instant" else _at_once(tree, chosen)
    return (effect,) if effect else ()


def _is(call: Call, what: str) -> bool:
    """In any case: one SDK writes DynamoDB, the next dynamodb."""
    what, known = what.lower(), (call.name.lower(), f"{call.service}: {call.name}".lower())
    return what in known or any(fnmatchcase(one, what) for one in known)


def _seconds(tree: TraceTree, index: int) -> float:
    return tree.ends[index] - tree.starts[index]


def _instant(tree: TraceTree, chosen: Sequence[Call]) -> Effect:
    return Effect(lengths={call.index: 0.0 for call in chosen if _seconds(tree, call.index) > 0})


def _rows(tree: TraceTree, chosen: Sequence[Call], *, alike: bool) -> Iterator[list[int]]:
    """Calls of one parent (with `alike`, to one thing) each of which began when the one before was over."""
    together: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for call in chosen:
        together[call.parent, call.name if alike else ""].append(call.index)
    for indices in together.values():
        row = longest_row(tree, indices)
        if len(row) > 1:
            yield row


def _batched(tree: TraceTree, chosen: Sequence[Call]) -> Iterator[Effect]:
    """A batch takes as long as the longest of the calls that it stands for. What lies between them is the caller's work
    for each, or what it took to make the calls: a trace does not tell, so it goes or it stays."""
    lengths: dict[int, float] = {}
    between: dict[int, float] = {}
    for row in _rows(tree, chosen, alike=True):
        if (known := BATCHES.get(operation(tree.nodes[row[0]]))) is None:
            continue
        for start in range(0, len(row), known[1]):
            batch = row[start : start + known[1]]
            lengths |= dict.fromkeys(batch, 0.0) | {batch[0]: max(_seconds(tree, index) for index in batch)}
            between |= dict.fromkeys(batch[1:], 0.0)
    yield Effect(lengths=lengths, gaps=between)
    yield Effect(lengths=lengths)


def _at_once(tree: TraceTree, chosen: Sequence[Call]) -> Effect:
    after: dict[int, int] = {}
    for row in _rows(tree, chosen, alike=False):
        after |= dict(zip(row[1:], row, strict=False))
    return Effect(after=after)


def _warm(tree: TraceTree, functions: Sequence[int]) -> Effect:
    """Neither environment nor runtime have to be made ready: what remains is from there to the function's start."""
    gaps: dict[int, float] = {}
    lengths: dict[int, float] = {}
    for function in functions:
        for child in tree.children[function]:
            if tree.nodes[child].name not in INITIALIZATION or pre_initialised(tree, function, child):
                continue
            if tree.starts[child] >= tree.starts[function]:
                lengths[child] = 0.0
            elif tree.parents[function] != -1:
                gaps[function] = max(0.0, tree.starts[function] - tree.ends[child])
    return Effect(lengths=lengths, gaps=gaps)


def _killed(tree: TraceTree, functions: Sequence[int], seconds: float) -> Effect:
    over = [function for function in functions if _seconds(tree, function) > seconds]
    return Effect(lengths=dict.fromkeys(over, seconds), failing=frozenset(f for f in over if _is_answered(tree, f)))


def _is_answered(tree: TraceTree, index: int) -> bool:
    """True for what somebody waits for, all the way up to the root."""
    while (parent := tree.parents[index]) != -1:
        if not awaited(tree, parent, index):
            return False
        index = parent
    return True


def _memory(tree: TraceTree, wanted: Change, sizes: Sizes) -> Iterator[Effect]:
    """With measured times all of the function is as much faster; without, all of it or only what it computes, because a
    trace does not tell how much of a call is the function's own work (to encode, to decode)."""
    all_of_it: dict[int, float] = {}
    computing: dict[int, float] = {}
    for function in tree.functions:
        node = tree.nodes[function]
        now = sizes.memory_mb.get(str(node.aws.get("request_id")))
        if now is None or not fnmatchcase(node.name, wanted.what):
            continue
        curve = sizes.measured.get(node.name, {})
        known = now in curve and int(wanted.value) in curve
        ratio = curve[int(wanted.value)] / curve[now] if known else cpu_share(now) / cpu_share(wanted.value)
        if math.isclose(ratio, 1.0):
            continue
        for index in _parts(tree, function):
            all_of_it[index] = ratio
            if known or (tree.nodes[index].namespace not in CALLS and not tree.nodes[index].inferred):
                computing[index] = ratio
    yield Effect(scales=all_of_it)
    if computing != all_of_it:
        yield Effect(scales=computing)


def _parts(tree: TraceTree, function: int) -> Iterator[int]:
    """The function, what it does, its calls, and the services that tell nothing of theirs."""
    below = [function]
    for index in below:
        yield index
        below += [
            child
            for child in tree.children[index]
            if (not tree.nodes[child].origin or tree.nodes[child].inferred)
            and tree.nodes[child].name not in INITIALIZATION
            and tree.nodes[child].origin != FUNCTION
        ]
