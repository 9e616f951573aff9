"""Rules about failures that a function's own log names: each kind of exception has a cause and a remedy of its own."""

from __future__ import annotations

from typing import ClassVar

from shopfast_obs.analysis.sensitive import masked
from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions import episodes
from shopfast_obs.diagnose.interface import Found, Judgement, Kind, Need, Passed, Undecided, plural, share_of
from shopfast_obs.model.findings import Evidence, Remedy
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import Resource
from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs import powertools
from shopfast_obs.patterns import late

MANY = 0.05  # share of the invocations from which on the rule's own severity is meant
LONGEST = 160  # characters of a message that are shown


@record
class LogPattern(Kind):
    """A pattern of lines whose last group names the culprit; `says` is the title with {name}, {times}, {share} and
    {what}."""

    needs: ClassVar[tuple[Need, ...]] = ("logs",)
    runbook: ClassVar[str] = "error-rate"
    pattern: str
    says: str

    @property
    def cause(self) -> str:
        """The pattern."""
        return self.pattern

    def __call__(self, function: Resource, context: Context) -> Judgement:
        """Found where lines have the pattern."""
        missing = missing_data.log(function, context)
        if missing:
            return Undecided(missing)
        wanted = late(self.pattern)
        found = [(event, match) for event in context.events(function) if (match := wanted.search(event.message))]
        calls = len(context.all_reports(function))
        if not found:
            return Passed(f"no such line in {plural(calls, 'invocation')}")
        what = max(named := [match[match.lastindex or 0] for _, match in found], key=named.count)
        count = episodes.count(function, context, (event for event, _ in found))  # logged, then raised, is one failure
        share = count / max(calls, count)
        return Found(
            self.says.format(name=function.name, times=plural(count, "time"), share=share_of(share, 1), what=what),
            [_evidence(event, len(found), context) for event, _ in found[-2:]],
            Remedy("", "shopfast-obs report errors"),
            rare=share < MANY,
            harm=float(count),
        )


def _evidence(event: LogEvent, count: int, context: Context) -> Evidence:
    record = powertools.record(event.message)
    said = record.exception.message if record.exception else record.message
    said = " ".join(masked(said).split())
    return Evidence(
        "logs",
        said if len(said) <= LONGEST else f"{said[:LONGEST]}…",
        f"{event.group} {event.stream}",
        {"lines": count, "timestamp": event.timestamp},
        context.window,
        (record.trace_id,) if record.trace_id else (),
    )
