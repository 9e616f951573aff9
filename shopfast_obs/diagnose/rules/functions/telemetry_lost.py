"""Invocations whose metrics died with them."""

from __future__ import annotations

from collections.abc import Sequence

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.invocations import out_of_memory
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural, share_of
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource
from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs.correlation import Wanted, related


def judge(function: Resource, context: Context) -> Judgement:
    """Found when a function that writes embedded metrics was killed in invocations that wrote none."""
    killed = {r.request_id for r in context.reports(function) if r.status == "timeout" or out_of_memory(r)}
    if not killed:
        return Passed("no invocation was killed")
    told = [line for line in context.lines(function) if '"CloudWatchMetrics"' in line.message]
    fine = {r.request_id for r in context.reports(function)} - killed
    spoke = context.once(("emf", function.name), lambda: _requests_with(told, context, function))
    if not spoke & fine:
        return Undecided("it writes no embedded metrics in the invocations that end well")
    silent = killed - spoke
    if not silent:
        return Passed(f"metrics were written before the end in {plural(len(killed), 'killed invocation')}")
    return Found(
        f"{function.name} loses the metrics of {share_of(len(silent), len(killed))} of its killed invocations "
        f"({len(silent):,} of {len(killed):,})",
        [
            Evidence(
                "logs",
                f"{len(spoke & fine):,} finished invocations wrote metrics, {len(silent):,} killed ones did not",
                f"{told[-1].group} {told[-1].stream}",
                {"killed": len(killed), "silent": len(silent), "finished": len(spoke & fine)},
                context.window,
            )
        ],
        Remedy("The deadline's guard flushes before the kill.", "shopfast-obs instrument --apply"),
        harm=float(len(silent)),
    )


def _requests_with(lines: Sequence[LogEvent], context: Context, function: Resource) -> set[str]:
    wanted = {(line.stream, line.timestamp, line.message) for line in lines}
    found = related(context.events(function), Wanted(texts=('"CloudWatchMetrics"',)))
    return {x.request for x in found if (x.event.stream, x.event.timestamp, x.event.message) in wanted}


RULE = Rule(
    id="lambda-telemetry-lost",
    title="Killed invocations take their metrics along",
    severity=Severity.MEDIUM,
    types=(FUNCTION,),
    needs=("logs",),
    why="The error count of the business is lowest when most goes wrong: what is killed cannot count.",
    remedy="A guard that flushes metrics before the deadline: `instrument`.",
    limits="Embedded metrics only; what PutMetricData lost is not seen.",
    judge=judge,
    lacking=missing_data.invocations,
    misleads="The business metric says no errors during the outage.",
    runbook="duration-near-timeout",
)
