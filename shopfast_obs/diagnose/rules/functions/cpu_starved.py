"""Functions whose work is slow because their memory buys little CPU."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from shopfast_obs.analysis.sizing.recommendation import cpu_share, percent, percentile
from shopfast_obs.diagnose import missing_data, skipped_resources
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions import episodes
from shopfast_obs.diagnose.functions.compute_share import compute_share
from shopfast_obs.diagnose.functions.invocations import Configured, exemplars, out_of_memory
from shopfast_obs.diagnose.functions.managed_instances import NO_SHARE
from shopfast_obs.diagnose.functions.requests import of_verdict, telling_traces
from shopfast_obs.diagnose.functions.size_remedy import size_remedy
from shopfast_obs.diagnose.functions.waiting_time import waiting
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, plural
from shopfast_obs.diagnose.rules.functions import throttled_call
from shopfast_obs.model.findings import Evidence, Severity
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import FUNCTION, Resource
from shopfast_obs.model.telemetry import InvocationReport

PLENTY = 1024  # MB; from here on more memory rarely makes single-threaded Python faster
LITTLE = 256  # MB; 14 % of a vCPU
MEMORY_TIGHT = 0.9
SLOW = 0.5  # of the timeout
ENOUGH = 5  # invocations


@record
class _Case:
    size: Configured
    reports: Sequence[InvocationReport]
    slow: Sequence[InvocationReport]
    computing: float | None  # share of the traced time that no call to another service explains

    @property
    def killed(self) -> int:
        return sum(r.status == "timeout" for r in self.slow)


def judge(function: Resource, context: Context) -> Judgement:
    """Found when invocations near the timeout with memory to spare and little CPU, and traces do not contradict."""
    size = Configured.known(function)
    reports = [r for r in context.reports(function) if not out_of_memory(r)]
    if size.memory_mb >= PLENTY:
        return Passed(f"{size.memory_mb} MB come with {percent(cpu_share(size.memory_mb))} of a vCPU")
    waited = {id(request.report) for request in of_verdict(function, context, "downstream")}
    waited |= episodes.told(function, context, reports, throttled_call.RULE.cause)  # between its retries
    slow = [r for r in reports if r.duration >= SLOW * size.timeout and id(r) not in waited]
    if not slow or (len(reports) >= ENOUGH and len(slow) < len(reports) / 100):
        slowest = max((r.duration for r in reports if id(r) not in waited), default=0.0)
        without = " that did not wait for another service" if waited else ""
        return Passed(f"the slowest of {plural(len(reports), 'invocation')}{without} took {slowest:.2f} s")
    if max(r.max_memory_mb for r in slow) >= MEMORY_TIGHT * size.memory_mb:
        return Passed("its memory is nearly full: that comes first")
    case = _Case(size, reports, slow, compute_share(telling_traces(function, context), function.name))
    reason = _waits(function, context, case)
    return Passed(reason) if reason else _finding(function, context, case)


def _waits(function: Resource, context: Context, case: _Case) -> str:
    """Why its time is waiting and not work; empty when it may be work."""
    waits = waiting(function, context)
    if waits:
        return waits.reason
    if case.computing is not None and case.computing < 0.2 and case.size.memory_mb > LITTLE:
        return f"{percent(1 - case.computing)} of its traced time is spent in calls to other services"
    return ""


def _finding(function: Resource, context: Context, case: _Case) -> Found:
    size = case.size
    used = max(r.max_memory_mb for r in case.slow)
    harm = f"{plural(case.killed, 'killed invocation')}" if case.killed else plural(len(case.slow), "slow invocation")
    return Found(
        severity=Severity.HIGH if case.killed else Severity.MEDIUM,
        title=(
            f"{function.name} is starved of CPU: {size.memory_mb} MB come with {percent(cpu_share(size.memory_mb))} of "
            f"a vCPU ({harm}, memory use at most {used} MB)"
        ),
        evidence=(*_evidence(context, case, used), *exemplars(case.slow, "ended", context.window)[:1]),
        remedy=size_remedy(function, context, cpu_bound=True),
        confidence=_confidence(case),
        misleads=(
            f"Max Memory Used is {used} of {size.memory_mb} MB, so memory looks generous. It is: the CPU that comes "
            "with it is not, and a longer timeout alone only makes callers wait longer."
        ),
        harm=float(len(case.slow)),
    )


def _confidence(case: _Case) -> Literal["certain", "likely", "possible"]:
    if case.computing is not None and case.computing >= 0.5:
        return "certain"
    return "likely" if case.size.memory_mb <= LITTLE else "possible"


def _evidence(context: Context, case: _Case, used: int) -> list[Evidence]:
    size, durations = case.size, [r.duration for r in case.reports]
    share = cpu_share(size.memory_mb)
    found = [
        Evidence(
            "configuration",
            f"MemorySize {size.memory_mb} MB is {percent(share)} of a vCPU (1,769 MB are one)",
            "MemorySize",
            {"memory_mb": size.memory_mb, "cpu_share": share},
        ),
        Evidence(
            "logs",
            f"memory use {used} of {size.memory_mb} MB while durations range from {min(durations):.2f} s to "
            f"{max(durations):.2f} s{'+' if case.killed else ''} (p50 {percentile(durations, 0.5):.2f} s)",
            "",
            {"max_memory_mb": used, "p50": percentile(durations, 0.5), "slow": len(case.slow), "killed": case.killed},
            context.window,
        ),
    ]
    starts = [r.init for r in case.reports if r.init]
    if starts:
        init = percentile(starts, 0.5)
        found.append(
            Evidence(
                "logs",
                f"init takes {init:.2f} s at full speed; with this CPU the same work takes {init / share:.1f} s",
                "",
                {"init": init, "init_at_share": init / share},
                context.window,
            )
        )
    if case.computing is not None:
        found.append(
            Evidence(
                "traces",
                f"{percent(case.computing)} of the traced time passes in the function, not in calls to other services",
                "",
                {"computing": case.computing},
                context.window,
            )
        )
    return found


RULE = Rule(
    id="lambda-cpu-starved",
    title="The function is starved of CPU",
    severity=Severity.HIGH,
    types=(FUNCTION,),
    needs=("logs", "traces"),
    why="CPU comes with memory; 128 MB have 7 % of a vCPU, and parsing a large answer takes seconds.",
    remedy="A larger MemorySize: CPU-bound work gets faster in proportion for about the same money. See `fix`.",
    limits=(
        "Without traces, waiting and computing look the same where invocations of every duration are seen: the "
        "confidence says so. The SDK's own parsing counts as a call to another service, so traces understate it."
    ),
    judge=judge,
    spared=skipped_resources.managed(NO_SHARE),
    lacking=missing_data.invocations,
    facts=("lambda-memory-of-a-vcpu",),
    runbook="duration-near-timeout",
)
