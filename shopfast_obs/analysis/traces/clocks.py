"""What times of different clocks tell. Services and some SDKs stamp in milliseconds, others in
microseconds. Seconds."""

from __future__ import annotations

TICK = 1e-6  # back to back in floating point
MILLISECOND = 0.001


def is_over(end: float, start: float) -> bool:
    """True where something had ended when another thing began: a time in whole milliseconds is up to one too early."""
    overlap = end - start
    if overlap <= TICK:
        return True
    return overlap < MILLISECOND and (_is_whole(end) or _is_whole(start))


def _is_whole(time: float) -> bool:
    return abs(time * 1000 - round(time * 1000)) < 0.001  # a microsecond, which a float of today's seconds still has
