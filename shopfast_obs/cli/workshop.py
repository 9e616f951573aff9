"""`workshop`: exercises that are checked by behaviour."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.errors import EXIT_FINDINGS, EXIT_USER_ERROR, UserError

if TYPE_CHECKING:
    from shopfast_obs.cli.world import LiveWorld
    from shopfast_obs.workshop.engine import Verdict
    from shopfast_obs.workshop.interface import Exercise
    from shopfast_obs.workshop.progress import Attempt, Progress


@click.group()
def command() -> None:
    """Learn it: exercises on the deployed application, judged by what it does under traffic.

    \b
    Examples:
      shopfast-obs workshop list
      shopfast-obs workshop start 01-see-it-fail
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
    progress = _progress(app)
    rows = [(exercise, progress.get(exercise.id)) for exercise in _exercises(app)]
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


@command.command("start")
@click.argument("exercise_id", required=False)
@options.target
@pass_app
def start_command(app: App, exercise_id: str | None) -> None:
    """Begin an exercise (the next open one): send its traffic and prove that it is broken.

    \b
    Example:
      shopfast-obs workshop start 01-see-it-fail
    """
    from shopfast_obs.changes.engine import history
    from shopfast_obs.workshop.engine import Engine

    exercise = _exercise(app, exercise_id, {"open"})
    progress = _progress(app)
    for needed in exercise.needs:
        if not progress.get(needed).passed:
            app.terminal.warn(f"it builds on {needed}, which you have not passed yet.")
    began = time.time()
    journal = sum(entry.undone is None for entry in history(app.settings.state_dir))
    world = _world(app, progress.get(exercise.id))
    app.terminal.say(f"{exercise.id}: sending {exercise.traffic.scenario} traffic for {exercise.traffic.seconds:g} s.")
    world.send(exercise.traffic)
    verdict = Engine(world).prove_broken(exercise)
    progress.update(exercise.id, started=began, passed=None, solved=False, journal=journal)
    app.terminal.heading(f"{exercise.title}  (about {exercise.minutes} minutes)")
    app.terminal.out(exercise.body.strip())
    show(app, verdict)
    app.terminal.say(f"The text is in {exercise.path}. When you think it works: shopfast-obs workshop check")


@command.command("answer")
@click.argument("answers", nargs=-1, required=True, metavar="NAME=VALUE...")
@click.option("--exercise", "exercise_id", help="The exercise (the one that you started last).")
@pass_app
def answer_command(app: App, answers: tuple[str, ...], exercise_id: str | None) -> None:
    """Answer the questions of an exercise; `check` tells whether they are right.

    \b
    Example:
      shopfast-obs workshop answer killed_percent=40 scarce=memory
    """
    exercise = _exercise(app, exercise_id, {"started"})
    known = {str(c.parameters["name"]) for c in exercise.checks if c.kind == "answer"}
    given = dict(_pair(answer) for answer in answers)
    if unknown := set(given) - known:
        names = ", ".join(sorted(known)) or "none"
        raise UserError(f"{exercise.id} does not ask for {sorted(unknown)[0]!r}.", f"It asks for: {names}.")
    progress = _progress(app)
    progress.update(exercise.id, answers={**progress.get(exercise.id).answers, **given})
    app.terminal.say("Noted. Check it: shopfast-obs workshop check")


@command.command("check")
@click.argument("exercise_id", required=False)
@options.target
@options.output("text", "json")
@pass_app
def check_command(app: App, exercise_id: str | None, output_format: str) -> None:
    """Send the exercise's traffic and judge what happens. Exit 0 passed, 1 not yet, 2 the check could not be made.

    \b
    Example:
      shopfast-obs workshop check 03-fix-it
    """
    exercise = _exercise(app, exercise_id, {"started", "passed", "solved for you"})
    verdict = judge(app, exercise)
    if output_format == "json":
        app.terminal.json({"exercise": exercise.id, "passed": verdict.passed, "results": verdict.results})
    else:
        show(app, verdict)
        if verdict.passed:
            app.terminal.heading("Passed.")
            app.terminal.out(exercise.why.strip())
    app.exit(0 if verdict.passed else EXIT_USER_ERROR if verdict.broken_check else EXIT_FINDINGS)


@command.command("hint")
@click.argument("exercise_id", required=False)
@pass_app
def hint_command(app: App, exercise_id: str | None) -> None:
    """The next hint: where to look, what to look for, the command.

    \b
    Example:
      shopfast-obs workshop hint
    """
    exercise = _exercise(app, exercise_id, {"started"})
    progress = _progress(app)
    used = min(progress.get(exercise.id).hints, len(exercise.hints) - 1)
    progress.update(exercise.id, hints=used + 1)
    app.terminal.out(f"Hint {used + 1} of {len(exercise.hints)}: {exercise.hints[used].strip()}")


