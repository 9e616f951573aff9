"""How a person says since when: `15m`, `2h`, `90s`, `1d`, an ISO time, or `deploy`."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from shopfast_obs.errors import UserError
from shopfast_obs.model.records import record

_SPAN = re.compile(r"(\d+(?:\.\d+)?)(s|m|h|d|w)")
_DEPLOY = re.compile(r"deploy(?:@(\d{1,9}))?(?::(.+))?")
_ENTRY = 4  # digits of an id of the journal
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


@record
class DeploymentAsked:
    """Which deployment somebody means: the newest or the `place`th from the newest, or the one that brought the change
    of this id of the journal; only among those that touched what has `part` in its name."""

    place: int = 1
    entry: str = ""
    part: str = ""


def deployment(text: str) -> DeploymentAsked | None:
    """What `deploy`, `deploy@2`, `deploy@0003` or `deploy:orders` means, None for no such; raises UserError."""
    text = text.strip()
    if not text.lower().startswith("deploy"):
        return None
    found = _DEPLOY.fullmatch(text)
    number, part = found.groups() if found else ("0", None)
    if number is not None and (int(number) == 0 or not found):
        raise UserError(f"{text!r} names no deployment.", "Say deploy, deploy@2 (the one before) or deploy:orders.")
    if number is not None and len(number) >= _ENTRY:
        return DeploymentAsked(entry=number, part=part or "")
    return DeploymentAsked(int(number or 1), part=part or "")


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
            "Give a span such as 15m or 2h, a time such as 2026-01-31T12:00:00Z, or deploy.",
        ) from None
    # A time without an offset is UTC, as in every AWS API and log line.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
