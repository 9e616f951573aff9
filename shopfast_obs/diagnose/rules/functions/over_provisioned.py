"""Functions that pay for memory which they neither use nor get faster by."""

from __future__ import annotations

from shopfast_obs.analysis.sizing.recommendation import percent
from shopfast_obs.analysis.sizing.size_curve import ENOUGH, curve
from shopfast_obs.diagnose import missing_data, skipped_resources
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.compute_share import compute_share
from shopfast_obs.diagnose.functions.invocations import Configured
from shopfast_obs.diagnose.functions.managed_instances import NO_PRICE
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource

SLOWER = 1.25  # a cheaper size may take this many times as long, at the worst
CHEAPER = 0.75  # and must cost at most this share, at the worst
MONTH = 30 * 86_400
WORTH = 10.0  # USD a month


def judge(function: Resource, context: Context) -> Judgement:
    """Found when a smaller size would be a quarter cheaper even at the worst, and hardly slower."""
    size = Configured.known(function)
    reports = context.reports(function)
    computing = compute_share(context.traces(function), function.name, parsing=True)
    sizes = curve(reports, size.memory_mb, computing)
    if not sizes:
        return Undecided(f"{plural(len(reports), 'invocation')}: at least {ENOUGH} are needed")
    now = next(one for one in sizes if one.memory_mb == size.memory_mb)
    better = [
        one
        for one in sizes
        if one.memory_mb < size.memory_mb and one.usd[1] <= CHEAPER * now.usd[0] and one.p95[1] <= SLOWER * now.p95[1]
    ]
    used = max(report.max_memory_mb for report in reports)
    if not better:
        why = "" if computing is not None else ", and no trace says how much of the time it waits"
        return Passed(f"{used} of {size.memory_mb} MB in use; no smaller size is cheaper for certain{why}")
    best = min(better, key=lambda one: one.usd[1])
    a_month = len(reports) / max(context.window.seconds if context.window else MONTH, 1) * MONTH
    saved = (now.usd[0] - best.usd[1]) * a_month / 1_000_000
    return Found(
        f"{function.name} has {size.memory_mb} MB and uses {used} MB: {best.memory_mb} MB would cost {best.usd[0]:.2f} "
        f"to {best.usd[1]:.2f} USD a million invocations instead of {now.usd[0]:.2f}",
        [
            Evidence(
                "logs",
                f"p95 {now.p95[0]:.2f} s now, {best.p95[0]:.2f} to {best.p95[1]:.2f} s then",
                "",
                {"max_memory_mb": used, "memory_mb": size.memory_mb, "saved_usd_a_month": saved},
                context.window,
            ),
            *(
                [
                    Evidence(
                        "traces",
                        f"it computes {percent(computing)} of its time, and waits for the rest",
                        "",
                        {"computing": computing},
                        context.window,
                    )
                ]
                if computing is not None
                else []
            ),
        ],
        Remedy(
            f"MemorySize {size.memory_mb} -> {best.memory_mb}, after a measurement.",
            f"shopfast-obs tune {function.name}",
        ),
        severity=Severity.LOW if saved >= WORTH else Severity.INFO,
        confidence="likely",
        usd_a_month=saved,
    )


RULE = Rule(
    id="lambda-over-provisioned",
    title="The function has more memory than it uses or gets faster by",
    severity=Severity.LOW,
    types=(FUNCTION,),
    needs=("logs", "traces"),
    why="Memory is paid for every millisecond; a function that waits for others does not get faster by it.",
    remedy="The smallest size that is as fast; `tune` measures it.",
    limits="A range for each size; found is only what is cheaper at the worst. Large answers count as work.",
    judge=judge,
    spared=skipped_resources.managed(NO_PRICE),
    lacking=missing_data.invocations,
    facts=("lambda-price-gb-second",),
    misleads="Max Memory Used alone does not say it: CPU comes with memory.",
)