@command.command("solve")
@click.argument("exercise_id", required=False)
@options.target
@pass_app
def solve_command(app: App, exercise_id: str | None) -> None:
    """Do what the solution does, one command after the other, and judge it. It counts as solved for you.

    \b
    Example:
      shopfast-obs workshop solve 02-make-it-visible
    """
    from shopfast_obs.cli import run

    exercise = _exercise(app, exercise_id, {"started"})
    for step in exercise.solve:
        app.terminal.heading(f"$ shopfast-obs {step}")
        if run(step.split()):
            raise UserError(
                f"The solution stopped at `shopfast-obs {step}`.", "See its message above, then solve again."
            )
    _answer_truthfully(app, exercise)
    verdict = judge(app, exercise, solved=True)
    show(app, verdict)
    if verdict.passed:
        app.terminal.out(exercise.why.strip())
    app.exit(0 if verdict.passed else EXIT_FINDINGS)


@command.command("reset")
@click.argument("exercise_id", required=False)
@options.target
@pass_app
def reset_command(app: App, exercise_id: str | None) -> None:
    """Take back every change since the exercise began, and deploy what is left.

    \b
    Example:
      shopfast-obs workshop reset 02-make-it-visible
    """
    from shopfast_obs.changes.engine import history, undo
    from shopfast_obs.cli import run

    exercise = _exercise(app, exercise_id, {"started", "passed", "solved for you"})
    progress, settings = _progress(app), app.settings
    keep = progress.get(exercise.id).journal
    live = [entry for entry in history(settings.state_dir) if entry.undone is None]
    for entry in reversed(live[keep:]):
        undo(settings.root, settings.state_dir, entry.id)
        app.terminal.say(f"Took back {entry.id} ({entry.plan.command}).")
    progress.update(exercise.id, started=None, passed=None, solved=False, hints=0, answers={})
    run(["deploy"])
    app.terminal.say(f"{exercise.id} is as it was. Begin again: shopfast-obs workshop start {exercise.id}")


def judge(app: App, exercise: Exercise, *, solved: bool = False) -> Verdict:
    """Send the exercise's traffic, judge it, and remember the outcome."""
    from shopfast_obs.workshop.engine import Engine

    progress = _progress(app)
    attempt = progress.get(exercise.id)
    world = _world(app, attempt)
    app.terminal.say(f"{exercise.id}: sending {exercise.traffic.scenario} traffic for {exercise.traffic.seconds:g} s.")
    world.send(exercise.traffic)
    verdict = Engine(world).check(exercise)
    passed = time.time() if verdict.passed else None
    progress.update(exercise.id, checks=attempt.checks + 1, passed=passed, solved=solved and verdict.passed)
    return verdict


def show(app: App, verdict: Verdict) -> None:
    """Print the results for a person."""
    from shopfast_obs.workshop.interface import NotYet, Passed

    for result in verdict.results:
        if isinstance(result, Passed):
            app.terminal.out(f"  passed   {result.check}  {_numbers(result.measured)}")
        elif isinstance(result, NotYet):
            app.terminal.out(f"  not yet  {result.check}: {result.message}")
        else:
            app.terminal.out(f"  unknown  {result.check}: the check could not be made, {result.reason}")


def _numbers(measured: object) -> str:
    return ", ".join(f"{k} {v}" for k, v in measured.items()) if isinstance(measured, dict) else ""


def _answer_truthfully(app: App, exercise: Exercise) -> None:
    from shopfast_obs.workshop.checks.answer import truth

    progress = _progress(app)
    world = _world(app, progress.get(exercise.id))
    answers = {}
    for check in exercise.checks:
        wanted = check.parameters
        if check.kind == "answer":
            right = wanted["equals"] if "equals" in wanted else f"{truth(wanted, world):.2f}"
            answers[str(wanted["name"])] = str(right)
            app.terminal.say(f"{wanted['question']} {right}")
    progress.update(exercise.id, answers=answers)


def _world(app: App, attempt: Attempt) -> LiveWorld:
    from shopfast_obs.cli.world import LiveWorld

    return LiveWorld(app, attempt.started or time.time(), attempt.answers)


def _progress(app: App) -> Progress:
    from shopfast_obs.workshop.progress import Progress

    return Progress(app.settings.state_dir / "workshop" / "progress.json")


def _exercises(app: App) -> tuple[Exercise, ...]:
    from shopfast_obs.workshop.files import read

    return read(app.settings.path(app.settings.runbooks))[0]


def _exercise(app: App, exercise_id: str | None, states: set[str]) -> Exercise:
    """The named exercise, or the first in one of these states."""
    exercises, progress = _exercises(app), _progress(app)
    if exercise_id is None:
        fitting = [exercise for exercise in exercises if progress.get(exercise.id).state in states]
        if not fitting:
            raise UserError(f"No exercise is {' or '.join(sorted(states))}.", "See: shopfast-obs workshop list")
        return fitting[0]
    for exercise in exercises:
        if exercise.id == exercise_id:
            if "open" not in states and progress.get(exercise.id).state == "open":
                raise UserError(f"{exercise.id} was not started.", f"Run: shopfast-obs workshop start {exercise.id}")
            return exercise
    names = ", ".join(exercise.id for exercise in exercises)
    raise UserError(f"There is no exercise {exercise_id!r}.", f"There are: {names}.")


def _pair(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not value:
        raise UserError(f"{text!r} is not NAME=VALUE.", "As in: workshop answer scarce=memory")
    return name.strip(), value.strip()
