"""The commands of `workshop` that a learner goes through an exercise with."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, needs, pass_app
from shopfast_obs.cli.classroom import verdicts
from shopfast_obs.errors import UserError

if TYPE_CHECKING:
    from shopfast_obs.workshop.exercise import Exercise

EVERY = 2.0  # seconds between two looks of `watch`


@click.command("start")
@click.argument("exercise_id", required=False)
@click.option("--seat", metavar="NAME", help="The name of this seat, from now on.")
@click.option("--to", "url", metavar="URL", help="Tell this roll-call how far the seat is, from now on.")
@options.target
@pass_app
@needs("workshop")
def start(app: App, exercise_id: str | None, seat: str | None, url: str | None) -> None:
    """Begin an exercise (the next open one): plant its fault, send its traffic, prove that it is broken.

    \b
    Examples:
      shopfast-obs workshop start 01-see-it-fail
      shopfast-obs workshop start --seat anna --to http://127.0.0.1:4600
    """
    from shopfast_obs.cli.classroom.learner import Classroom

    room = Classroom(app)
    room.sit(seat, url)
    exercise = room.next_open(exercise_id)
    if room.progress.get(exercise.id).state == "started":
        _read_out(app, exercise)
        app.terminal.say(f"You began it already. To begin anew: shopfast-obs workshop reset {exercise.id}")
        return
    for needed in exercise.needs:
        if not room.progress.get(needed).passed:
            app.terminal.warn(
                f"it builds on {needed}, which you have not passed yet. To have that done for you: "
                f"shopfast-obs workshop goto {exercise.id}"
            )
    verdict = room.start(exercise)
    _read_out(app, exercise)
    app.terminal.heading("How it is now")
    verdicts.show(app, verdict)
    app.terminal.say(f"The text is in {exercise.path}. When you think that it works: shopfast-obs workshop check")


@click.command("show")
@click.argument("exercise_id", required=False)
@pass_app
def show(app: App, exercise_id: str | None) -> None:
    """Read an exercise again, or before you begin it: the symptom, and how to go about it. Nothing is sent or changed.

    \b
    Example:
      shopfast-obs workshop show 02
    """
    from shopfast_obs.cli.classroom.learner import Classroom

    room = Classroom(app)
    _read_out(app, room.named(exercise_id) if exercise_id else room.begun(None))


@click.command("answer")
@click.argument("answers", nargs=-1, required=True, metavar="NAME=VALUE...")
@click.option("--exercise", "exercise_id", metavar="ID", help="The exercise (the one that you started last).")
@options.target
@pass_app
def answer(app: App, answers: tuple[str, ...], exercise_id: str | None) -> None:
    """Answer questions of an exercise; each is judged at once, by the telemetry of your own deployment.

    \b
    Example:
      shopfast-obs workshop answer killed_percent=12.5 scarce=memory
    """
    from shopfast_obs.cli.classroom.learner import Classroom
    from shopfast_obs.workshop.questions import malformed, questions

    room = Classroom(app)
    exercise = room.begun(exercise_id)
    asked = questions(exercise)
    given = dict(_pair(answer) for answer in answers)
    if unknown := sorted(set(given) - set(asked)):
        names = ", ".join(asked) or "nothing"
        raise UserError(f"{exercise.id} does not ask for {unknown[0]!r}.", f"It asks for: {names}.")
    for name, value in given.items():
        if wanted := malformed(asked[name], value):
            raise UserError(f"{value!r} is no answer to {name}: nothing was noted.", f"{wanted}.")
    known = {**room.progress.get(exercise.id).answers, **given}
    room.progress.update(exercise.id, answers=known)
    verdicts.show(app, room.judge_answers(exercise, list(given)))
    left = [name for name in asked if name not in known]
    app.terminal.say(f"Noted. Still to answer: {', '.join(left)}." if left else "Noted, that is all of them.")
    app.terminal.say("Check it: shopfast-obs workshop check")


@click.command("check")
@click.argument("exercise_id", required=False)
@options.target
@options.output("text", "json")
@pass_app
@needs("workshop")
def check(app: App, exercise_id: str | None, output_format: str) -> None:
    """Judge the exercise by the traffic that is there, and by more where that is too little. Exit 0 passed, 1 not yet,
    2 the check could not be made.

    \b
    Example:
      shopfast-obs workshop check 06-fix-it
    """
    from shopfast_obs.cli.classroom.learner import Classroom

    room = Classroom(app)
    exercise = room.begun(exercise_id)
    verdict = room.judge(exercise)
    if output_format == "json":
        results = [verdicts.as_mapping(result) for result in verdict.results]
        app.terminal.json({"exercise": exercise.id, "passed": verdict.passed, "results": results})
    else:
        verdicts.show(app, verdict)
        verdicts.conclude(app, exercise, verdict, room.following(exercise))
    app.exit(verdicts.exit_code(verdict))


@click.command("watch")
@click.argument("exercise_id", required=False)
@click.option(
    "--for", "seconds", default=600.0, show_default=True, type=click.FloatRange(0), help="How long (seconds)."
)
@options.target
@pass_app
@needs("workshop")
def watch(app: App, exercise_id: str | None, seconds: float) -> None:
    """Look every two seconds, and say what changed, until the exercise is passed. Sends nothing: shop beside it.

    \b
    Example:
      shopfast-obs workshop watch --for 120
    """
    from shopfast_obs.cli.classroom.learner import Classroom

    room = Classroom(app)
    exercise = room.begun(exercise_id)
    ends, said = time.monotonic() + seconds, set[str]()
    while True:
        verdict = room.judge(exercise, traffic=False)
        fresh = [line for line in verdicts.lines(verdict) if line not in said]
        said = set(verdicts.lines(verdict))
        for line in fresh:
            app.terminal.out(f"{time.strftime('%H:%M:%S')}{line}")
        if verdict.passed or time.monotonic() >= ends:
            break
        time.sleep(min(EVERY, max(0.0, ends - time.monotonic())))
    verdicts.conclude(app, exercise, verdict, room.following(exercise))
    app.exit(verdicts.exit_code(verdict))


@click.command("hint")
@click.argument("exercise_id", required=False)
@pass_app
def hint(app: App, exercise_id: str | None) -> None:
    """The next hint for where you are, which is the first check that does not pass: where to look, what to look for,
    the command.

    \b
    Example:
      shopfast-obs workshop hint
    """
    from shopfast_obs.cli.classroom.learner import Classroom
    from shopfast_obs.workshop.hints import following, state

    room = Classroom(app)
    exercise = room.begun(exercise_id)
    attempt = room.progress.get(exercise.id)
    given = attempt.hinted.get(state(exercise, attempt.open), 0)
    found = following(exercise, attempt.open, given)
    hinted = {**attempt.hinted, found.state: found.number}
    room.progress.update(exercise.id, hints=attempt.hints + (found.number > given), hinted=hinted)
    app.terminal.out(f"{exercise.id}, {found.state}, hint {found.number} of {found.of}: {found.text}")


@click.command("solve")
@click.argument("exercise_id", required=False)
@options.target
@pass_app
@needs("workshop")
def solve(app: App, exercise_id: str | None) -> None:
    """Do what the solution does, one step after the other, and judge it. It counts as solved for you.

    \b
    Example:
      shopfast-obs workshop solve 02-make-it-visible
    """
    from shopfast_obs.cli.classroom.learner import Classroom

    room = Classroom(app)
    exercise = room.begun(exercise_id)
    room.solve(exercise)
    verdict = room.judge(exercise, solved=True)
    verdicts.show(app, verdict)
    verdicts.conclude(app, exercise, verdict, room.following(exercise))
    app.exit(verdicts.exit_code(verdict))


@click.command("reset")
@click.argument("exercise_id", required=False)
@options.target
@pass_app
@needs("workshop")
def reset(app: App, exercise_id: str | None) -> None:
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


@click.command("goto")
@click.argument("exercise_id", metavar="ID")
@options.target
@pass_app
@needs("workshop")
def goto(app: App, exercise_id: str) -> None:
    """Bring this seat to the state before an exercise, wherever it is: for who comes late, or is lost. What you edited
    by hand in files that are taken back is kept, and named.

    \b
    Example:
      shopfast-obs workshop goto 04
    """
    from shopfast_obs.cli.classroom.learner import Classroom

    room = Classroom(app)
    exercise = room.named(exercise_id)
    began = time.monotonic()
    room.go_to(exercise)
    took = time.monotonic() - began
    app.terminal.say(
        f"This seat is before {exercise.id} ({took:.0f} s). Next: shopfast-obs workshop start {exercise.id}"
    )


def _read_out(app: App, exercise: Exercise) -> None:
    app.terminal.heading(f"{exercise.title}  (about {exercise.minutes} minutes)")
    for section in exercise.sections:
        if section.heading in READ:
            app.terminal.out(f"## {section.heading}\n{section.text.rstrip()}\n")


READ = ("Symptom", "Impact", "Signals", "Diagnosis", "Verify")  # what does not give the answer away


def _pair(text: str) -> tuple[str, str]:
    name, _, value = (part.strip() for part in text.partition("="))
    if not name or not value:
        raise UserError(f"{text!r} is not NAME=VALUE.", "As in: shopfast-obs workshop answer scarce=memory")
    return name, value


COMMANDS = (start, show, check, watch, answer, hint, solve, reset, goto)
