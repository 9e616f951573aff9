"""A number of things that the application has, as the learner counted them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.workshop.exercise import CheckSpec
from shopfast_obs.workshop.interface import TEXT, CheckContext, Schema


class Count:
    """`{name: products, question: "...", of: products}`: exactly as many as the table of that name has."""

    kind = "count"
    schema = Schema(
        required={"name": TEXT, "question": TEXT, "of": TEXT}, measures=frozenset({"given", "question", "name"})
    )

    def judge(self, spec: CheckSpec, world: CheckContext) -> tuple[bool, Mapping[str, Any]]:
        """Right, wrong or not given; the right number is not told."""
        wanted = spec.parameters
        given = world.answers.get(wanted["name"], "").strip()
        right = given.replace(",", "") == str(world.expected(wanted["of"]))
        return right, {"given": given or "nothing", "question": wanted["question"], "name": wanted["name"]}


CHECK = Count()
