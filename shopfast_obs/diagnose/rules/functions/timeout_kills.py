"""Invocations that Lambda kills at the function's timeout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from shopfast_obs.analysis.sizing.recommendation import ONE_CPU_MB, percentile
from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.invocations import Configured, exemplars
from shopfast_obs.diagnose.functions.requests import Verdict, requests
from shopfast_obs.diagnose.functions.size_remedy import size_remedy
from shopfast_obs.diagnose.functions.waiting_time import waiting
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, plural, share_of
from shopfast_obs.model.findings import Evidence, Severity
from shopfast_obs.model.resources import FUNCTION, Resource
from shopfast_obs.model.telemetry import InvocationReport

ELSEWHERE: Mapping[Verdict, str] = {
    "out_of_memory": "had the memory full: see lambda-out-of-memory",
    "downstream": "waited for another service: see lambda-downstream-hang",
    "reinit": "died in a new init: see lambda-reinit-loop",
}
MANY = 0.05  # share of the invocations from which on the harm is critical


def judge(function: Resource, context: Context) -> Judgement:
    """Found when at least one invocation was killed by the timeout at its own work, memory left, no call open."""
    every = requests(function, context)
    killed = [request.report for request in every if request.verdict == "timeout"]
    if not killed:
        others = Counter(request.verdict for request in every if request.report.status == "timeout")
        said = (
            ", ".join(f"{plural(n, 'timeout')} {ELSEWHERE[verdict]}" for verdict, n in others.items()) or "no timeout"
        )
        return Passed(f"{said} in {plural(len(every), 'invocation')}")
    return _finding(function, context, [request.report for request in every], killed)


def _finding(
    function: Resource, context: Context, reports: Sequence[InvocationReport], killed: Sequence[InvocationReport]
) -> Found:
    size = Configured.known(function)
    share, waits = share_of(len(killed), len(reports)), waiting(function, context)
    return Found(
        severity=Severity.CRITICAL if len(killed) >= MANY * len(reports) else Severity.HIGH,
        title=(
            f"{function.name} is killed by its {size.timeout} s timeout in {share} of its invocations "
            f"({len(killed):,} of {len(reports):,})" + (f": {waits.reason}" if waits else "")
        ),
        evidence=(
            _numbers(size, context, reports, killed),
            *(waits.evidence if waits else ()),
            *exemplars(killed, "killed by the timeout", context.window),
        ),
        remedy=size_remedy(function, context, cpu_bound=size.memory_mb < ONE_CPU_MB),
        confidence="likely" if waits else "certain",
        misleads=(
            "The function's own log has no error line: the process is killed before it can write one, and traces and "
            "metrics that it had not flushed are lost with it."
        ),
        harm=float(len(killed)),
    )


def _numbers(
    size: Configured, context: Context, reports: Sequence[InvocationReport], killed: Sequence[InvocationReport]
) -> Evidence:
    durations = [r.duration for r in reports]
    p50, p99 = percentile(durations, 0.5), percentile(durations, 0.99)
    finished = [r.duration for r in reports if r.status != "timeout"]
    rest = f"; those that finished took {percentile(finished, 0.5):.2f} s (p50)" if finished else "; none finished"
    return Evidence(
        "logs",
        f"Duration p50 {p50:.2f} s, p99 {p99:.2f} s against Timeout {size.timeout} s{rest}",
        "",
        {
            "invocations": len(reports),
            "timeouts": len(killed),
            "share": len(killed) / len(reports),
            "p50": p50,
            "p99": p99,
            "timeout": size.timeout,
            "memory_mb": size.memory_mb,
        },
        context.window,
    )


RULE = Rule(
    id="lambda-timeout-kills",
    title="Invocations are killed by the timeout",
    severity=Severity.CRITICAL,
    types=(FUNCTION,),
    needs=("logs",),
    why="The caller waits the whole timeout for an error, and the next call in that environment pays for a new init.",
    remedy=(
        "More memory where CPU is short, a timeout with headroom, and less work; `fix` derives the first two. Where it "
        "waits: timeouts for its clients, a way out of its VPC, smaller batches."
    ),
    limits=(
        "A killed invocation tells only that it needed longer, not how long. A gap between what finishes and what is "
        "killed is read as waiting; one kind of request that needs far more work than all others looks the same."
    ),
    judge=judge,
    lacking=missing_data.invocations,
    explains=("timeout",),
    runbook="duration-near-timeout",
)
