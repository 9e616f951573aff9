"""Mute rules for deploy windows: a proposal with its risk, never made unasked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from shopfast_obs.errors import UserError
from shopfast_obs.model.resources import MUTE_RULE

MOST = 100  # alarms of one rule
LONGEST, SHORTEST = 15 * 86_400, 60  # seconds
_CRON = re.compile(r"cron\((?:\S+ ){4}\S+\)\Z")
_AT = re.compile(r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?\)\Z")
_LASTS = re.compile(r"P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?)?\Z")
RISK = (
    "While it is active the alarms change their states and tell nobody: of a deployment that breaks the application "
    "they tell when the window ends, and of a failure that ends before it, never. Keep the window as short as a "
    "deployment, and take out of it what no deployment should touch (dead letters, queue age)."
)


def proposed(alarms: Sequence[Any], expression: str, duration: str, name: str) -> dict[str, dict[str, Any]]:
    """The mute rules as resources of a template, by logical id; alarms are names or intrinsics. Raises UserError for a
    window that CloudWatch refuses."""
    _check(expression, duration)
    schedule = {"Expression": expression, "Duration": duration, "Timezone": "UTC"}
    parts = [list(alarms[first : first + MOST]) for first in range(0, len(alarms), MOST)]
    return {
        f"DeployWindow{number or ''}": {
            "Type": MUTE_RULE,
            "Properties": {
                "Name": f"{name}-deploy-window{f'-{number}' if number else ''}",
                "Description": "Deployments make these alarms fire; see the risk in docs/guides/alarms.md.",
                "Rule": {"Schedule": schedule},
                "MuteTargets": {"AlarmNames": names},
            },
        }
        for number, names in enumerate(parts)
    }


def _check(expression: str, duration: str) -> None:
    if not _CRON.match(expression) and not _AT.match(expression):
        raise UserError(
            f"{expression!r} is no window of a mute rule.",
            "Give cron(Minutes Hours Day-of-month Month Day-of-week) in UTC, for example 'cron(0 14 * * TUE)', "
            "or 'at(2026-12-01T14:00)'.",
        )
    match = _LASTS.match(duration)
    days, hours, minutes = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    if not SHORTEST <= days * 86_400 + hours * 3600 + minutes * 60 <= LONGEST:
        raise UserError(f"{duration!r} is no length of a mute rule.", "Give PT1M to P15D, for example PT20M.")
