"""Functions that go on working when the API has given up."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured
from shopfast_obs.diagnose.functions.callers import doors
from shopfast_obs.diagnose.functions.invocations import exemplars
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural
from shopfast_obs.diagnose.property_values import number
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, HTTP_INTEGRATION, REST_METHOD, Resource


def judge(function: Resource, context: Context) -> Judgement:
    """Found when the function's Timeout is above what an API in front of it waits; graver when it was used."""
    timeout = number(function.effective("Timeout"))
    if timeout is None:
        return Undecided("its Timeout is left to a parameter")
    known = doors(function, context)
    if not known:
        missing = context.unread(REST_METHOD) or context.unread(HTTP_INTEGRATION)
        return Undecided(missing) if missing else Passed("no API integration calls it")
    door = min(known, key=lambda one: one.seconds)
    if timeout <= door.seconds:
        return Passed(f"its {timeout:.0f} s are within the {door.seconds:.0f} s of the {door.api}")
    late = [report for report in context.reports(function) if report.duration > door.seconds]
    shown = [configured(f"Timeout {timeout:.0f} s, integration {door.seconds:.0f} s", "Timeout", timeout=timeout)]
    return Found(
        f"{function.name} may run {timeout:.0f} s, and the {door.api} before it gives up after {door.seconds:.0f} s"
        + (f": {plural(len(late), 'request')} took longer than that" if late else ""),
        [*shown, *exemplars(late, "answered nobody", context.window)],
        Remedy(f"Timeout {door.seconds - 1:.0f} at most, or an asynchronous answer for what takes longer."),
        severity=Severity.HIGH if late else Severity.INFO,
        harm=float(len(late)),
    )


RULE = Rule(
    id="lambda-outlives-api",
    title="The function may run longer than the API in front of it waits",
    severity=Severity.HIGH,
    types=(FUNCTION,),
    needs=("configuration", "logs"),
    why="The caller gets a 504 while the function goes on, finishes, and is paid for; a retry does the work twice.",
    remedy="A timeout below the API's 29 s (REST, WebSocket) or 30 s (HTTP).",
    limits=(
        "An integration timeout that was raised by quota is seen only when the template or the API says so. An API "
        "that streams or hands the event over asynchronously does not count."
    ),
    judge=judge,
    misleads="The function's log shows success.",
    runbook="api-5xx",
)
