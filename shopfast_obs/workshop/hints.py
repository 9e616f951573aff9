"""The hint for the state that a learner is in: the first check that does not pass."""

from __future__ import annotations

from collections.abc import Sequence

from shopfast_obs.model.records import record
from shopfast_obs.workshop.exercise import Exercise


@record
class Hint:
    """One hint: of which state, the how manieth of how many, and its text."""

    state: str
    number: int
    of: int
    text: str


def state(exercise: Exercise, open_: Sequence[str]) -> str:
    """The check that the learner is at, by what the last look left open; the first one before any look. A guard has no
    hints: its message says what is lost."""
    return next((check for check in exercise.hints if check in open_), next(iter(exercise.hints)))


def following(exercise: Exercise, open_: Sequence[str], given: int) -> Hint:
    """The next hint of that state, after so many; the last one stays."""
    where = state(exercise, open_)
    texts = exercise.hints[where]
    number = min(given, len(texts) - 1)
    return Hint(where, number + 1, len(texts), texts[number].strip())
