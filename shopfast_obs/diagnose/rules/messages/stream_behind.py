"""Streams whose consumer cannot keep up."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import counted
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.measures import Measure
from shopfast_obs.model.findings import Outcome, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource

AGE = Measure(FUNCTION, "IteratorAge", "Maximum")
LATE = 60_000  # milliseconds


def check(function: Resource, context: Context) -> Outcome:
    """Found when IteratorAge is above a minute, graver when it grows."""
    missing = context.missing("metrics")
    if missing:
        return RULE.unknown(function, missing)
    series = context.measured(function, AGE)
    if series is None:
        return RULE.clear(function, "it reads no stream in the window")
    worst, last, first = max(v for _, v in series.points), series.points[-1][1], series.points[0][1]
    if worst < LATE:
        return RULE.clear(function, f"at most {worst / 1000:.1f} s behind")
    growing = last > first
    said = f"IteratorAge up to {worst / 1000:.0f} s, {last / 1000:.0f} s at the end"
    return RULE.found(
        function,
        f"{function.name} is {last / 1000:.0f} s behind its stream{', and falls back further' if growing else ''}",
        [counted(said, function, AGE, context, worst=worst, last=last, first=first)],
        Remedy("More parallelism (ParallelizationFactor, shards), larger batches, or less work a record."),
        severity=Severity.HIGH if growing else Severity.MEDIUM,
    )


RULE = Rule(
    id="stream-behind",
    title="A function cannot keep up with its stream",
    severity=Severity.HIGH,
    types=(FUNCTION,),
    needs=("metrics",),
    why="What is older than the stream's retention is lost.",
    remedy="More parallelism or less work a record.",
    limits="A pause in the window that was worked off looks like a moment of delay.",
    check=check,
    misleads="Duration and errors are normal.",
    measures=(AGE,),
)
