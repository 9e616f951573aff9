"""Invocations that died because their memory was full."""

from __future__ import annotations

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.invocations import Configured, exemplars, out_of_memory
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, plural, share_of
from shopfast_obs.model.findings import Evidence, PropertyChange, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource

MOST_MB = 10_240


def judge(function: Resource, context: Context) -> Judgement:
    """Found when a process was killed, or ran into its timeout, with at least 98 % of its memory in use."""
    reports = context.reports(function)
    died = [r for r in reports if out_of_memory(r)]
    size = Configured.known(function)
    used = max(r.max_memory_mb for r in reports)
    if not died:
        return Passed(f"at most {used} of {size.memory_mb} MB in use")
    slow = sum(r.status == "timeout" for r in died)
    as_timeout = f", {slow:,} of them reported as timeouts" if slow else ""
    wanted = min(MOST_MB, 2 * size.memory_mb)
    change = PropertyChange(FUNCTION, function.name, "MemorySize", size.memory_mb, wanted, "twice what was not enough")
    numbers = {"invocations": len(reports), "died": len(died), "as_timeout": slow, "max_memory_mb": used}
    return Found(
        severity=Severity.CRITICAL if len(died) >= 0.05 * len(reports) else Severity.HIGH,
        title=(
            f"{function.name} runs out of its {size.memory_mb} MB in {share_of(len(died), len(reports))} of its "
            f"invocations ({len(died):,} of {len(reports):,}{as_timeout})"
        ),
        evidence=(
            Evidence(
                "logs",
                f"Max Memory Used {used} of {size.memory_mb} MB where {plural(len(died), 'invocation')} died",
                "",
                numbers,
                context.window,
            ),
            *exemplars(died, "died", context.window),
        ),
        remedy=Remedy(
            f"MemorySize {size.memory_mb} -> {wanted}, then find what grows: a cache without a bound, a whole table.",
            "shopfast-obs fix --apply",
            (change,) if wanted != size.memory_mb else (),
        ),
        confidence="likely" if slow == len(died) else "certain",
        misleads="Near the limit the process swaps and collects garbage until the timeout, so it reads like slowness.",
        harm=float(len(died)),
    )


RULE = Rule(
    id="lambda-out-of-memory",
    title="Invocations run out of memory",
    severity=Severity.CRITICAL,
    types=(FUNCTION,),
    needs=("logs",),
    why="The process is killed without a word of its own; the environment and everything cached in it is lost.",
    remedy="More memory at once, then find what grows.",
    limits="A timeout with the memory full is taken for lack of memory: likely, not certain.",
    judge=judge,
    lacking=missing_data.invocations,
    explains=("out_of_memory",),
    runbook="error-rate",
)
