"""`diagnose --deadlines`: what stops working on which day, and the functions that it hits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shopfast_obs.cli.output import gaps
from shopfast_obs.errors import UserError
from shopfast_obs.model.counts import plural

if TYPE_CHECKING:
    from shopfast_obs.cli.app import App
    from shopfast_obs.cli.inputs.diagnosis_input import DiagnosisInput
    from shopfast_obs.diagnose.deadlines import Deadline, Deadlines

NAMED = 6  # functions in a line
FORMATS = ("text", "json")
# Options of `diagnose` that are about findings.
OTHERS = (
    "since", "only", "skip", "level", "fail_on", "baseline", "write_baseline", "suppressions", "save_evidence",
)  # fmt: skip


def look(
    app: App, templates: Sequence[Path], evidence: Path | None, stacks: Sequence[str], *, run: bool
) -> DiagnosisInput:
    """What the options name, without logs, metrics and traces; raises UserError for options about findings."""
    from shopfast_obs.cli.inputs import diagnosis_input

    context = click.get_current_context()
    for name in OTHERS:
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            option = "--" + name.replace("_", "-")
            raise UserError(f"{option} is for findings, and --deadlines lists days.", "Give one of them.")
    if templates:
        return diagnosis_input.at_templates(app, templates, run=run)
    if evidence:
        return diagnosis_input.at_file(evidence, observe=False)
    return diagnosis_input.at_hand(app, "15m", stacks, run=run, observe=False)


def show(app: App, look: DiagnosisInput, output_format: str, *, partial: bool) -> None:
    """Print the days, and end with 1 when one is past, with 4 when a part could not be read."""
    from shopfast_obs.diagnose import deadlines

    if output_format not in FORMATS:
        raise UserError(f"--deadlines has no format {output_format}.", f"Give one of: {', '.join(FORMATS)}")
    today = datetime.now(UTC).date()
    found = deadlines.deadlines(look.recordings)
    unread = deadlines.unread(look.recordings)
    if output_format == "json":
        from shopfast_obs.report.json import written

        app.terminal.raw(written(document(found, unread, today)))
    else:
        _print(app, found, unread, today)
    nothing = bool(unread) and not any(one.inventory.resources for one in look.recordings)
    gaps.end(app, unread, nothing=nothing, failing=bool(found.past(today)), allowed=partial)


def document(found: Deadlines, unread: Sequence[str], today: date) -> Mapping[str, Any]:
    """The days as JSON: by day, those without one last, each with its fact."""
    from shopfast_obs.report.json import headed

    days = [
        {
            "day": one.day or None,
            "days_left": one.left(today),
            "past": one in found.past(today),
            "kind": one.kind,
            "subject": one.subject,
            "effect": one.effect,
            "functions": one.functions,
            "fact": one.fact.id,
            "source": one.fact.source,
            "as_of": one.fact.as_of,
            "stale": one.fact.is_stale(today),
        }
        for one in found.found
    ]
    body = {"today": today.isoformat(), "functions": found.functions, "deadlines": days}
    return headed("deadlines", {**body, "unknown": found.unknown, "unread": list(unread)})


def _print(app: App, found: Deadlines, unread: Sequence[str], today: date) -> None:
    from shopfast_obs.cli.output.findings import FindingPrinter

    paper = FindingPrinter(app.terminal)
    for one in found.found:
        paper.heading(f"{one.day or 'no day named'}  {one.subject}: {one.effect} ({_when(one, today)})", " " * 12)
        paper.line(_functions(one.functions), f"    {plural(len(one.functions), 'function')}: ", " " * 6)
    if found.found:
        paper.line()
    for sentence in found.unknown:
        paper.line(sentence, "not judged: ", "  ")
    for sentence in unread:
        paper.line(sentence, "could not be read: ", "  ")
    for source in dict.fromkeys(f"{one.fact.source}, read on {one.fact.as_of}" for one in found.found):
        paper.line(source, "source: ", "  ")
    for fact in found.stale(today):
        paper.line(
            f"{fact.id} was read {fact.age(today)} days ago, and may have changed: {fact.source}", "stale: ", "  "
        )
    past = len(found.past(today))
    paper.line(f"{plural(len(found.found), 'deadline')}, {past} past; {plural(found.functions, 'function')} looked at.")


def _when(one: Deadline, today: date) -> str:
    left = one.left(today)
    if left is None:
        return "it may come any day"
    if left > 0:
        return f"in {plural(left, 'day')}"
    return f"past, {plural(-left, 'day')} ago" if left else "past, today"


def _functions(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
