"""Ages on the cloud's clock of what carries real time: moving the clock makes what stands still older."""

from __future__ import annotations

from collections.abc import Hashable


class OldestAges:
    """The age of the oldest thing of each queue or stream."""

    def __init__(self) -> None:
        self._began: dict[Hashable, tuple[Hashable, float]] = {}

    def of(self, where: Hashable, thing: Hashable, real: float, now: float) -> float:
        """How old the thing is at `now`, in seconds: as long as `where` names the same thing, moves of the clock count.
        `real` is its age by real time."""
        known = self._began.get(where)
        if known is None or known[0] != thing:
            known = self._began[where] = (thing, now - real)
        return max(real, now - known[1])
