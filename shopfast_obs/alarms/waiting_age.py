"""How old something that waits for its consumer may become before somebody is told."""

from __future__ import annotations

SHARE = 1.5  # of the longest processing (AWS's recommendation for the age of a queue's messages)
SHORTEST = 300  # seconds: a burst of less is worked off before anybody could look
KEPT = 0.5  # of the time for which it is kept: half of it is left to do something


def late(processing: float, kept: float = 0, before: float = 0) -> int:
    """The age in seconds: more than one and a half times the longest processing (and at least five minutes) beyond the
    time `before` which nobody may work on it; never more than half of the time for which it is kept."""
    allowed = before + max(SHORTEST, SHARE * processing)
    return round(min(allowed, kept * KEPT) if kept > 0 else allowed)
