"""What a change of a function's size is expected to bring."""

from __future__ import annotations

from shopfast_obs.model.records import record


@record
class Prediction:
    """How many seconds an invocation of the function takes at most with so much memory, by its REPORT lines before:
    how many, from the shortest to the longest Duration, of which some were killed at the timeout."""

    function: str
    memory_mb: int
    seconds: float
    lines: int
    shortest: float
    longest: float
    killed: int = 0
