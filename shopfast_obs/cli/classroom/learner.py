"""One learner at one project: exercises, progress, and the commands of a solution."""

from __future__ import annotations

import shlex
import time
from functools import cached_property

import click

from shopfast_obs.changes.engine import history, undo
from shopfast_obs.cli.app import App
from shopfast_obs.cli.classroom.deployed import LiveCheckContext
from shopfast_obs.cloud.clock import ahead
from shopfast_obs.errors import ChangedSinceError, UserError
from shopfast_obs.workshop.engine import SETTLE, Engine, Verdict
from shopfast_obs.workshop.files import read
from shopfast_obs.workshop.interface import Exercise
from shopfast_obs.workshop.progress import Attempt, Progress
from shopfast_obs.workshop.questions import questions, right_answer

SETTLE_AWS = 60.0  # seconds: X-Ray shows a trace within half a minute, an alarm changes within a minute
OPEN, BEGUN = ("open",), ("started", "passed", "solved for you")


class Classroom:
    """The workshop of the project that a command works on."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.progress = Progress(app.settings.state_dir / "workshop" / "progress.json")

    @cached_property
    def exercises(self) -> tuple[Exercise, ...]:
        """All exercises, in their order."""
        return read(self._app.settings.path(self._app.settings.runbooks))[0]

    def next_open(self, exercise_id: str | None) -> Exercise:
        """The named exercise, or the first that was not begun."""
        if exercise_id is not None:
            return self._named(exercise_id)
        for exercise in self.exercises:
            if self.progress.get(exercise.id).state in OPEN:
                return exercise
        raise UserError("Every exercise was begun already.", "See: shopfast-obs workshop list")

    def begun(self, exercise_id: str | None) -> Exercise:
        """The named exercise, or the one that was started last; raises UserError when it was not started."""
        if exercise_id is not None:
            exercise = self._named(exercise_id)
            if self.progress.get(exercise.id).state not in BEGUN:
                raise UserError(f"{exercise.id} was not started.", f"Run: shopfast-obs workshop start {exercise.id}")
            return exercise
        begun = [exercise for exercise in self.exercises if self.progress.get(exercise.id).state in BEGUN]
        if not begun:
            raise UserError("No exercise was started.", "Run: shopfast-obs workshop start")
        return max(begun, key=lambda exercise: self.progress.get(exercise.id).started or 0.0)

    def start(self, exercise: Exercise) -> Verdict:
        """Send the exercise's traffic, prove that it is broken, and remember its beginning."""
        journal = max((int(entry.id) for entry in history(self._app.settings.state_dir)), default=0)
        attempt = Attempt(started=time.time(), ahead=ahead(self._app.target()), journal=journal)
        world = LiveCheckContext(self._app, attempt)
        self._send(world, exercise)
        verdict = Engine(world).prove_broken(exercise)
        self.progress.put(exercise.id, attempt)
        return verdict

    def judge(self, exercise: Exercise, *, solved: bool = False) -> Verdict:
        """Send the exercise's traffic, judge it, and remember the outcome."""
        attempt = self.progress.get(exercise.id)
        world = LiveCheckContext(self._app, attempt)
        self._send(world, exercise)
        verdict = Engine(world).check(exercise, settle=SETTLE if self._app.target_name == "local" else SETTLE_AWS)
        self.progress.update(
            exercise.id,
            checks=attempt.checks + 1,
            passed=time.time() if verdict.passed else None,
            solved=verdict.passed and (solved or attempt.solved),
        )
        return verdict

    def answer_truthfully(self, exercise: Exercise) -> None:
        """Give the right answers to all questions, and say them."""
        attempt = self.progress.get(exercise.id)
        world = LiveCheckContext(self._app, attempt)
        answers = {name: right_answer(spec, world) for name, spec in questions(exercise).items()}
        for name, spec in questions(exercise).items():
            self._app.terminal.say(f"{spec.parameters['question']} {answers[name]}")
        self.progress.update(exercise.id, answers={**attempt.answers, **answers})

    def run(self, line: str) -> int:
        """The exit code of one of our own commands, on the same target."""
        words = shlex.split(line)
        if self._app.target_name != "local":
            words = [word for word in words if word != "--hurry"]  # the minutes of AWS take a minute
        command = click.get_current_context().find_root().command
        try:
            command.main(args=words, obj=self._app)
        except SystemExit as leave:
            return leave.code if isinstance(leave.code, int) else int(bool(leave.code))
        return 0

    def take_back(self, exercise: Exercise) -> None:
        """Undo every change since the exercise began; it, and what was started after it, are open again."""
        settings, attempt = self._app.settings, self.progress.get(exercise.id)
        since = [entry for entry in history(settings.state_dir) if int(entry.id) > attempt.journal]
        for entry in reversed([entry for entry in since if entry.undone is None]):
            try:
                undo(settings.root, settings.state_dir, entry.id)
            except ChangedSinceError as problem:
                raise ChangedSinceError(
                    problem.message, "Take your own edit of that file back first (git diff shows it), then reset again."
                ) from None
            self._app.terminal.say(f"Took back {entry.id} ({entry.plan.command}).")
        for other in self.exercises:
            if (self.progress.get(other.id).started or 0.0) >= (attempt.started or 0.0):
                self.progress.put(other.id, Attempt())

    def _send(self, world: LiveCheckContext, exercise: Exercise) -> None:
        _ = world.outputs  # nothing is sent, and nothing promised, where nothing is deployed
        spec = exercise.traffic
        self._app.terminal.say(f"{exercise.id}: sending {spec.scenario} traffic for {spec.seconds:g} s.")
        world.send(spec)

    def _named(self, exercise_id: str) -> Exercise:
        """The exercise with that id, or the only one whose id begins so."""
        fitting = [exercise for exercise in self.exercises if exercise.id.startswith(exercise_id)]
        for exercise in fitting:
            if exercise.id == exercise_id or len(fitting) == 1:
                return exercise
        names = ", ".join(exercise.id for exercise in self.exercises) or "none"
        raise UserError(f"There is no exercise {exercise_id!r}.", f"There are: {names}.")
