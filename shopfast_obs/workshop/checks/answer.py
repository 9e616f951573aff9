"""What the learner says, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.workshop.exercise import CheckSpec
from shopfast_obs.workshop.interface import TEXT, TEXTS, CheckContext, Schema


class Answer:
    """`{name: scarce, question: "...", equals: cpu, choices: [cpu, memory]}`: one of a few words; case, spaces and a
    slash at the end do not matter."""

    kind = "answer"
    schema = Schema(
        required={"name": TEXT, "question": TEXT, "equals": TEXT},
        optional={"choices": TEXTS},
        measures=frozenset({"given", "question", "name"}),
    )

    def judge(self, spec: CheckSpec, world: CheckContext) -> tuple[bool, Mapping[str, Any]]:
        """Right, wrong or not given; the right answer is not told."""
        wanted = spec.parameters
        given = plain(world.answers.get(wanted["name"], ""))
        right = given.lower() == plain(wanted["equals"]).lower()
        return right, {"given": given or "nothing", "question": wanted["question"], "name": wanted["name"]}


def plain(text: str) -> str:
    """The answer without what does not matter."""
    words = " ".join(text.split())
    return words.rstrip("/") if len(words.rsplit(" ", 1)[-1]) > 1 else words


CHECK = Answer()
