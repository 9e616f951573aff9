"""The questions that an exercise asks, what an answer to them looks like, and their right answers."""

from __future__ import annotations

from collections.abc import Mapping

from shopfast_obs.workshop.checks import answer, fact
from shopfast_obs.workshop.exercise import CheckSpec, Exercise
from shopfast_obs.workshop.interface import CheckContext

ASKING = ("answer", "count", "fact")


def questions(exercise: Exercise) -> Mapping[str, CheckSpec]:
    """The checks that ask the learner, by the name under which the answer is given."""
    return {str(spec.parameters["name"]): spec for spec in exercise.checks if spec.kind in ASKING}


def malformed(spec: CheckSpec, given: str) -> str:
    """What an answer should look like, where this is none; nothing about whether it is right."""
    if spec.kind == "fact" and not fact.NUMERIC.fullmatch(given.strip()):
        return "A number is asked for, such as 12.5"
    if spec.kind == "count" and not given.strip().replace(",", "").isdecimal():
        return "A whole number is asked for, such as 120"
    choices = [choice.lower() for choice in spec.parameters.get("choices", ())]
    if choices and answer.plain(given).lower() not in choices:
        return f"One of these is asked for: {', '.join(choices)}"
    words = answer.plain(str(spec.parameters.get("equals", ""))).split()
    if words[1:] and words[-1].startswith("/"):
        method, _, path = answer.plain(given).partition(" ")
        if not (method.isalpha() and path.startswith("/")):
            return "A method and a path are asked for, such as POST /orders"
    return ""


def right_answer(spec: CheckSpec, world: CheckContext) -> str:
    """What is right; raises CannotTellError while there is no telemetry to say so."""
    if "equals" in spec.parameters:
        return str(spec.parameters["equals"])
    if spec.kind == "count":
        return str(world.expected(spec.parameters["of"]))
    return f"{fact.truth(spec.parameters, world):.2f}"
