"""`explain`: what a rule looks for, why, and what helps; what a fact with a date is, and where somebody read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.errors import UserError

if TYPE_CHECKING:
    from shopfast_obs.diagnose.interface import Rule
    from shopfast_obs.facts import Fact

LONGEST = 40  # characters of a value in a table


@click.command()
@options.explained_argument
@click.option("--facts", "list_facts", is_flag=True, help="List the facts with a date: limits, prices, days, runtimes.")
@options.output("text", "json", "markdown")
@pass_app
def command(app: App, *, patterns: tuple[str, ...], list_facts: bool, output_format: str) -> None:
    """Tell what a rule of `diagnose` looks for, why it matters, what helps, and what it cannot see; or what a fact is
    that AWS may change (a limit, a price, a runtime's days), where it stands, and on which day somebody read it.

    Without an argument, list all rules, with --facts all facts. A fact that was read more than 180 days ago is marked.

    \b
    Examples:
      shopfast-obs explain
      shopfast-obs explain lambda-default-size
      shopfast-obs explain 'sqs-*' --format markdown
      shopfast-obs explain python3.11 lambda-max-timeout
      shopfast-obs explain --facts
    """
    from shopfast_obs.cli.targets import available

    today = datetime.now(UTC).date()
    known, facts = _asked(patterns, list_facts=list_facts)
    files = [available.runbook(app, rule.runbook) for rule in known]
    rules = [replace(rule, runbook=file) for rule, file in zip(known, files, strict=True)]
    if output_format == "json":
        app.terminal.json([*(_document(rule) for rule in rules), *(_fact_document(fact, today) for fact in facts)])
    elif output_format == "markdown":
        from shopfast_obs.diagnose.reference import reference

        if facts:
            raise UserError("Facts have no Markdown.", "Give --format text or json.")
        named = [rule if file else replace(rule, runbook="") for rule, file in zip(known, files, strict=True)]
        app.terminal.raw(reference(named))
    elif patterns:
        for rule in rules:
            _show(app, rule, today)
        for fact in facts:
            _show_fact(app, fact, today)
    elif list_facts:
        shown = [(fact.id, _shortened(fact.said), _read(fact, today)) for fact in facts]
        app.terminal.table(("fact", "value", "read on"), shown)
        app.terminal.say(f"{len(shown)} facts. Next: shopfast-obs explain FACT")
    else:
        rows = [(rule.id, rule.severity.name.lower(), rule.title) for rule in rules]
        app.terminal.table(("rule", "severity", "finds"), rows)
        app.terminal.say(
            f"{len(rows)} rules. Next: shopfast-obs explain RULE; the facts behind them: shopfast-obs explain --facts"
        )


def _asked(patterns: Sequence[str], *, list_facts: bool) -> tuple[Sequence[Rule], Sequence[Fact]]:
    """The rules and the facts that are meant; raises UserError for a pattern that fits neither."""
    import difflib
    import fnmatch

    from shopfast_obs.diagnose.engine import catalogue, select
    from shopfast_obs.facts import every

    if list_facts and patterns:
        raise UserError("--facts lists all facts.", "Name some instead: shopfast-obs explain 'lambda-max-*'")
    if list_facts:
        return (), tuple(every().values())
    if not patterns:
        return catalogue(), ()
    named = {pattern: fnmatch.filter(every(), pattern) for pattern in patterns}
    ids = [rule.id for rule in catalogue()]
    of_rules = [pattern for pattern in patterns if fnmatch.filter(ids, pattern)]
    for unknown in (pattern for pattern in patterns if pattern not in of_rules and not named[pattern]):
        near = difflib.get_close_matches(unknown, [*ids, *every()], 1)
        hint = f"Did you mean {near[0]}?" if near else "List them: shopfast-obs explain; shopfast-obs explain --facts"
        raise UserError(f"There is no rule and no fact {unknown!r}.", hint)
    rules = select(catalogue(), of_rules) if of_rules else ()
    return rules, [every()[name] for name in dict.fromkeys(name for names in named.values() for name in names)]


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
        "facts": rule.facts,
    }


def _fact_document(fact: Fact, today: date) -> dict[str, object]:
    return {
        "fact": fact.id,
        "what": fact.what,
        "value": fact.value,
        "unit": fact.unit,
        "source": fact.source,
        "as_of": fact.as_of,
        "stale": fact.is_stale(today),
    }


def _show(app: App, rule: Rule, today: date) -> None:
    from shopfast_obs.cli.output.findings import FindingPrinter
    from shopfast_obs.facts import fact

    paper = FindingPrinter(app.terminal)
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
    for one in map(fact, rule.facts):
        paper.line(f"{one.id} = {one.said}, read on {_read(one, today)}: {one.source}", f"    {'fact:':<11} ")
    paper.line()


def _show_fact(app: App, fact: Fact, today: date) -> None:
    from shopfast_obs.cli.output.findings import FindingPrinter

    paper = FindingPrinter(app.terminal)
    paper.heading(f"{fact.id}: {fact.said}")
    for name, text in {"what": fact.what, "source": fact.source, "read on": _read(fact, today)}.items():
        paper.line(text, f"    {name + ':':<11} ")
    paper.line()


def _read(fact: Fact, today: date) -> str:
    """The day on which somebody read it, and that it is long ago where it is."""
    return f"{fact.as_of} (stale: {fact.age(today)} days ago)" if fact.is_stale(today) else fact.as_of


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def _found_when(rule: Rule) -> str:
    from shopfast_obs.diagnose.reference import found_when

    return found_when(rule)
