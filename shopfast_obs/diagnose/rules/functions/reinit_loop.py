"""Invocations that die in the initialisation that a kill before them made necessary."""

from __future__ import annotations

from itertools import groupby

from shopfast_obs.diagnose import missing_data, skipped_resources
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.invocations import exemplars
from shopfast_obs.diagnose.functions.managed_instances import NO_COLD_START
from shopfast_obs.diagnose.functions.requests import of_verdict, requests
from shopfast_obs.diagnose.functions.size_remedy import size_remedy
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, plural, share_of
from shopfast_obs.model.findings import Evidence, Severity
from shopfast_obs.model.resources import FUNCTION, Resource


def judge(function: Resource, context: Context) -> Judgement:
    """Found when killed invocations never reached the handler because their environment was being initialised again."""
    every, lost = requests(function, context), of_verdict(function, context, "reinit")
    if not lost:
        return Passed(f"no invocation of {len(every):,} died in a new init")
    runs = [len(list(run)) for again, run in groupby(every, lambda request: request.verdict == "reinit") if again]
    inits = [request.report.init for request in every if request.report.init]
    took = f"; a first init takes {max(inits):.1f} s at full speed" if inits else ""
    return Found(
        f"{function.name} dies in its own re-initialisation: {len(lost):,} of {plural(len(every), 'invocation')} "
        f"({share_of(len(lost), len(every))}) were killed before the handler began",
        [
            Evidence(
                "logs",
                f"{plural(len(lost), 'invocation')} without a line of the handler after a kill in the same "
                f"environment, up to {max(runs)} in a row{took}",
                "",
                {"invocations": len(every), "reinit": len(lost), "longest_run": max(runs)},
                context.window,
            ),
            *exemplars([request.report for request in lost], "killed in a new init", context.window),
        ],
        size_remedy(function, context, cpu_bound=True),
        confidence="likely",
        harm=float(len(lost)),
    )


RULE = Rule(
    id="lambda-reinit-loop",
    title="A timeout makes the next invocations time out in their init",
    severity=Severity.CRITICAL,
    types=(FUNCTION,),
    needs=("logs",),
    why="After a kill the init runs again inside the next invocation's timeout; if it needs longer, none succeeds.",
    remedy="A timeout above the init's time at the function's CPU share, more memory, or fewer imports.",
    limits="Without INIT_REPORT, a killed invocation without a line counts when the others write lines.",
    judge=judge,
    spared=skipped_resources.managed(NO_COLD_START),
    lacking=missing_data.invocations,
    misleads="Requests fail that never reached the code, so it looks as if whatever they call were down.",
    runbook="duration-near-timeout",
)
