"""The page of a learner's way: when each exercise began and was passed, with how much help."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from shopfast_obs.model.records import record
from shopfast_obs.workshop.exercise import Exercise
from shopfast_obs.workshop.progress import Attempt


@record
class Row:
    """One exercise of the page; times are epoch seconds, `minutes` how long it took beside how long it was meant to."""

    exercise: str
    title: str
    state: str
    began: float | None
    passed: float | None
    minutes: float | None
    planned: float
    hints: int
    checks: int
    open: tuple[str, ...]
    answers: Mapping[str, str]


def rows(exercises: Sequence[Exercise], attempts: Mapping[str, Attempt]) -> list[Row]:
    """The exercises that were begun, in their order."""
    found = []
    for exercise in exercises:
        one = attempts[exercise.id]
        if one.started is None:
            continue
        took = round((one.passed - one.started) / 60, 1) if one.passed else None
        open_ = () if one.passed else tuple(one.open)
        found.append(
            Row(
                exercise.id, exercise.title, one.state, one.started, one.passed, took, exercise.minutes, one.hints,
                one.checks, open_, one.answers,
            )
        )  # fmt: skip
    return found


def page(found: Sequence[Row], seat: str) -> str:
    """The page as Markdown; times are UTC."""
    return "\n".join(_page(found, seat)) + "\n"


def _page(found: Sequence[Row], seat: str) -> Iterator[str]:
    yield f"# {plain(seat)}'s workshop" if seat else "# The workshop"
    passed = [row for row in found if row.passed]
    own = sum(row.state == "passed" for row in found)
    took = sum(row.minutes or 0.0 for row in found)
    yield ""
    yield (
        f"{len(passed)} of {len(found)} exercises that were begun are passed, {own} of them without the solution, "
        f"in {took:.0f} minutes; {sum(row.hints for row in found)} hints."
    )
    yield ""
    yield "| exercise | began | passed | minutes | planned | hints | checks | state |"
    yield "|---|---|---|---|---|---|---|---|"
    for row in found:
        minutes = "-" if row.minutes is None else f"{row.minutes:g}"
        yield (
            f"| {row.exercise} | {_time(row.began)} | {_time(row.passed)} | {minutes} | {row.planned:g} | {row.hints} "
            f"| {row.checks} | {row.state} |"
        )
    for row in found:
        if row.answers or row.open:
            yield from ("", f"## {row.title}", "")
            yield from (f"- {name}: {plain(value)}" for name, value in row.answers.items())
            yield from (f"- still open: {check}" for check in row.open)


def _time(moment: float | None) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%H:%M:%S") if moment else "-"


def plain(text: str) -> str:
    """What a learner typed, as text in a Markdown page: one line, and no mark-up."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>|#" else char for char in " ".join(text.split()))[:200]
