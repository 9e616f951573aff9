"""`workshop`: exercises that are checked by behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, needs, pass_app
from shopfast_obs.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_USER_ERROR, UserError

if TYPE_CHECKING:
    from shopfast_obs.workshop.engine import Verdict
    from shopfast_obs.workshop.interface import Exercise, Result


@click.group()
def command() -> None:
    """Learn it: exercises on the deployed application, judged by what it does under traffic.

    An exercise is named by its id or the beginning of it; without one, commands mean the one that you started last.

    \b
    Examples:
      shopfast-obs workshop list
      shopfast-obs workshop start
      shopfast-obs workshop check
    """


@command.command("list")
@options.output("text", "json")
@pass_app
def list_command(app: App, output_format: str) -> None:
    """The exercises and how far you are.

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
            [{"id": e.id, "title": e.title, "minutes": e.minutes, "state": a.state, "hints": a.hints} for e, a in rows]
        )
        return
    app.terminal.table(
        ("exercise", "title", "min", "state", "hints"),
        [(e.id, e.title, str(e.minutes), attempt.state, f"{attempt.hints} of {len(e.hints)}") for e, attempt in rows],
    )
    app.terminal.say(f"The exercises lie in {app.settings.path(app.settings.runbooks)}.")
    if any(attempt.state == "started" for _, attempt in rows):
        app.terminal.say("Next: shopfast-obs workshop check")
    elif any(attempt.state == "open" for _, attempt in rows):
        app.terminal.say("Next: shopfast-obs workshop start")


@command.command("start")
@click.argument("exercise_id", required=False)
@options.target
@pass_app
@needs("workshop")
def start_command(app: App, exercise_id: str | None) -> None:
    """Begin an exercise (the next open one): send its traffic and prove that it is broken.

    \b
    Example:
      shopfast-obs workshop start 01-see-it-fail
    """
    from shopfast_obs.cli.classroom.learner import Classroom

    room = Classroom(app)
    exercise = room.next_open(exercise_id)
    if room.progress.get(exercise.id).state == "started":
        _read_out(app, exercise)
        app.terminal.say(f"You began it already. To begin anew: shopfast-obs workshop reset {exercise.id}")
        return
    for needed in exercise.needs:
        if not room.progress.get(needed).passed:
            app.terminal.warn(f"it builds on {needed}, which you have not passed yet.")
    verdict = room.start(exercise)
    _read_out(app, exercise)
    app.terminal.heading("How it is now")
    show(app, verdict)
    app.terminal.say(f"The text is in {exercise.path}. When you think that it works: shopfast-obs workshop check")


@command.command("answer")
@click.argument("answers", nargs=-1, required=True, metavar="NAME=VALUE...")
@click.option("--exercise", "exercise_id", metavar="ID", help="The exercise (the one that you started last).")
@pass_app
def answer_command(app: App, answers: tuple[str, ...], exercise_id: str | None) -> None:
    """Answer the questions of an exercise; `check` tells whether they are right.

    \b
    Example:
      shopfast-obs workshop answer killed_percent=12.5 scarce=memory
    """
    from shopfast_obs.cli.classroom.learner import Classroom
    from shopfast_obs.workshop.questions import questions

    room = Classroom(app)
    exercise = room.begun(exercise_id)
    asked = questions(exercise)
    given = dict(_pair(answer) for answer in answers)
    if unknown := sorted(set(given) - set(asked)):
        names = ", ".join(asked) or "nothing"
        raise UserError(f"{exercise.id} does not ask for {unknown[0]!r}.", f"It asks for: {names}.")
    known = {**room.progress.get(exercise.id).answers, **given}
    room.progress.update(exercise.id, answers=known)
    left = [name for name in asked if name not in known]
    app.terminal.say(f"Noted. Still to answer: {', '.join(left)}." if left else "Noted, that is all of them.")
    app.terminal.say("Check it: shopfast-obs workshop check")


@command.command("check")
@click.argument("exercise_id", required=False)
@options.target
@options.output("text", "json")
@pass_app
@needs("workshop")
def check_command(app: App, exercise_id: str | None, output_format: str) -> None:
    """Send the exercise's traffic and judge what happens. Exit 0 passed, 1 not yet, 2 the check could not be made.

    \b
    Example:
      shopfast-obs workshop check 03-fix-it
    """
    from shopfast_obs.cli.classroom.learner import Classroom

    room = Classroom(app)
    exercise = room.begun(exercise_id)
    verdict = room.judge(exercise)
    if output_format == "json":
        results = [_as_mapping(result) for result in verdict.results]
        app.terminal.json({"exercise": exercise.id, "passed": verdict.passed, "results": results})
    else:
        show(app, verdict)
        _conclude(app, exercise, verdict)
    app.exit(_code(verdict))


