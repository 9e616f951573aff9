"""What a seat tells of itself, and what many seats on one machine take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from shopfast_obs.model.records import record
from shopfast_obs.workshop.exercise import Exercise
from shopfast_obs.workshop.progress import Progress

FIRST_PORT, APART = 4566, 1
SEAT_MB = 700  # of a seat with its four functions: docs/guides/facilitator.md says how it was measured
LONGEST = 80  # characters of what a seat says


@record
class Seat:
    """The progress of one seat."""

    name: str
    exercise: str
    state: str
    passed: int
    hints: int


@record
class Place:
    """Where one of many seats on a machine has its cloud."""

    number: int
    port: int
    command: str


def plan(seats: int) -> list[Place]:
    """A port for each seat, and the command that takes it."""
    ports = [FIRST_PORT + APART * number for number in range(seats)]
    return [Place(n, port, f"shopfast-obs cloud start --port {port}") for n, port in enumerate(ports, start=1)]


def memory(seats: int) -> int:
    """Megabytes that so many seats take."""
    return seats * SEAT_MB


def told(progress: Progress, exercises: Sequence[Exercise]) -> Seat:
    """What this seat tells."""
    attempts = [(exercise.id, progress.get(exercise.id)) for exercise in exercises]
    begun = [(attempt.started or 0.0, name, attempt) for name, attempt in attempts if attempt.started]
    last = max(begun, key=lambda one: one[:2], default=None)
    return Seat(
        str(progress.seat.get("name") or "a seat"),
        last[1] if last else "-",
        last[2].state if last else "open",
        sum(bool(attempt.passed) for _, attempt in attempts),
        sum(attempt.hints for _, attempt in attempts),
    )


def received(said: Any) -> Seat | None:  # noqa: ANN401 - what came over the network
    """The seat that a message tells of, bounded; None for a message that is none."""
    if not isinstance(said, dict) or set(said) != {"name", "exercise", "state", "passed", "hints"}:
        return None
    texts, numbers = ("name", "exercise", "state"), ("passed", "hints")
    if not all(isinstance(said[key], str) for key in texts) or not all(type(said[key]) is int for key in numbers):
        return None
    name, exercise, state = (_short(said[key]) for key in texts)
    return Seat(name, exercise, state, said["passed"], said["hints"])


def ordered(seats: Iterable[Seat]) -> tuple[Seat, ...]:
    """The seats by name."""
    return tuple(sorted(seats, key=lambda seat: seat.name))


def _short(text: str) -> str:
    return "".join(char for char in text if char.isprintable())[:LONGEST]
