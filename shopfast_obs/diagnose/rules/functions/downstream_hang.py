"""Invocations that died waiting for another service."""

from __future__ import annotations

from collections import Counter

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.invocations import exemplars
from shopfast_obs.diagnose.functions.requests import of_verdict, requests
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural, share_of
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource

MANY = 0.05


def judge(function: Resource, context: Context) -> Judgement:
    """Found when killed invocations had one call open most of their time, and were not busy themselves."""
    every = requests(function, context)
    hung = of_verdict(function, context, "downstream")
    if not hung:
        killed = of_verdict(function, context, "timeout")
        if killed and not any(request.told_by for request in killed):
            said = f"{plural(len(killed), 'timeout')}, and neither a trace nor the deadline's guard says what was open"
            return Undecided(said)
        return Passed(f"no call was open at a timeout in {plural(len(every), 'invocation')}")
    calls = Counter(request.waited_for for request in hung)
    (call, _), reports = calls.most_common(1)[0], [request.report for request in hung]
    waited = sorted(request.waited for request in hung)[len(hung) // 2]
    numbers = {"invocations": len(every), "hung": len(hung), "waited": waited}
    return Found(
        f"{function.name} is killed while it waits for {call}: {len(hung):,} of {plural(len(every), 'invocation')} "
        f"({share_of(len(hung), len(every))}), {waited:.1f} s in that call",
        [
            Evidence(
                hung[0].told_by or "logs",
                ", ".join(f"{name} open in {count:,}" for name, count in calls.most_common(3)),
                "",
                numbers,
                context.window,
                tuple(report.trace_id for report in reports if report.trace_id)[:3],
            ),
            *exemplars(reports, f"killed in {call}", context.window),
        ],
        Remedy(
            f"Give the client of {call.partition('.')[0].partition(' ')[0]} a read timeout and few attempts that fit "
            "into the function's timeout, and answer without it when it does not come."
        ),
        severity=Severity.CRITICAL if len(hung) >= MANY * len(every) else Severity.HIGH,
        confidence="certain" if hung[0].told_by == "logs" else "likely",
        harm=float(len(hung)),
    )


RULE = Rule(
    id="lambda-downstream-hang",
    title="Invocations are killed while they wait for another service",
    severity=Severity.CRITICAL,
    types=(FUNCTION,),
    needs=("logs", "traces"),
    why="The SDK waits 60 s by default, the function does not: it dies without a word about whom it waited for.",
    remedy="Timeouts and attempts of the SDK's client below the function's own.",
    limits="Needs the deadline's guard (`instrument`) or a trace with an open call; with little CPU only the guard.",
    judge=judge,
    lacking=missing_data.invocations,
    misleads="More memory or a longer timeout changes nothing: the other service does not answer.",
    runbook="duration-near-timeout",
)
