"""The exercises of the workshop: what is asked, how it is judged, and the hints; from their files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from docs.generators.markdown import WRITTEN, plain, tree
from shopfast_obs.workshop.exercise import Exercise
from shopfast_obs.workshop.files import read

RUNBOOKS = Path(__file__).parents[2] / "runbooks"


def pages() -> Iterator[tuple[str, str]]:
    """Path below docs/ and text of the page."""
    yield "reference/exercises.md", "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield from ("# Exercises", "", WRITTEN, "")
    yield "`shopfast-obs workshop start` begins one, `workshop check` judges it by what the application does under traffic. `workshop hint` has three hints for each check, and gives those of the first that does not pass."
    for exercise in read(RUNBOOKS)[0]:
        yield from ("", f"## {exercise.id}", "", *_exercise(exercise))
    yield ""
    yield from tree(f"/runbooks/{exercise.id}" for exercise in read(RUNBOOKS)[0])


def _exercise(exercise: Exercise) -> Iterator[str]:
    needs = f" After {', '.join(exercise.needs)}." if exercise.needs else ""
    yield f"{plain(exercise.title)}. {exercise.minutes} minutes, difficulty {exercise.difficulty} of 3.{needs}"
    yield from (
        "",
        f"Traffic: `{exercise.traffic.scenario}`, {exercise.traffic.rps:g} requests a second for {exercise.traffic.seconds:g} s.",
        "",
    )
    yield from ("Judged by:", "")
    for check in exercise.judged:
        question = check.parameters.get("question")
        yield f"- `{check.id}` ({check.kind})" + (f": {plain(str(question))}" if question else "")
    yield from ("", f"[The task](../../runbooks/{exercise.id}.md)")
