"""Environments whose initialisation takes longer than Lambda allows."""

from __future__ import annotations

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.inits import inits
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, plural
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource


def judge(function: Resource, context: Context) -> Judgement:
    """Found when an INIT_REPORT of the init phase says timeout."""
    late = [
        init for init in inits(function, context) if init.report.status == "timeout" and init.report.phase != "invoke"
    ]
    if not late:
        return Passed("no init ran into its limit")
    longest = max(init.report.duration for init in late)
    return Found(
        f"{function.name} does not finish its init within {longest:.0f} s: {plural(len(late), 'init')} had to begin "
        "again inside an invocation",
        [
            Evidence(
                "logs",
                f"INIT_REPORT: timeout after {longest:.2f} s",
                f"{late[-1].event.group} {late[-1].event.stream}",
                {"inits": len(late), "seconds": longest, "timestamp": late[-1].event.timestamp},
                context.window,
            )
        ],
        Remedy("Import less at the top, load what is large when it is needed, or use provisioned concurrency."),
        harm=float(len(late)),
    )


RULE = Rule(
    id="lambda-init-timeout",
    title="The init takes longer than Lambda allows",
    severity=Severity.HIGH,
    types=(FUNCTION,),
    needs=("logs",),
    why="Lambda gives an init 10 s; then it begins anew inside the first invocation, on that one's time and CPU.",
    remedy="A shorter init.",
    limits="On-demand functions write INIT_REPORT only for inits that failed.",
    judge=judge,
    lacking=missing_data.log,
    cause=r"INIT_REPORT.*Phase: init\tStatus: timeout|\"platform\.initReport\".*\"phase\": ?\"init\".*\"timeout\"",
    misleads="The first request fails with the function's timeout, as if the handler were slow.",
    runbook="duration-near-timeout",
)
