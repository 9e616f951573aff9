"""Judges exercises by behaviour: proven broken at the start, passed only when every check passes."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence

from shopfast_obs.errors import ShopfastObsError, UserError
from shopfast_obs.model.records import record
from shopfast_obs.workshop.checks import primitives
from shopfast_obs.workshop.exercise import CheckSpec, Exercise
from shopfast_obs.workshop.interface import (
    CannotTellError,
    CheckContext,
    CheckFailed,
    NotYet,
    Passed,
    Result,
    TooLittleError,
)

SETTLE = 5.0  # seconds that telemetry and asynchronous work may need to arrive
AGAIN = 1.0  # seconds between two looks
SHORT = "short"  # measured of a check that there was too little traffic for

Send = Callable[[], None]


@record
class Verdict:
    """The results of one look at an exercise, those of its guards last."""

    exercise: str
    results: tuple[Result, ...]

    @property
    def passed(self) -> bool:
        """True when every check passed."""
        return all(isinstance(result, Passed) for result in self.results)

    @property
    def broken_check(self) -> bool:
        """True when a check could not be made: nothing can be said about the exercise."""
        return any(isinstance(result, CheckFailed) for result in self.results)

    @property
    def open(self) -> tuple[str, ...]:
        """The checks that did not pass, in their order; the first one is the state that the learner is in."""
        return tuple(result.check for result in self.results if not isinstance(result, Passed))


class Engine:
    """Looks at exercises through a world. `send` sends the exercise's traffic, and is asked once, where there is too
    little to judge. `wait` is given seconds; tests give one that does not wait."""

    def __init__(
        self, world: CheckContext, wait: Callable[[float], None] = time.sleep, *, send: Send | None = None
    ) -> None:
        self._world, self._send, self._wait = world, send, wait

    def check(self, exercise: Exercise, only: Collection[str] = (), settle: float = SETTLE) -> Verdict:
        """Judge the checks and guards of the exercise by the traffic that is there. What is not there yet is looked at
        again until telemetry has settled."""
        specs = [spec for spec in exercise.judged if not only or spec.id in only]
        results = {spec.id: self._judge(spec) for spec in specs}
        if self._send is not None and any(_short(result) for result in results.values()):
            self._send()
            results = {spec.id: self._judge(spec) for spec in specs}
        waited = 0.0
        while waited < settle and (open_ := self._worth_another_look(specs, results)):
            self._wait(AGAIN)
            waited += AGAIN
            results.update({spec.id: self._judge(spec) for spec in open_})
        return Verdict(exercise.id, tuple(results[spec.id] for spec in specs))

    def prove_broken(self, exercise: Exercise) -> Verdict:
        """Judge the checks that must fail at the start; raises UserError when one passes or cannot be made."""
        verdict = self.check(exercise, exercise.proves_broken, settle=0)
        for result in verdict.results:
            if isinstance(result, CheckFailed):
                raise UserError(
                    f"{exercise.id} cannot start, its check {result.check!r} could not be made: {result.reason}.",
                    "See what is deployed: shopfast-obs status",
                )
            if isinstance(result, Passed):
                raise UserError(
                    f"{exercise.id} is not broken here: its check {result.check!r} passes already.",
                    f"Go to its beginning: shopfast-obs workshop goto {exercise.id}",
                )
        return verdict

    def _judge(self, spec: CheckSpec) -> Result:
        try:
            right, measured = primitives()[spec.kind].judge(spec, self._world)
        except TooLittleError as short:
            return NotYet(spec.id, f"there is too little traffic to judge: {short}", {SHORT: str(short)})
        except (CannotTellError, ShopfastObsError) as problem:
            return CheckFailed(spec.id, str(problem).removesuffix("."))
        if right:
            return Passed(spec.id, measured)
        return NotYet(spec.id, spec.on_fail.format_map(measured), measured)

    @staticmethod
    def _worth_another_look(specs: Sequence[CheckSpec], results: dict[str, Result]) -> list[CheckSpec]:
        """Checks that telemetry may still turn; asking customers or the learner again would change nothing."""
        return [
            spec for spec in specs if isinstance(results[spec.id], NotYet) and primitives()[spec.kind].schema.settles
        ]


def _short(result: Result) -> bool:
    return isinstance(result, NotYet) and SHORT in result.measured
