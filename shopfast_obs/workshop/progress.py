"""The learner's progress: one readable JSON file, with times."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from shopfast_obs import confine
from shopfast_obs.changes import files
from shopfast_obs.errors import UserError


@dataclass(frozen=True, slots=True)
class Attempt:
    """One exercise of one learner. Times are epoch seconds, `ahead` what the cloud's clock was ahead of them at the
    start; `journal` is the number of the last change recorded before it and its fault."""

    started: float | None = None
    ahead: float = 0.0
    passed: float | None = None
    solved: bool = False  # passed with the solution, not by the learner
    hints: int = 0
    checks: int = 0
    journal: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    hinted: dict[str, int] = field(default_factory=dict)  # hints given of each state
    open: list[str] = field(default_factory=list)  # checks that the last look left open
    variant: str = ""  # which form of the fault this seat has

    @property
    def state(self) -> str:
        """A word for the list."""
        if self.passed:
            return "solved for you" if self.solved else "passed"
        return "started" if self.started else "open"


SEAT = "_seat"


class Progress:
    """All attempts, in the file at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def seat(self) -> dict[str, Any]:
        """What belongs to the seat and to no exercise: its name, whom it tells, when it reported and verified."""
        found = self._all().get(SEAT, {})
        return found if isinstance(found, dict) else {}

    def note(self, **facts: Any) -> None:  # noqa: ANN401 - any JSON value
        """Remember something of the seat."""
        self._write({**self._all(), SEAT: {**self.seat, **facts}})

    def get(self, exercise: str) -> Attempt:
        """The attempt at an exercise, empty when it was never started."""
        try:
            attempt = Attempt(**self._all().get(exercise, {}))
            _typed(attempt)
        except TypeError as problem:
            raise UserError(f"{self._path} cannot be used: {problem}.", "Remove the file to begin anew.") from None
        return attempt

    def put(self, exercise: str, attempt: Attempt) -> None:
        """Remember the attempt."""
        self._write({**self._all(), exercise: asdict(attempt)})

    def _write(self, everything: dict[str, Any]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        path = confine.inside(self._path.parent.parent, f"{self._path.parent.name}/{self._path.name}", "the workshop")
        files.write(path, f"{json.dumps(everything, indent=2)}\n".encode())

    def update(self, exercise: str, **changes: Any) -> Attempt:  # noqa: ANN401 - fields of Attempt
        """Change some fields of the attempt and remember it."""
        attempt = replace(self.get(exercise), **changes)
        self.put(exercise, attempt)
        return attempt

    def _all(self) -> dict[str, Any]:
        try:
            content = json.loads(confine.content(self._path))
        except FileNotFoundError:
            return {}
        except OSError as problem:
            raise UserError(f"{self._path} cannot be read: {problem.strerror}.", "Mend or remove it.") from None
        except (ValueError, RecursionError):
            raise UserError(f"{self._path} is not valid JSON.", "Remove the file to begin anew.") from None
        if not isinstance(content, dict):
            raise UserError(f"{self._path} is not a JSON object.", "Remove the file to begin anew.")
        return content


def _typed(attempt: Attempt) -> None:
    """Raise TypeError for a value that no attempt has: the file may have come with a repository."""
    for name in ("started", "ahead", "passed", "hints", "checks", "journal"):
        value = getattr(attempt, name)
        if not isinstance(value, int | float) and not (value is None and name in ("started", "passed")):
            raise TypeError(f"{name} is {value!r:.80}")
    if not isinstance(attempt.answers, dict) or not isinstance(attempt.hinted, dict):
        raise TypeError("answers are no object")
    if not isinstance(attempt.open, list) or not isinstance(attempt.variant, str):
        raise TypeError("open is no list")
