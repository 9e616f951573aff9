"""How a person says since when: `15m`, `2h`, `90s`, `1d`, or an ISO time."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from shopfast_obs.errors import UserError

_SPAN = re.compile(r"(\d+(?:\.\d+)?)(s|m|h|d|w)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def since(text: str, now: float) -> float:
    """The start of a window in epoch seconds: a span back from `now` (`90s`, `1h30m`) or an ISO time (UTC unless it has
    an offset). Raises UserError for anything else and for a time after `now`."""
    start = now - seconds(text) if _is_span(text) else _iso(text)
    if start > now:
        raise UserError(f"{text!r} lies in the future.", "Give a span such as 15m or 2h, or an earlier time.")
    return start


def seconds(text: str) -> float:
    """The length of a span such as `90s`, `15m` or `1h30m` in seconds; raises UserError for anything else."""
    if not _is_span(text):
        raise UserError(f"{text!r} is not a span of time.", "Give a span such as 90s, 15m, 2h or 1d.")
    return sum(float(number) * _SECONDS[unit] for number, unit in _SPAN.findall(text.strip().lower()))


def _is_span(text: str) -> bool:
    return re.fullmatch(rf"(?:{_SPAN.pattern})+", text.strip().lower()) is not None


def _iso(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UserError(
            f"{text!r} is neither a span of time nor an ISO time.",
            "Give a span such as 15m or 2h, or a time such as 2026-01-31T12:00:00Z.",
        ) from None
    # A time without an offset is UTC, as in every AWS API and log line.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
