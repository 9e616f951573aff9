"""`explain`: what a rule looks for, why, and what helps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app

if TYPE_CHECKING:
    from shopfast_obs.diagnose.interface import Rule


@click.command()
@options.rule_argument
@options.output("text", "json", "markdown")
@pass_app
def command(app: App, *, patterns: tuple[str, ...], output_format: str) -> None:
    """Tell what a rule of `diagnose` looks for, why it matters, what helps, and what it cannot see.

    Without a RULE, list them all.

    \b
    Examples:
      shopfast-obs explain
      shopfast-obs explain lambda-default-size
      shopfast-obs explain 'sqs-*' --format markdown
    """
    from shopfast_obs.cli import remedies
    from shopfast_obs.diagnose.engine import catalogue, select

    known = select(catalogue(), patterns)
    files = [remedies.runbook(app, rule.runbook) for rule in known]
    rules = [replace(rule, runbook=file) for rule, file in zip(known, files, strict=True)]
    if output_format == "json":
        app.terminal.json([_document(rule) for rule in rules])
    elif output_format == "markdown":
        from shopfast_obs.diagnose.reference import reference

        named = [rule if file else replace(rule, runbook="") for rule, file in zip(known, files, strict=True)]
        app.terminal.raw(reference(named))
    elif patterns:
        for rule in rules:
            _show(app, rule)
    else:
        rows = [(rule.id, rule.severity.name.lower(), rule.title) for rule in rules]
        app.terminal.table(("rule", "severity", "finds"), rows)
        app.terminal.say(f"{len(rows)} rules. Next: shopfast-obs explain RULE")


def _document(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity.name.lower(),
        "types": rule.types,
        "reads": rule.needs,
        "found_when": _found_when(rule),
        "why": rule.why,
        "misleads": rule.misleads,
        "remedy": rule.remedy,
        "limits": rule.limits,
        "runbook": rule.runbook,
    }


def _show(app: App, rule: Rule) -> None:
    from shopfast_obs.cli.findings import Paper

    paper = Paper(app.terminal)
    paper.heading(f"{rule.id}: {rule.title}")
    said = {
        "severity": rule.severity.name.lower(),
        "looks at": ", ".join(rule.types),
        "reads": ", ".join(rule.needs),
        "found when": _found_when(rule),
        "why": rule.why,
        "misleads": rule.misleads,
        "remedy": rule.remedy,
        "limits": rule.limits,
        "runbook": rule.runbook,
    }
    for name, text in said.items():
        if text:
            paper.line(text, f"    {name + ':':<11} ")
    paper.line()


def _found_when(rule: Rule) -> str:
    from shopfast_obs.diagnose.reference import found_when

    return found_when(rule)
