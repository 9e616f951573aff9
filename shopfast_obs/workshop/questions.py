"""The questions that an exercise asks, and their right answers."""

from __future__ import annotations

from collections.abc import Mapping

from shopfast_obs.workshop.checks import fact
from shopfast_obs.workshop.interface import CheckContext, CheckSpec, Exercise

ASKING = ("answer", "fact")


def questions(exercise: Exercise) -> Mapping[str, CheckSpec]:
    """The checks that ask the learner, by the name under which the answer is given."""
    return {str(spec.parameters["name"]): spec for spec in exercise.checks if spec.kind in ASKING}


def right_answer(spec: CheckSpec, world: CheckContext) -> str:
    """What is right; raises CannotTellError while there is no telemetry to say so."""
    if "equals" in spec.parameters:
        return str(spec.parameters["equals"])
    return f"{fact.truth(spec.parameters, world):.2f}"
