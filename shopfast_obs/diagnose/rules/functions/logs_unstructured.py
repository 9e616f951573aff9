"""Functions that log free text."""

from __future__ import annotations

import json
from collections.abc import Sequence

from shopfast_obs.diagnose.context import Context, log_group
from shopfast_obs.diagnose.functions.invocations import during
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural, share_of
from shopfast_obs.diagnose.property_values import at
from shopfast_obs.model.findings import (
    Evidence,
    PropertyChange,
    Remedy,
    Severity,
)
from shopfast_obs.model.resources import FUNCTION, Resource
from shopfast_obs.model.telemetry import LogEvent

SAMPLE = 200  # lines
STRUCTURED = 0.9  # the runtime writes a line of free text now and then


def judge(function: Resource, context: Context) -> Judgement:
    """Found when the log format is Text and most of a sample of the function's own lines are not JSON objects."""
    if at(function, "LoggingConfig.LogFormat") == "JSON":
        return Passed("LogFormat is JSON")
    missing = context.missing("logs", log_group(function))
    if missing:
        return Undecided(missing)
    lines = context.lines(function)[-SAMPLE:]  # the latest: earlier ones may be of other code
    if not lines:
        calls = plural(len(context.all_reports(function)), "invocation")
        return Undecided(f"no line of its own in {calls}{during(context.window)}")
    plain = [line for line in lines if not _structured(line.message)]
    if len(plain) <= (1 - STRUCTURED) * len(lines):
        return Passed(f"{len(lines) - len(plain)} of {plural(len(lines), 'sampled line')} in JSON")
    return _finding(function, context, plain, len(lines))


def _finding(function: Resource, context: Context, plain: Sequence[LogEvent], sampled: int) -> Found:
    change = PropertyChange(FUNCTION, function.name, "LoggingConfig.LogFormat", "Text", "JSON", "lines become fields")
    return Found(
        severity=Severity.LOW,
        title=(
            f"{function.name} logs free text: {share_of(len(plain), sampled)} of {plural(sampled, 'sampled line')} "
            "cannot be queried by field"
        ),
        evidence=(
            Evidence(
                "logs",
                f"{len(plain)} of {plural(sampled, 'sampled line')} without a JSON object",
                f"{plain[0].group} {plain[0].stream}",
                {"sampled": sampled, "unstructured": len(plain)},
                context.window,
            ),
            Evidence("configuration", "LoggingConfig.LogFormat is Text", "LoggingConfig.LogFormat", {"format": "Text"}),
        ),
        remedy=Remedy("Log one JSON object a line, with the request id.", "shopfast-obs instrument --apply", (change,)),
    )


def _structured(message: str) -> bool:
    if not message.startswith("{"):
        return False
    try:
        return isinstance(json.loads(message), dict)
    except ValueError:
        return False


RULE = Rule(
    id="lambda-logs-unstructured",
    title="The logs are free text",
    severity=Severity.LOW,
    types=(FUNCTION,),
    needs=("configuration", "logs"),
    why="Free text cannot be filtered by order, customer or request id, nor put together.",
    remedy="Powertools Logger and the JSON log format: `instrument`.",
    limits=f"Judged by the last {SAMPLE} lines of the window.",
    judge=judge,
    runbook="02-make-it-visible",
)
