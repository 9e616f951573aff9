"""The remedy by size: memory and time, where the invocations show that these help."""

from __future__ import annotations

from shopfast_obs.analysis.sizing import recommendation
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions import callers
from shopfast_obs.diagnose.functions.invocations import Configured, out_of_memory
from shopfast_obs.diagnose.functions.managed_instances import is_managed, longest_timeout
from shopfast_obs.diagnose.functions.waiting_time import waiting
from shopfast_obs.model.findings import PropertyChange, Remedy
from shopfast_obs.model.predictions import Prediction
from shopfast_obs.model.resources import FUNCTION, Resource


def size_remedy(function: Resource, context: Context, *, cpu_bound: bool) -> Remedy:
    """The memory and timeout that the invocations ask for; where they wait, what to look for instead."""
    size = Configured.of(function)
    waits = waiting(function, context)
    if waits:
        return Remedy(waits.remedy)
    reports = [r for r in context.reports(function) if not out_of_memory(r)]
    bound = callers.limit(function, context)
    unknown = Remedy("Measure it under traffic, then choose MemorySize and Timeout.")
    if size is None:
        return unknown
    managed = is_managed(function)
    advice = recommendation.advise(
        reports,
        size.memory_mb,
        size.timeout,
        cpu_bound=cpu_bound and not managed,
        limit=bound,
        longest=longest_timeout(function, context),
        managed=managed,
    )
    if advice is None:
        return unknown
    changes = []
    if advice.memory_mb != size.memory_mb:
        changes.append(_change(function, "MemorySize", size.memory_mb, advice.memory_mb, advice.reason))
    if advice.timeout != size.timeout:
        changes.append(_change(function, "Timeout", size.timeout, advice.timeout, advice.reason))
    if not changes:
        return Remedy(f"Its size cannot be raised usefully: make the work smaller. {advice.reason}")
    wanted = " and ".join(f"{c.property} {c.before} -> {c.after}" for c in changes)
    said = f"{wanted}. {advice.reason} Price: {advice.effect}."
    faster = advice.memory_mb != size.memory_mb and not managed
    prediction = _prediction(function, advice) if faster else None
    return Remedy(said, "shopfast-obs fix --apply", tuple(changes), prediction)


def _prediction(function: Resource, advice: recommendation.Advice) -> Prediction:
    name = function.name or function.logical_id
    return Prediction(name, advice.memory_mb, advice.slowest, advice.invocations, *advice.seen, advice.censored)


def _change(function: Resource, name: str, before: object, after: object, reason: str) -> PropertyChange:
    return PropertyChange(FUNCTION, function.name or function.logical_id, name, before, after, reason)
