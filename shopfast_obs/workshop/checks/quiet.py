"""Whether a function rests while nobody asks for anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.parse.logs.platform import report
from shopfast_obs.workshop.exercise import CheckSpec
from shopfast_obs.workshop.interface import NUMBER, TEXT, CheckContext, Schema, TooLittleError


class Quiet:
    """`{group: LOG_GROUP, seconds: 15, at_most: 0, queue: OUTPUT, after: 3}`: in so many seconds without a request the
    function runs at most so often, and the queue of that output is empty; before that it ran so often."""

    kind = "quiet"
    schema = Schema(
        required={"group": TEXT, "seconds": NUMBER, "at_most": NUMBER, "queue": TEXT, "after": NUMBER},
        measures=frozenset({"invocations", "seconds", "waiting"}),
        asks=True,
    )

    def judge(self, spec: CheckSpec, world: CheckContext) -> tuple[bool, Mapping[str, Any]]:
        """An application that nobody used since it changed has nothing to come to rest from."""
        wanted = spec.parameters
        ran = self._invocations(wanted["group"], world, world.window.start, world.window.end)
        if ran < wanted["after"]:
            raise TooLittleError(f"{wanted['group']} has {ran} invocations, {wanted['after']} are needed")
        rest = world.quiet(wanted["seconds"])
        invocations = self._invocations(wanted["group"], world, rest.start, rest.end)
        waiting = world.depth(wanted["queue"])
        measured = {"invocations": invocations, "seconds": wanted["seconds"], "waiting": waiting}
        return invocations <= wanted["at_most"] and not waiting, measured

    @staticmethod
    def _invocations(group: str, world: CheckContext, start: float, end: float) -> int:
        events = world.cloud.events(group, world.window)
        return sum(start <= event.timestamp < end for event in events if report(event.message, event))


CHECK = Quiet()
