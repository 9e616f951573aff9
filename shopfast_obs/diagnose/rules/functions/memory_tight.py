"""Functions that nearly run out of memory."""

from __future__ import annotations

from shopfast_obs.analysis.sizing.recommendation import MEMORY_IN_USE
from shopfast_obs.analysis.sizing.size_curve import SIZES
from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.invocations import Configured, exemplars, out_of_memory
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, plural
from shopfast_obs.model.findings import Evidence, PropertyChange, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource

TIGHT = 0.9


def judge(function: Resource, context: Context) -> Judgement:
    """Found when at least 90 % of the memory were in use and nothing has died of it yet."""
    size = Configured.known(function)
    reports = context.reports(function)
    used = max(report.max_memory_mb for report in reports)
    if any(out_of_memory(report) for report in reports):
        return Passed("it runs out of it already: see lambda-out-of-memory")
    if used < TIGHT * size.memory_mb:
        return Passed(f"at most {used} of {size.memory_mb} MB in use")
    wanted = next((step for step in SIZES if used <= MEMORY_IN_USE * step), 2 * size.memory_mb)
    change = PropertyChange(FUNCTION, function.name, "MemorySize", size.memory_mb, wanted, "room for a larger request")
    worst = sorted(reports, key=lambda report: -report.max_memory_mb)[:1]
    return Found(
        f"{function.name} uses {used} of its {size.memory_mb} MB: a somewhat larger request kills it",
        [
            Evidence(
                "logs",
                f"Max Memory Used {used} MB in {plural(len(reports), 'invocation')}",
                "",
                {"max_memory_mb": used, "memory_mb": size.memory_mb},
                context.window,
            ),
            *exemplars(worst, "ended", context.window),
        ],
        Remedy(f"MemorySize {size.memory_mb} -> {wanted}.", "shopfast-obs fix --apply", (change,)),
        harm=float(sum(report.max_memory_mb >= TIGHT * size.memory_mb for report in reports)),
    )


RULE = Rule(
    id="lambda-memory-tight",
    title="The function's memory is nearly full",
    severity=Severity.MEDIUM,
    types=(FUNCTION,),
    needs=("logs",),
    why="Memory grows with the request: the day's largest one is killed, without a word of its own.",
    remedy="A size of which 70 % are in use.",
    limits="Max Memory Used is that of the environment, not of the one invocation.",
    judge=judge,
    lacking=missing_data.invocations,
    misleads="No invocation fails.",
    runbook="error-rate",
)
