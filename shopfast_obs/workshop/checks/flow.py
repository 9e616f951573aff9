"""Whether everything that one part sends reaches another, told by the ids in their log lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from shopfast_obs.workshop.exercise import CheckSpec
from shopfast_obs.workshop.interface import NUMBER, TEXT, CannotTellError, CheckContext, Schema, TooLittleError


class Flow:
    """`{sent: GROUP, sent_says: "stored", received: GROUP, received_says: "sent to", id: "ord-[0-9a-f-]+", at_least: 5,
    missing: 0, most: 1}`: of at least so many ids that the one group's lines with those words have, the other's lack at
    most so many, and have none more often than that."""

    kind = "flow"
    schema = Schema(
        required={
            "sent": TEXT, "sent_says": TEXT, "received": TEXT, "received_says": TEXT, "id": TEXT, "at_least": NUMBER,
        },
        optional={"missing": NUMBER, "most": NUMBER},
        measures=frozenset({"sent", "arrived", "missing", "example", "repeated"}),
        settles=True,
    )  # fmt: skip

    def judge(self, spec: CheckSpec, world: CheckContext) -> tuple[bool, Mapping[str, Any]]:
        """None out of none is not a success."""
        wanted = spec.parameters
        try:
            pattern = re.compile(wanted["id"])
        except re.error as problem:
            raise CannotTellError(f"{wanted['id']!r} is no pattern: {problem}") from None
        sent = self._ids(world, wanted["sent"], wanted["sent_says"], pattern)
        if len(sent) < wanted["at_least"]:
            raise TooLittleError(f"{len(sent)} were sent, {wanted['at_least']} are needed")
        arrived = self._ids(world, wanted["received"], wanted["received_says"], pattern)
        lost = [one for one in sent if one not in arrived]
        repeated = sum(count > wanted.get("most", count) for one, count in arrived.items() if one in sent)
        measured = {"sent": len(sent), "arrived": len(sent) - len(lost), "missing": len(lost), "repeated": repeated}
        right = len(lost) <= wanted.get("missing", 0) and not repeated
        return right, {**measured, "example": lost[0] if lost else "none"}

    @staticmethod
    def _ids(world: CheckContext, group: str, words: str, pattern: re.Pattern[str]) -> Counter[str]:
        found: Counter[str] = Counter()
        for event in world.cloud.events(group, world.window):
            if words in event.message and (match := pattern.search(event.message)):
                found[match[0]] += 1
        return found


CHECK = Flow()
