"""Whether a table's throttles fall on one key: what the traced requests that met them have in common."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

from shopfast_obs.analysis.statistics import fisher
from shopfast_obs.analysis.traces import outcome
from shopfast_obs.diagnose.context import Context
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import Resource
from shopfast_obs.model.telemetry import Segment, Trace

LEAST = 3  # throttled requests that have it in common
SIGNIFICANT = 0.01
MOST = 0.5  # of the throttled requests

Mark = tuple[str, str]  # an annotation or `path`, and its value


@record
class Skew:
    """A mark that `hit` of the `throttled` requests of a table have, and the share of the others that has it."""

    name: str
    value: str
    hit: int
    throttled: int
    share_of_others: float
    traces: tuple[str, ...]


@record
class Undecided:
    """Why the requests do not tell, of which so many were throttled."""

    reason: str
    throttled: int = 0


def skew(table: Resource, context: Context) -> Skew | Undecided:
    """What the throttled requests have in common and the others have not."""
    missing = context.missing("traces")
    if missing:
        return Undecided(missing)
    users = [trace for trace in context.observations.traces if _calls(trace, table)] if context.observations else []
    throttled = [trace for trace in users if any(map(_throttled, _calls(trace, table)))]
    if len(throttled) < LEAST:
        said = f"{len(throttled)} of {len(users)} traced requests met a throttle, {LEAST} are needed{_unnamed(context)}"
        return Undecided(said, len(throttled))
    chosen = {trace.id for trace in throttled}
    among = Counter(mark for trace in throttled for mark in _marks(trace))
    everywhere = Counter(mark for trace in users for mark in _marks(trace))
    candidates = [(mark, count) for mark, count in among.items() if count >= max(LEAST, MOST * len(throttled))]
    chances = {
        mark: fisher(count, len(throttled), everywhere[mark], len(users)) * len(candidates)
        for mark, count in candidates
    }
    (name, value), chance = min(chances.items(), key=lambda item: (item[1], item[0]), default=(("", ""), 1.0))
    if chance >= SIGNIFICANT:
        said = f"the {len(throttled)} throttled of {len(users)} traced requests have nothing in common that others lack"
        return Undecided(said, len(throttled))
    hit, others = among[name, value], len(users) - len(throttled)
    return Skew(
        name,
        value,
        hit,
        len(throttled),
        (everywhere[name, value] - hit) / others if others else 0.0,
        tuple(trace.id for trace in users if trace.id in chosen and (name, value) in _marks(trace))[:LEAST],
    )


def _calls(trace: Trace, table: Resource) -> list[Segment]:
    return [part for part in trace.walk() if part.namespace == "aws" and table.name in outcome.resources(part)]


def _unnamed(context: Context) -> str:
    """How many throttled calls do not say which table they went to: X-Ray's SDK names none of a transaction."""
    traces = context.observations.traces if context.observations else ()
    calls = (part for trace in traces for part in trace.walk() if part.namespace == "aws" and _throttled(part))
    count = sum(outcome.operation(part).startswith("Transact") and not outcome.tables(part.aws) for part in calls)
    return f"; {count} throttled transactions name no table" if count else ""


def _throttled(call: Segment) -> bool:
    retries = call.aws.get("retries") or call.annotations.get("sdk_retries")
    return outcome.outcome(call) == "throttle" or (isinstance(retries, int | float) and retries > 0)


def _marks(trace: Trace) -> set[Mark]:
    """The paths that were asked for, and the annotations but those of single calls."""
    marks: set[Mark] = set()
    for part in trace.walk():
        if part.namespace == "aws":
            continue
        request = part.http.get("request")
        path = urlsplit(str(request.get("url", ""))).path if isinstance(request, dict) else ""
        marks |= {("path", path)} if path else set()
        marks |= {(name, str(value)) for name, value in part.annotations.items()}
    return marks
