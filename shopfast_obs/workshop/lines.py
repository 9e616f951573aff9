"""What the functions themselves wrote into their logs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs import platform


def own(events: Iterable[LogEvent]) -> Iterator[str]:
    """The messages that the platform did not write."""
    for event in events:
        message = event.message
        if not (platform.is_platform(message) or platform.timeout(message) or platform.runtime_exit(message)):
            yield message


def fields(message: str) -> Mapping[str, Any]:
    """The fields of a structured log line; none for any other line."""
    if not message.startswith("{"):
        return {}
    try:
        found = json.loads(message)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
