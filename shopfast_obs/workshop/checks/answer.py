"""What the learner says, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.workshop.interface import TEXT, CheckContext, CheckSpec, Schema


class Answer:
    """`{name: scarce, question: "...", equals: cpu}`: one of a few words; case and spaces do not matter."""

    kind = "answer"
    schema = Schema(
        required={"name": TEXT, "question": TEXT, "equals": TEXT},
        measures=frozenset({"given", "question", "name"}),
    )

    def judge(self, spec: CheckSpec, world: CheckContext) -> tuple[bool, Mapping[str, Any]]:
        """Right, wrong or not given; the right answer is not told."""
        wanted = spec.parameters
        given = " ".join(world.answers.get(wanted["name"], "").split())
        right = given.lower() == wanted["equals"].lower()
        return right, {"given": given or "nothing", "question": wanted["question"], "name": wanted["name"]}


CHECK = Answer()
