"""The commands of `workshop` about all exercises together."""

from __future__ import annotations

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, needs, pass_app
from shopfast_obs.cli.classroom import verdicts
from shopfast_obs.errors import EXIT_FINDINGS, UserError


@click.command("list")
@options.output("text", "json")
@pass_app
def list_(app: App, output_format: str) -> None:
    """The exercises, how long each takes, and how far you are.

    \b
    Example:
      shopfast-obs workshop list
    """
    from shopfast_obs.cli.classroom.learner import Classroom

    room = Classroom(app)
    if not room.exercises:
        where = app.settings.path(app.settings.runbooks)
        raise UserError(f"There is no exercise in {where}.", "Set `runbooks` in [tool.shopfast-obs] of pyproject.toml.")
    rows = [(exercise, room.progress.get(exercise.id)) for exercise in room.exercises]
    if output_format == "json":
        app.terminal.json(
            [
                {
                    "id": e.id, "title": e.title, "minutes": e.minutes, "difficulty": e.difficulty,
                    "stretch": e.stretch, "needs": list(e.needs), "state": a.state, "hints": a.hints,
                }
                for e, a in rows
            ]
        )  # fmt: skip
        return
    app.terminal.table(
        ("exercise", "title", "min", "state", "hints"),
        [
            (e.id, e.title, str(e.minutes), a.state, f"{a.hints} of {sum(len(texts) for texts in e.hints.values())}")
            for e, a in rows
        ],
    )
    agenda = [e for e, _ in rows if not e.stretch]
    beyond = len(rows) - len(agenda)
    more = f", and {beyond} beyond it" if beyond else ""
    app.terminal.say(f"{len(agenda)} exercises of the agenda take {sum(e.minutes for e in agenda)} minutes{more}.")
    app.terminal.say(f"The exercises lie in {app.settings.path(app.settings.runbooks)}.")
    if any(attempt.state == "started" for _, attempt in rows):
        app.terminal.say("Next: shopfast-obs workshop check")
    elif any(attempt.state == "open" for _, attempt in rows):
        app.terminal.say("Next: shopfast-obs workshop start")


@click.command("verify")
@options.target
@options.output("text", "json")
@pass_app
@needs("workshop")
def verify(app: App, output_format: str) -> None:
    """Judge every passed exercise again: what a later one broke is open again. Exit 1 where one is.

    \b
    Example:
      shopfast-obs workshop verify
    """
    import time

    from shopfast_obs.cli.classroom.learner import Classroom

    room = Classroom(app)
    passed = [exercise for exercise in room.exercises if room.progress.get(exercise.id).passed]
    if not passed:
        raise UserError("No exercise is passed yet.", "Run: shopfast-obs workshop start")
    found = {exercise.id: room.judge(exercise) for exercise in passed}
    broken = [name for name, verdict in found.items() if not verdict.passed]
    if not broken:
        room.progress.note(verified=time.time())
    if output_format == "json":
        every = {name: [verdicts.as_mapping(r) for r in verdict.results] for name, verdict in found.items()}
        app.terminal.json({"verified": not broken, "open_again": broken, "exercises": every})
    else:
        for name, verdict in found.items():
            app.terminal.out(f"{name}: {'passed' if verdict.passed else 'open again'}")
            if not verdict.passed:
                verdicts.show(app, verdict)
        if broken:
            app.terminal.say(f"Mend it: shopfast-obs workshop check {broken[0]}")
    app.exit(EXIT_FINDINGS if broken else 0)


@click.command("report")
@options.output("text", "json")
@pass_app
def report(app: App, output_format: str) -> None:
    """One page of your way through the exercises, as Markdown: times, hints, answers, what is open.

    \b
    Example:
      shopfast-obs workshop report > my-workshop.md
    """
    import time

    from shopfast_obs.cli.classroom.learner import Classroom
    from shopfast_obs.workshop import course_report

    room = Classroom(app)
    attempts = {exercise.id: room.progress.get(exercise.id) for exercise in room.exercises}
    if not any(attempt.started for attempt in attempts.values()):
        raise UserError("No exercise was started.", "Run: shopfast-obs workshop start")
    room.progress.note(reported=time.time())
    rows = course_report.rows(room.exercises, attempts)
    if output_format == "json":
        app.terminal.json({"seat": room.progress.seat.get("name", ""), "exercises": rows})
    else:
        app.terminal.raw(course_report.page(rows, str(room.progress.seat.get("name", ""))))


COMMANDS = (list_, verify, report)
