"""The exercise that a learner is at, as the live page shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shopfast_obs.console.interface import CheckView, ExerciseView

if TYPE_CHECKING:
    from shopfast_obs.cli.app import App
    from shopfast_obs.cli.classroom.learner import Classroom
    from shopfast_obs.workshop.exercise import CheckSpec, Exercise
    from shopfast_obs.workshop.interface import Result

ASKS = "It sends requests of its own: shopfast-obs workshop check"


def current(app: App) -> ExerciseView | None:
    """The exercise that was started last, with what its checks say now; None before the first, and where the project
    has none."""
    from shopfast_obs.cli.classroom.learner import Classroom

    room = Classroom(app)
    begun = [one for one in room.exercises if room.progress.get(one.id).started]
    if not begun:
        return None
    exercise = max(begun, key=lambda one: room.progress.get(one.id).started or 0.0)
    return _view(room, exercise)


def _view(room: Classroom, exercise: Exercise) -> ExerciseView:
    attempt = room.progress.get(exercise.id)
    results = {result.check: result for result in (() if attempt.passed else room.glance(exercise).results)}
    return ExerciseView(
        id=exercise.id,
        title=exercise.title,
        minutes=exercise.minutes,
        state=attempt.state,
        started=attempt.started or 0.0,
        passed=attempt.passed,
        checks=tuple(_check(spec, results.get(spec.id)) for spec in exercise.judged),
        hint=_hint(exercise, [name for name, result in results.items() if _state(result) != "passed"], attempt.hinted),
    )


def _check(spec: CheckSpec, result: Result | None) -> CheckView:
    if result is None:
        return CheckView(spec.id, "asks", ASKS)
    told = getattr(result, "message", "") or getattr(result, "reason", "")
    return CheckView(spec.id, _state(result), told)


def _state(result: Result) -> str:
    from shopfast_obs.workshop.interface import NotYet, Passed

    return "passed" if isinstance(result, Passed) else "not yet" if isinstance(result, NotYet) else "unknown"


def _hint(exercise: Exercise, open_: list[str], hinted: dict[str, int]) -> str:
    """The last hint that the learner took for the state that the checks are in; empty where none was taken."""
    from shopfast_obs.workshop.hints import state

    where = state(exercise, open_)
    taken = hinted.get(where, 0)
    return exercise.hints[where][min(taken, len(exercise.hints[where])) - 1].strip() if taken else ""
