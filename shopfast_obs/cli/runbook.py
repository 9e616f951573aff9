"""`runbook`: read a runbook or an exercise, and do its steps one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.errors import EXIT_USER_ERROR, UserError

if TYPE_CHECKING:
    from shopfast_obs.workshop.exercise import Exercise, Runbook, Section

DIAGNOSIS = "diagnosis"
SECTIONS = (DIAGNOSIS, "mitigation", "fix", "verify", "rollback")


@click.command()
@click.argument("name", required=False)
@click.option("--set", "names", multiple=True, metavar="NAME=VALUE", help="Fill in a word in CAPITALS (repeat).")
@click.option(
    "--section",
    "wanted",
    multiple=True,
    type=click.Choice(SECTIONS),
    help="Do the steps of this section (repeat); without it those of the diagnosis.",
)
@click.option("--yes", is_flag=True, help="Do every step without asking.")
@options.target
@options.output("text", "json")
@pass_app
def command(
    app: App, *, name: str | None, names: tuple[str, ...], wanted: tuple[str, ...], yes: bool, output_format: str
) -> None:
    """Show a runbook and do its steps one by one, each after a yes, on the real target.

    Without a name: which there are.

    Off a terminal nothing is done without --yes. Steps that leave a word in CAPITALS open are not done: fill it in by
    --set. `aws` commands are made as calls of the API; the `aws` command need not be there.

    \b
    Examples:
      shopfast-obs runbook
      shopfast-obs runbook error-rate
      shopfast-obs runbook throttles --set NAME=checkout --yes
      shopfast-obs runbook error-rate --set NAME=checkout --section verify --format json
    """
    from shopfast_obs.cli.classroom import runbook_steps
    from shopfast_obs.workshop.files import read

    exercises, runbooks = read(app.settings.path(app.settings.runbooks))
    every: dict[str, Exercise | Runbook] = {exercise.id: exercise for exercise in exercises}
    every.update((runbook.id, runbook) for runbook in runbooks)
    if name is None:
        _list(app, every, output_format)
        return
    found = _named(every, name)
    filled = dict(_pair(text) for text in names)
    sections = [section for section in found.sections if section.heading.lower() in (wanted or (DIAGNOSIS,))]
    if output_format == "text":
        _show(app, found.title, found.sections)
    done = runbook_steps.run(app, sections, filled, yes=yes, aloud=output_format == "text")
    if output_format == "json":
        app.terminal.json({"runbook": found.id, "title": found.title, "target": app.target_name, "steps": done})
    elif not any(step.outcome == "done" for step in done):
        app.terminal.say("Nothing was done. To do the steps: answer y on a terminal, or --yes.")
    if any(step.outcome == "failed" for step in done):
        app.exit(EXIT_USER_ERROR)


def _list(app: App, every: dict[str, Exercise | Runbook], output_format: str) -> None:
    if output_format == "json":
        app.terminal.json([{"id": one.id, "title": one.title, "path": one.path} for one in every.values()])
        return
    app.terminal.table(("runbook", "what it is about"), [(one.id, one.title) for one in every.values()])
    app.terminal.say("Read one: shopfast-obs runbook NAME")


def _named(every: dict[str, Exercise | Runbook], name: str) -> Exercise | Runbook:
    import difflib

    fitting = [one for one in every.values() if one.id == name] or [
        one for one in every.values() if one.id.startswith(name)
    ]
    if len(fitting) == 1:
        return fitting[0]
    near = difflib.get_close_matches(name, every, 1)
    raise UserError(
        f"There is no runbook {name!r}." if not fitting else f"{len(fitting)} runbooks begin with {name!r}.",
        f"Did you mean {near[0]!r}?" if near else "See: shopfast-obs runbook",
    )


def _show(app: App, title: str, sections: tuple[Section, ...]) -> None:
    app.terminal.heading(title)
    for section in sections:
        app.terminal.out(f"## {section.heading}\n{section.text.rstrip()}\n")


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    if not name or not value:
        raise UserError(f"{text!r} is not NAME=VALUE.", "As in: shopfast-obs runbook throttles --set NAME=checkout")
    return name, value