@command.command("hint")
@click.argument("exercise_id", required=False)
@pass_app
def hint_command(app: App, exercise_id: str | None) -> None:
    """The next hint: where to look, what to look for, the command.

    \b
    Example:
      shopfast-obs workshop hint
    """
    from shopfast_obs.cli.classroom.learner import Classroom

    room = Classroom(app)
    exercise = room.begun(exercise_id)
    used = min(room.progress.get(exercise.id).hints, len(exercise.hints) - 1)
    room.progress.update(exercise.id, hints=used + 1)
    app.terminal.out(f"{exercise.id}, hint {used + 1} of {len(exercise.hints)}: {exercise.hints[used].strip()}")


@command.command("solve")
@click.argument("exercise_id", required=False)
@options.target
@pass_app
@needs("workshop")
def solve_command(app: App, exercise_id: str | None) -> None:
    """Do what the solution does, one command after the other, and judge it. It counts as solved for you.

    \b
    Example:
      shopfast-obs workshop solve 02-make-it-visible
    """
    from shopfast_obs.cli.classroom.learner import Classroom

    room = Classroom(app)
    exercise = room.begun(exercise_id)
    for step in exercise.solve:
        app.terminal.heading(f"$ shopfast-obs {step}")
        if room.run(step):
            raise UserError(
                f"The solution stopped at `shopfast-obs {step}`.", "See its message above, then solve again."
            )
    room.answer_truthfully(exercise)
    verdict = room.judge(exercise, solved=True)
    show(app, verdict)
    _conclude(app, exercise, verdict)
    app.exit(_code(verdict))


@command.command("reset")
@click.argument("exercise_id", required=False)
@options.target
@pass_app
@needs("workshop")
def reset_command(app: App, exercise_id: str | None) -> None:
    """Take back every recorded change since the exercise began, deploy what is left, and open it again.

    \b
    Example:
      shopfast-obs workshop reset 02-make-it-visible
    """
    from shopfast_obs.cli.classroom.learner import Classroom

    room = Classroom(app)
    exercise = room.begun(exercise_id)
    room.take_back(exercise)
    if room.run("deploy"):
        raise UserError("Everything is taken back, but not deployed.", "Run: shopfast-obs deploy")
    app.terminal.say(f"{exercise.id} is as it was. Begin again: shopfast-obs workshop start {exercise.id}")


def show(app: App, verdict: Verdict) -> None:
    """Print the results for a person."""
    from shopfast_obs.workshop.interface import NotYet, Passed

    for result in verdict.results:
        if isinstance(result, Passed):
            app.terminal.out(f"  passed   {result.check}  {_numbers(result.measured)}".rstrip())
        elif isinstance(result, NotYet):
            app.terminal.out(f"  not yet  {result.check}: {result.message}")
        else:
            app.terminal.out(f"  unknown  {result.check}: the check could not be made, {result.reason}")


def _read_out(app: App, exercise: Exercise) -> None:
    app.terminal.heading(f"{exercise.title}  (about {exercise.minutes} minutes)")
    app.terminal.out(exercise.body.strip())


def _conclude(app: App, exercise: Exercise, verdict: Verdict) -> None:
    """What a person should know next: why it works, or where help is."""
    if verdict.passed:
        app.terminal.heading("Passed.")
        app.terminal.out(exercise.why.strip())
        app.terminal.say("Next: shopfast-obs workshop list")
    elif verdict.broken_check:
        app.terminal.say("Some checks could not be made. See what is deployed: shopfast-obs status")
    else:
        app.terminal.say("Not yet. A hint: shopfast-obs workshop hint")


def _code(verdict: Verdict) -> int:
    if verdict.passed:
        return EXIT_CLEAN
    return EXIT_USER_ERROR if verdict.broken_check else EXIT_FINDINGS


def _as_mapping(result: Result) -> dict[str, Any]:
    from shopfast_obs.workshop.interface import NotYet, Passed

    outcome = "passed" if isinstance(result, Passed) else "not yet" if isinstance(result, NotYet) else "unknown"
    return {"outcome": outcome, **asdict(result)}


def _numbers(measured: Mapping[str, Any]) -> str:
    """The numbers of a check that passed; what was asked and answered is known already."""
    return ", ".join(f"{key} {value:g}" for key, value in measured.items() if isinstance(value, int | float))


def _pair(text: str) -> tuple[str, str]:
    name, _, value = (part.strip() for part in text.partition("="))
    if not name or not value:
        raise UserError(f"{text!r} is not NAME=VALUE.", "As in: shopfast-obs workshop answer scarce=memory")
    return name, value
