"""Logs that cost more than they say."""

from __future__ import annotations

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import written
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural
from shopfast_obs.facts import number
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource

USD_PER_GB = number("logs-price-gb")
OVERHEAD = 26  # bytes that CloudWatch Logs adds to each event
MONTH = 30 * 86_400
LARGE = 20_000  # bytes an invocation
DEAR = 50.0  # USD a month


def judge(function: Resource, context: Context) -> Judgement:
    """Found when an invocation writes more than 20 KB on average; priced for a month at the window's rate."""
    calls = len(context.all_reports(function))
    events = context.events(function)
    size = sum(len(event.message.encode()) + OVERHEAD for event in events)
    if not calls or context.window is None or not context.window.seconds:
        return Undecided("no invocation to hold it against")
    usd = size / 1e9 * USD_PER_GB * MONTH / context.window.seconds
    each = size / calls
    price = f"{usd:,.2f} USD a month at the rate of the window"
    if each < LARGE:
        return Passed(f"{each / 1000:.1f} KB an invocation, {price}")
    longest = max(events, key=lambda event: len(event.message))
    return Found(
        f"{function.name} logs {each / 1000:.0f} KB an invocation: {price}",
        [
            written(f"the longest line has {len(longest.message):,} characters", longest, context, bytes=size),
            Evidence(
                "logs",
                f"{plural(len(events), 'line')} in {plural(calls, 'invocation')}",
                "",
                {"lines": len(events), "invocations": calls, "bytes_each": each},
                context.window,
            ),
        ],
        Remedy("Log fields instead of payloads, INFO instead of DEBUG, and sample what is always the same."),
        usd_a_month=usd,
        severity=Severity.MEDIUM if usd > DEAR else RULE.severity,
    )


RULE = Rule(
    id="logs-volume",
    title="The function writes a lot of log",
    severity=Severity.LOW,
    types=(FUNCTION,),
    needs=("logs",),
    why="Writing a gigabyte into the log costs as much as a day of a small function's time.",
    remedy="Fewer and shorter lines.",
    limits="The rate of the window stands for the month.",
    judge=judge,
    lacking=missing_data.log,
    facts=("logs-price-gb",),
    misleads="It is billed under CloudWatch, not under Lambda.",
)
