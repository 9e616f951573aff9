"""Streams whose consumer cannot keep up."""

from __future__ import annotations

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import counted
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource

AGE = Measure(FUNCTION, "IteratorAge", "Maximum")
LATE = 60_000  # milliseconds


def judge(function: Resource, context: Context) -> Judgement:
    """Found when IteratorAge is above a minute, graver when it grows."""
    series = context.measured(function, AGE)
    if series is None:
        return Passed("it reads no stream in the window")
    worst, last, first = max(v for _, v in series.points), series.points[-1][1], series.points[0][1]
    if worst < LATE:
        return Passed(f"at most {worst / 1000:.1f} s behind")
    growing = last > first
    said = f"IteratorAge up to {worst / 1000:.0f} s, {last / 1000:.0f} s at the end"
    return Found(
        f"{function.name} is {last / 1000:.0f} s behind its stream{', and falls back further' if growing else ''}"
        if last >= LATE
        else f"{function.name} was up to {worst / 1000:.0f} s behind its stream, and is {last / 1000:.0f} s behind now",
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
    limits="A delay that was worked off within the window is found, too.",
    judge=judge,
    lacking=missing_data.metrics,
    misleads="Duration and errors are normal.",
    measures=(AGE,),
)
