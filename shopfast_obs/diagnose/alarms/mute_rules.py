"""When mute rules keep alarms quiet: which share of the time, by their schedule."""

from __future__ import annotations

import re
from typing import Any

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.property_values import is_open
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import ALARM, LOG_ALARM, MUTE_RULE, Resource
from shopfast_obs.parse.dialects.interface import mapping

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?\Z")
_CRON = re.compile(r"cron\((.+)\)\Z")
DAY, WEEK, MONTH = 86_400, 7 * 86_400, 30 * 86_400
OPEN = ("*", "?")
TYPES = (ALARM, LOG_ALARM)


@record
class Muted:
    """One rule that mutes an alarm. `share` of the time is None where its schedule could not be read; a rule for one
    time has 0."""

    rule: str
    said: str
    share: float | None


def muted(alarm: Resource, context: Context) -> tuple[Muted, ...]:
    """The rules that name the alarm and are not over."""
    found = []
    for rule in context.naming(alarm, MUTE_RULE, "MuteTargets", "AlarmNames"):
        if rule.properties.get("Status") != "EXPIRED":
            schedule = mapping(mapping(rule.properties.get("Rule")).get("Schedule"))
            expression, duration = schedule.get("Expression"), schedule.get("Duration")
            found.append(Muted(rule.name, f"{expression} for {duration}", share(expression, duration)))
    return tuple(found)


def share(expression: Any, duration: Any) -> float | None:  # noqa: ANN401 - a property has any JSON type
    """The share of the time that a schedule mutes; None for one that cannot be read."""
    if is_open(expression) or is_open(duration) or not isinstance(expression, str):
        return None
    lasts = seconds(duration)
    if expression.startswith("at("):
        return 0.0
    match = _CRON.match(expression)
    every = _every(match[1].split()) if match else None
    return None if lasts is None or not every else min(1.0, lasts / every)


def seconds(duration: Any) -> int | None:  # noqa: ANN401
    """The seconds of an ISO 8601 duration (`P2DT12H`); None for anything else."""
    match = _DURATION.match(duration) if isinstance(duration, str) else None
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return days * DAY + hours * 3600 + minutes * 60


def _every(fields: list[str]) -> float | None:
    """The seconds from one time of `Minutes Hours Day-of-month Month Day-of-week` to the next, on average."""
    if len(fields) != 5:
        return None
    minutes, hours, day, month, weekday = fields
    counts = [_count(minutes, 60), _count(hours, 24)]
    if any(count is None for count in counts):
        return None
    times = float((counts[0] or 1) * (counts[1] or 1))
    if weekday not in OPEN:
        per = WEEK / (_count(weekday, 7) or 1)
    elif day not in OPEN:
        per = MONTH / (_count(day, 30) or 1)
    else:
        per = float(DAY)
    part = 1.0 if month in OPEN else 12 / (_count(month, 12) or 12)
    return per * part / times


def _count(field: str, most: int) -> int | None:
    """How many values a field of cron has."""
    if field in OPEN:
        return most
    if (step := re.fullmatch(r"(?:\*|\d+)/(\d+)", field)) and int(step[1]):
        return max(1, most // int(step[1]))
    total = 0
    for part in field.split(","):
        first, _, last = part.partition("-")
        if last:
            ends = [_number(first), _number(last)]
            if None in ends:
                return None
            total += (ends[1] or 0) - (ends[0] or 0) + 1
        elif _number(first) is not None:
            total += 1
        else:
            return None
    return total if total > 0 else None


def _number(text: str) -> int | None:
    if text.isdecimal():
        return int(text)
    days = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
    return days.index(text.upper()) if text.upper() in days else None
