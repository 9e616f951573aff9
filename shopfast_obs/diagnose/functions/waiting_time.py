"""What a function waits for when its time is not spent on work: memory would not make it faster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shopfast_obs.analysis.sizing.kill_population import Gap, gap
from shopfast_obs.analysis.sizing.recommendation import percentile
from shopfast_obs.diagnose.access.network_egress import enclosed
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.event_sources import kind
from shopfast_obs.diagnose.evidence import configured
from shopfast_obs.diagnose.functions.callers import mappings_of
from shopfast_obs.diagnose.functions.compute_share import compute_share
from shopfast_obs.diagnose.functions.invocations import Configured
from shopfast_obs.diagnose.functions.requests import Request, requests, telling_traces
from shopfast_obs.diagnose.interface import plural
from shopfast_obs.diagnose.property_values import number
from shopfast_obs.model.findings import Evidence
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import Resource

BATCH = {"queue": 10, "stream": 100, "kafka": 100, "broker": 100}  # what AWS takes where nothing is said
SPREAD = 3.0  # times the shortest: then the duration may follow the size of the batch
COMPUTES = 0.5  # of the traced time


@record
class Waiting:
    """Why memory is no remedy, in a sentence; what shows it; and what to do instead."""

    reason: str
    evidence: tuple[Evidence, ...]
    remedy: str


def waiting(function: Resource, context: Context) -> Waiting | None:
    """What speaks for waiting instead of work; None when the invocations show work, or nothing."""
    return context.once(("waiting", function.name), lambda: _waiting(function, context))


def _waiting(function: Resource, context: Context) -> Waiting | None:
    size, every = Configured.of(function), requests(function, context)
    if size is None:
        return None
    killed = [request for request in every if request.verdict in ("timeout", "downstream")]
    if any(request.busy for request in killed):
        return None
    idle = [request for request in killed if request.busy is False or request.verdict == "downstream"]
    found = gap([r.report for r in killed], [r.report for r in _finished(every)], size.memory_mb)
    if not idle and found is None:
        return _batch(function, context, every)
    shown = tuple(_suspects(function, context))
    return Waiting(_said(found, idle, size), (*_gap_evidence(found, context), *shown), _next(shown, size.timeout))


def _finished(every: Sequence[Request]) -> Iterator[Request]:
    """What ended by itself, without what carried the init that a kill before it had made necessary."""
    return (r for r in every if r.verdict in ("ok", "error") and not r.after_a_kill)


def _said(found: Gap | None, idle: Sequence[Request], size: Configured) -> str:
    if found is None:
        return f"{plural(len(idle), 'killed invocation')} used next to no CPU: it waits for something"
    return (
        f"what finishes takes at most {found.slowest:.2f} s, {plural(found.killed, 'invocation')} were killed at "
        f"{size.timeout} s, and nothing lies between: it waits for something that does not answer"
    )


def _gap_evidence(found: Gap | None, context: Context) -> Iterator[Evidence]:
    if found is not None:
        said = f"the timeout is {found.factor:.0f} times the slowest of {plural(found.finished, 'finished invocation')}"
        yield Evidence("logs", said, "", {"slowest": found.slowest, "factor": round(found.factor, 1)}, context.window)


def _suspects(function: Resource, context: Context) -> Iterator[Evidence]:
    """What may not answer: outside of a VPC, a client without a timeout, a batch that is too large."""
    closed = enclosed(function, context)
    if closed:
        yield closed
    source = context.sources.get(function.name)
    for place in source.unbounded[:3] if source else ():
        yield Evidence("source code", f"{place.call} without a timeout", place.place, {"line": place.line})
    for client in [c for c in source.clients if c.read is None and not c.variable][:3] if source else ():
        said = f"client of {client.service or 'AWS'} with the SDK's 60 s an attempt"
        yield Evidence("source code", said, client.place, {"line": client.line})
    size = batch_size(function, context)
    if size > 1:
        yield configured(f"it gets up to {size} records at a time", "BatchSize", batch_size=size)


def _next(suspects: Sequence[Evidence], timeout: int) -> str:
    first = f"Look first at: {suspects[0].summary}. " if suspects else "Find the call that does not come back. "
    return (
        f"{first}Give every client (SDK, HTTP, database) a timeout and few attempts that together stay below "
        f"{timeout} s, check the route out of a VPC, and trace it. More memory or a longer timeout does not help."
    )


def batch_size(function: Resource, context: Context) -> int:
    """The most records that the function gets at a time; 0 when nothing polls for it."""
    sizes = [
        number(mapping.properties.get("BatchSize", BATCH.get(kind(mapping, context), 0)))
        for mapping in mappings_of(function, context)
    ]
    return int(max((size for size in sizes if size), default=0))


def _batch(function: Resource, context: Context, every: Sequence[Request]) -> Waiting | None:
    """A duration that may follow the number of records in the batch, where no trace shows that it is work."""
    size, durations = batch_size(function, context), [request.report.duration for request in every]
    if size < 2 or len(durations) < 2 or max(durations) < SPREAD * max(min(durations), 0.001):
        return None
    computing = compute_share(telling_traces(function, context), function.name)
    if computing is not None and computing >= COMPUTES:
        return None
    said = f"{min(durations):.2f} to {max(durations):.2f} s (p50 {percentile(durations, 0.5):.2f} s)"
    evidence = configured(f"it gets up to {size} records at a time: {said}", "BatchSize", batch_size=size)
    return Waiting(
        f"its duration may grow with the batch of up to {size} records, {said}",
        (evidence, *_suspects(function, context)),
        f"A smaller BatchSize than {size}, records that are worked on side by side, and a timeout for what each waits "
        "for. Whether memory helps only a trace tells.",
    )
