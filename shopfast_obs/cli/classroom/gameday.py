"""`workshop gameday`: unknown faults, and the times of those who look for them."""

from __future__ import annotations

import copy
import io
import random
import time
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, needs, pass_app
from shopfast_obs.cli.classroom import verdicts
from shopfast_obs.errors import UserError

if TYPE_CHECKING:
    from shopfast_obs.cli.classroom.learner import Classroom
    from shopfast_obs.workshop.gameday import Round


@click.group("gameday")
def gameday() -> None:
    """A fault that nobody knows: notice it, find its cause, fix it. Your times make the post-mortem.

    \b
    Examples:
      shopfast-obs workshop gameday start
      shopfast-obs workshop gameday detected "orders stay PLACED"
      shopfast-obs workshop gameday report
    """


@gameday.command("start")
@click.option("--seed", type=int, help="The same seed draws the same fault.")
@options.target
@pass_app
@needs("workshop")
def start(app: App, seed: int | None) -> None:
    """Draw a fault, plant and deploy it, and start the clock. What it is, is not said.

    \b
    Example:
      shopfast-obs workshop gameday start
    """
    from shopfast_obs.workshop.gameday import Round

    room, rounds = _rounds(app)
    if rounds and not rounds[-1].over:
        raise UserError("A fault is at work already.", "When it is fixed: shopfast-obs workshop gameday check")
    faults = [exercise for exercise in room.exercises if exercise.plant]
    before = [one.exercise for one in rounds]
    fresh = [exercise for exercise in faults if exercise.id not in before] or faults
    drawn = random.Random(seed).choice(fresh)  # noqa: S311 - no secret
    app.terminal.say("Planting a fault and looking whether it shows. That takes up to a minute.")
    _silent(app).start(drawn)
    _keep(room, [*rounds, Round(drawn.id, time.time())])
    app.terminal.out("A fault is at work. Somebody will call. The clock runs.")
    app.terminal.say('When you notice it: shopfast-obs workshop gameday detected "what customers see"')


@gameday.command("detected")
@click.argument("words")
@pass_app
def detected(app: App, words: str) -> None:
    """You noticed it: what customers see, in your words.

    \b
    Example:
      shopfast-obs workshop gameday detected "orders stay PLACED"
    """
    _moment(app, "detected", "noticed", words)
    app.terminal.say('When you know why: shopfast-obs workshop gameday diagnosed "the cause"')


@gameday.command("diagnosed")
@click.argument("words")
@pass_app
def diagnosed(app: App, words: str) -> None:
    """You know why: the cause, in your words.

    \b
    Example:
      shopfast-obs workshop gameday diagnosed "the rule's pattern matches nothing"
    """
    _moment(app, "diagnosed", "cause", words)
    app.terminal.say("When it is fixed: shopfast-obs workshop gameday check")


@gameday.command("check")
@options.target
@pass_app
@needs("workshop")
def check(app: App) -> None:
    """Judge whether it is fixed. Exit 0 fixed, 1 not yet, 2 the check could not be made.

    \b
    Example:
      shopfast-obs workshop gameday check
    """
    room, rounds = _rounds(app)
    one = _running(rounds)
    exercise = room.named(one.exercise)
    verdict = _silent(app).judge(exercise)
    if verdict.passed:
        fixed = replace(one, fixed=time.time())
        _keep(room, [*rounds[:-1], fixed])
        app.terminal.out(f"Fixed after {fixed.seconds('fixed'):g} s. It was: {exercise.title} ({exercise.id}).")
        app.terminal.say("Next: shopfast-obs workshop gameday report")
    else:
        said = "a check could not be made" if verdict.broken_check else "customers still see it"
        app.terminal.out(f"Not fixed: {said}, after {time.time() - one.began:.0f} s.")
    app.exit(verdicts.exit_code(verdict))


@gameday.command("report")
@options.output("text", "json")
@pass_app
def report(app: App, output_format: str) -> None:
    """The post-mortem with your own times, as Markdown.

    \b
    Example:
      shopfast-obs workshop gameday report > post-mortem.md
    """
    from shopfast_obs.workshop.gameday import MOMENTS, page

    room, rounds = _rounds(app)
    if not rounds:
        raise UserError("There was no game day yet.", "Run: shopfast-obs workshop gameday start")
    if output_format == "json":
        times = [{moment: one.seconds(moment) for moment in MOMENTS[1:]} for one in rounds]
        known = [{**asdict(one), "exercise": one.exercise if one.over else ""} for one in rounds]
        app.terminal.json([{**one, "seconds": taken} for one, taken in zip(known, times, strict=True)])
    else:
        app.terminal.raw(page(rounds, {exercise.id: exercise for exercise in room.exercises}))


def _moment(app: App, moment: str, words_of: str, words: str) -> None:
    room, rounds = _rounds(app)
    one = _running(rounds)
    changes: dict[str, Any] = {moment: getattr(one, moment) or time.time(), words_of: words}
    said = replace(one, **changes)
    _keep(room, [*rounds[:-1], said])
    app.terminal.out(f"{moment} after {said.seconds(moment):g} s.")


def _running(rounds: list[Round]) -> Round:
    if not rounds or rounds[-1].over:
        raise UserError("No fault is at work.", "Run: shopfast-obs workshop gameday start")
    return rounds[-1]


def _rounds(app: App) -> tuple[Classroom, list[Round]]:
    from shopfast_obs.cli.classroom.learner import Classroom
    from shopfast_obs.workshop import gameday as game

    room = Classroom(app)
    return room, game.read(room.progress.seat.get("gameday"))


def _keep(room: Classroom, rounds: list[Round]) -> None:
    room.progress.note(gameday=[asdict(one) for one in rounds])


def _silent(app: App) -> Classroom:
    """The classroom whose talk nobody hears: it would name the exercise."""
    from shopfast_obs.cli.classroom.learner import Classroom
    from shopfast_obs.cli.output.terminal import Terminal

    deaf = copy.copy(app)
    deaf.terminal = Terminal(io.StringIO(), io.StringIO())
    return Classroom(deaf)
