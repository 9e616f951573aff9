"""One learner at one project: exercises, progress, and the commands of a solution."""

from __future__ import annotations

import random
import shlex
import time
from functools import cached_property
from typing import TYPE_CHECKING

import click

from shopfast_obs.changes import engine as changes
from shopfast_obs.cli.app import App
from shopfast_obs.cli.classroom import recorded_changes, roll_call_server
from shopfast_obs.cli.classroom.deployed import LiveCheckContext
from shopfast_obs.cloud import aws_command
from shopfast_obs.cloud.clock import ahead
from shopfast_obs.errors import ShopfastObsError, UserError
from shopfast_obs.workshop import steps
from shopfast_obs.workshop.engine import SETTLE, Engine, Verdict
from shopfast_obs.workshop.exercise import Call, Command, Exercise, Message, Step
from shopfast_obs.workshop.files import read
from shopfast_obs.workshop.progress import Attempt, Progress
from shopfast_obs.workshop.questions import questions, right_answer
from shopfast_obs.workshop.roll_call import told

if TYPE_CHECKING:
    from collections.abc import Sequence

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
            return self.named(exercise_id)
        for exercise in self.exercises:
            if self.progress.get(exercise.id).state in OPEN:
                return exercise
        raise UserError("Every exercise was begun already.", "See: shopfast-obs workshop list")

    def begun(self, exercise_id: str | None) -> Exercise:
        """The named exercise, or the one that was started last; raises UserError when it was not started."""
        if exercise_id is not None:
            exercise = self.named(exercise_id)
            if self.progress.get(exercise.id).state not in BEGUN:
                raise UserError(f"{exercise.id} was not started.", f"Run: shopfast-obs workshop start {exercise.id}")
            return exercise
        begun = [exercise for exercise in self.exercises if self.progress.get(exercise.id).state in BEGUN]
        if not begun:
            raise UserError("No exercise was started.", "Run: shopfast-obs workshop start")
        return max(begun, key=lambda exercise: self.progress.get(exercise.id).started or 0.0)

    def start(self, exercise: Exercise) -> Verdict:
        """Plant the fault, send the exercise's traffic, prove that it is broken, and remember its beginning."""
        variant = self._drawn(exercise)
        journal = recorded_changes.newest(self._app)
        planted = self._plant(exercise, variant)
        attempt = Attempt(started=time.time(), ahead=ahead(self._app.target()), journal=journal, variant=variant)
        try:
            verdict = self._engine(exercise, attempt).prove_broken(exercise)
        except ShopfastObsError:
            self._call_back([exercise])
            if planted:
                recorded_changes.take_back(self._app, journal, whose_edits="kept")
                self.run("deploy")
            raise
        self.progress.put(exercise.id, attempt)
        self._tell()
        return verdict

    def sit(self, name: str | None, url: str | None) -> None:
        """Remember the name of the seat and whom it tells of its progress, where they are given."""
        if url is not None:
            self.progress.note(to=roll_call_server.address(url))
        if name is not None:
            self.progress.note(name=name)

    def _tell(self) -> None:
        url = self.progress.seat.get("to")
        if isinstance(url, str) and not roll_call_server.tell(url, told(self.progress, self.exercises)):
            self._app.terminal.say(f"The roll-call at {url} does not answer; the exercise goes on without it.")

    def judge(self, exercise: Exercise, *, solved: bool = False, traffic: bool = True) -> Verdict:
        """Judge the exercise by the traffic that is there (and with more, where it is too little), and remember it."""
        attempt = self.progress.get(exercise.id)
        settle = (SETTLE if self._app.target_name == "local" else SETTLE_AWS) if traffic else 0.0
        verdict = self._engine(exercise, attempt, traffic=traffic).check(exercise, settle=settle)
        self.progress.update(
            exercise.id,
            checks=attempt.checks + traffic,
            passed=(attempt.passed or time.time()) if verdict.passed else None,
            solved=verdict.passed and (solved or attempt.solved),
            open=list(verdict.open),
        )
        if traffic:
            self._tell()
        return verdict

    def glance(self, exercise: Exercise) -> Verdict:
        """What the checks that only read say now; nothing is sent, and nothing remembered."""
        from shopfast_obs.workshop.checks import primitives

        quiet = [spec.id for spec in exercise.judged if not primitives()[spec.kind].schema.asks]
        world = self._world(self.progress.get(exercise.id))
        return Engine(world).check(exercise, quiet, settle=0.0) if quiet else Verdict(exercise.id, ())

    def judge_answers(self, exercise: Exercise, names: Sequence[str]) -> Verdict:
        """Judge some questions of the exercise by what is there already."""
        asked = questions(exercise)
        only = [asked[name].id for name in names]
        world = self._world(self.progress.get(exercise.id))
        return Engine(world).check(exercise, only, settle=0.0)

    def solve(self, exercise: Exercise) -> None:
        """Do what the solution does, one step after the other, and answer its questions."""
        self._do(exercise, steps.of(exercise.solve, self.progress.get(exercise.id).variant))
        self._answer_truthfully(exercise)

    def _do(self, exercise: Exercise, what: Sequence[Step]) -> None:
        """File changes that follow each other are one change."""
        files: list[Step] = []
        for step in what:
            if not isinstance(step, Command):
                files.append(step)
                continue
            self._change(f"workshop solve {exercise.id}", files)
            files = []
            self._app.terminal.heading(f"$ shopfast-obs {step.line}")
            if self.run(step.line):
                raise UserError(
                    f"The solution stopped at `shopfast-obs {step.line}`.", "See its message above, then solve again."
                )
        self._change(f"workshop solve {exercise.id}", files)

    def _answer_truthfully(self, exercise: Exercise) -> None:
        attempt = self.progress.get(exercise.id)
        world = self._world(attempt)
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
        attempt = self.progress.get(exercise.id)
        self._call_back([exercise])
        recorded_changes.take_back(self._app, attempt.journal, whose_edits="refused")
        for other in self.exercises:
            if (self.progress.get(other.id).started or 0.0) >= (attempt.started or 0.0):
                self.progress.put(other.id, Attempt())

    def go_to(self, exercise: Exercise) -> None:
        """The state before an exercise: what was done since the first one is taken back, what it builds on is there.
        Hand edits of files that are taken back are kept beside the progress, and said."""
        self._call_back([other for other in self.exercises if self.progress.get(other.id).started])
        begun = [self.progress.get(other.id) for other in self.exercises]
        journals = [attempt.journal for attempt in begun if attempt.started]
        recorded_changes.take_back(self._app, min(journals, default=recorded_changes.newest(self._app)), "kept")
        for other in self.exercises:
            self.progress.put(other.id, Attempt())
        for needed in self._needed(exercise):
            journal = recorded_changes.newest(self._app)
            quick = [s for s in steps.of(needed.solve, "") if not isinstance(s, Command) or s.line in QUICK]
            self._do(needed, quick)
            now = time.time()
            self.progress.put(needed.id, Attempt(started=now, passed=now, solved=True, journal=journal))
        if self.run("deploy"):
            raise UserError("The files are as they should be, but not deployed.", "Run: shopfast-obs deploy")

    def following(self, exercise: Exercise) -> str | None:
        """The exercise after this one that is open, as one types it."""
        after = self.exercises[self.exercises.index(exercise) + 1 :]
        return next((one.id for one in after if self.progress.get(one.id).state in OPEN), None)

    def _needed(self, exercise: Exercise) -> list[Exercise]:
        """What the exercise builds on, the first thing first."""
        found: list[Exercise] = []
        for name in exercise.needs:
            needed = self.named(name)
            found += [one for one in (*self._needed(needed), needed) if one not in found]
        return found

    def _drawn(self, exercise: Exercise) -> str:
        """The form of the fault that this seat gets: always the same one, and not that of every neighbour."""
        seat = self.progress.seat.get("name") or str(self._app.settings.root)
        return random.Random(f"{seat} {exercise.id}").choice(exercise.variants)  # noqa: S311 - no secret

    def _plant(self, exercise: Exercise, variant: str) -> bool:
        """Whether files were changed and deployed for it."""
        wanted = steps.of(exercise.plant, variant)
        if wanted:
            others = [one for one in self.exercises if one.plant and one != exercise]
            recorded_changes.retire(self._app, {one.id for one in others})
            self._call_back([one for one in others if self.progress.get(one.id).started])
        changed = self._change(f"workshop start {exercise.id}", wanted)
        if changed and self.run("deploy"):
            raise UserError(f"{exercise.id} is not deployed.", "See the message above, then start it again.")
        for step in wanted:
            if isinstance(step, Call):
                aws_command.call(step.line, self._app.client)
            elif isinstance(step, Message):
                url = self._world(Attempt()).outputs[step.queue]
                self._app.client("sqs").send_message(QueueUrl=url, MessageBody=step.body)
        return changed

    def _call_back(self, exercises: Sequence[Exercise]) -> None:
        """Take back what the faults of these changed by hand."""
        for step in (step for exercise in exercises for step in exercise.plant if isinstance(step, Call)):
            aws_command.call(step.undo, self._app.client)

    def _change(self, command: str, wanted: Sequence[Step]) -> bool:
        settings = self._app.settings
        plan = steps.plan(command, wanted, lambda path: recorded_changes.content(self._app, path), settings.overlay)
        if plan.changes:
            changes.apply(plan, settings.root, settings.state_dir)
        return bool(plan.changes)

    def _world(self, attempt: Attempt) -> LiveCheckContext:
        return LiveCheckContext(self._app, attempt, self.progress.seat)

    def _engine(self, exercise: Exercise, attempt: Attempt, *, traffic: bool = True) -> Engine:
        world = self._world(attempt)
        _ = world.outputs  # nothing is sent, and nothing promised, where nothing is deployed

        def send() -> None:
            spec = exercise.traffic
            self._app.terminal.say(f"{exercise.id}: sending {spec.scenario} traffic for {spec.seconds:g} s.")
            world.send(spec)

        return Engine(world, send=send if traffic else None)

    def named(self, exercise_id: str) -> Exercise:
        """The exercise with that id, or the only one whose id begins so."""
        fitting = [exercise for exercise in self.exercises if exercise.id.startswith(exercise_id)]
        for exercise in fitting:
            if exercise.id == exercise_id or len(fitting) == 1:
                return exercise
        names = ", ".join(exercise.id for exercise in self.exercises) or "none"
        raise UserError(f"There is no exercise {exercise_id!r}.", f"There are: {names}.")


QUICK = frozenset({"instrument --apply", "alarms apply"})  # commands of a solution that only change files
