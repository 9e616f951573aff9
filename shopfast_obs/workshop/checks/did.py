"""What the learner did with the workshop itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.workshop.exercise import CheckSpec
from shopfast_obs.workshop.interface import TEXT, CheckContext, Schema


class Did:
    """`{what: verified}`: done since the exercise began, as the last thing of its kind."""

    kind = "did"
    schema = Schema(required={"what": TEXT}, measures=frozenset({"what", "done"}))

    def judge(self, spec: CheckSpec, world: CheckContext) -> tuple[bool, Mapping[str, Any]]:
        """What was done before the exercise began does not count."""
        what = spec.parameters["what"]
        done = world.done.get(what, 0.0) >= world.since_start.start
        return done, {"what": what, "done": "yes" if done else "no"}


CHECK = Did()
