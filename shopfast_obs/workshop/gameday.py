"""A game day: a fault that nobody knows, the times of those who look for it, and the post-mortem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from shopfast_obs.model.records import record
from shopfast_obs.workshop.course_report import plain
from shopfast_obs.workshop.exercise import Exercise

MOMENTS = ("began", "detected", "diagnosed", "fixed")


@record
class Round:
    """One fault of a game day: when it began, was detected, diagnosed and fixed (epoch seconds), and by what words."""

    exercise: str
    began: float
    detected: float | None = None
    diagnosed: float | None = None
    fixed: float | None = None
    noticed: str = ""
    cause: str = ""

    @property
    def over(self) -> bool:
        """True when it is fixed."""
        return self.fixed is not None

    def seconds(self, moment: str) -> float | None:
        """How long after its beginning that was."""
        at = getattr(self, moment)
        return None if at is None else round(at - self.began, 1)


def read(found: Any) -> list[Round]:  # noqa: ANN401 - what a file holds
    """The rounds that a progress file holds; none where it holds something else."""
    try:
        return [Round(**one) for one in found or ()]
    except TypeError:
        return []


def page(rounds: list[Round], exercises: Mapping[str, Exercise]) -> str:
    """The post-mortem as Markdown; times are UTC. A fault that is not fixed is not named."""
    return "\n".join(_page(rounds, exercises)) + "\n"


def _page(rounds: list[Round], exercises: Mapping[str, Exercise]) -> Iterator[str]:
    yield "# Post-mortem of a game day"
    for number, one in enumerate(rounds, start=1):
        exercise = exercises.get(one.exercise) if one.over else None
        yield from ("", f"## Fault {number}: {exercise.title if exercise else 'not fixed yet'}", "")
        if exercise:
            sections = {section.heading: " ".join(section.text.split()) for section in exercise.sections}
            yield from (f"What customers saw: {sections['Symptom']}", "", f"Impact: {sections['Impact']}", "")
        yield from ("| time (UTC) | after | what |", "|---|---|---|")
        for moment, said in zip(MOMENTS, ("the fault began", one.noticed, one.cause, "fixed"), strict=True):
            if (at := getattr(one, moment)) is not None:
                clock = datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S")
                yield f"| {clock} | {one.seconds(moment):g} s | {moment}: {plain(said)} |"
        if exercise:
            yield from ("", "Cause and lesson: " + " ".join(exercise.why.split()), "", "To do:", "")
            yield from ("- an alarm that would have told before a customer did:", f"- {sections['After']}")
