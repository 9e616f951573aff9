"""Environments that do not come up at all."""

from __future__ import annotations

import re

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions import episodes
from shopfast_obs.diagnose.functions.inits import inits
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, plural
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource
from shopfast_obs.parse.logs import platform, powertools

_IMPORT = re.compile(r"Runtime\.(?:ImportModuleError|HandlerNotFound|UserCodeSyntaxError|MalformedHandlerName)[^\n\"]*")


def judge(function: Resource, context: Context) -> Judgement:
    """Found when an init ends with an error, or the handler cannot be imported."""
    failed = [init for init in inits(function, context) if init.report.status == "error"]
    imports = [e for e in context.events(function) if _IMPORT.search(e.message)]
    if not failed and not imports:
        return Passed("no init failed")
    # INIT_REPORT comes last and has the type alone; the line of the runtime also says which module or name it is.
    told = [event for event in imports if not platform.is_platform(event.message)]
    where = (told or imports)[-1] if imports else failed[-1].event
    what = _cause(where.message) or failed[-1].report.error_type or "an exception at module level"
    # Lambda tries an init again inside the invocation that it was made for, and writes of both.
    count = episodes.count(function, context, (*(init.event for init in failed), *imports))
    calls = max(1, len(context.all_reports(function)))
    return Found(
        f"{function.name} does not start: {what} ({plural(count, 'failed start')})",
        [
            Evidence(
                "logs",
                what,
                f"{where.group} {where.stream}",
                {"failed": count, "invocations": calls, "timestamp": where.timestamp},
                context.window,
            )
        ],
        Remedy("Roll back to the version before, then mend the handler's name, the package or the import."),
        harm=float(count),
    )


def _cause(message: str) -> str:
    """The type of the failed import, and what the runtime says of it, in text or in JSON; empty for another failure."""
    named, said = _IMPORT.search(message), powertools.record(message).exception
    if named and said and _IMPORT.fullmatch(said.type):
        return f"{said.type}: {said.message}".partition("\n")[0]
    return named[0].strip() if named else ""


RULE = Rule(
    id="lambda-init-failed",
    title="The function does not start",
    severity=Severity.CRITICAL,
    types=(FUNCTION,),
    needs=("logs",),
    why="Every request that meets a new environment fails before the handler; after a deploy, all do.",
    remedy="Roll back, then mend the package.",
    limits="An init that fails now and then is as grave here as one that always does.",
    judge=judge,
    lacking=missing_data.log,
    cause=_IMPORT.pattern + r"|INIT_REPORT.*\tStatus: error|\"platform\.initReport\".*\"status\": ?\"error\"",
    misleads="Durations are excellent: failing takes a millisecond.",
    runbook="error-rate",
)
