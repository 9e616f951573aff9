"""The environment variables of the layer."""

from __future__ import annotations

import os

OFF = {"off", "0", "false", "no"}
MARGIN_MS = 300.0


def correlation() -> bool:
    """Whether the correlation id is carried."""
    return os.environ.get("SHOPFAST_OBS_CORRELATION", "on").lower() not in OFF


def deadline() -> bool:
    """Whether the deadline is guarded."""
    return os.environ.get("SHOPFAST_OBS_DEADLINE", "on").lower() not in OFF


def routes() -> bool:
    """Whether HTTP requests are counted by route."""
    return os.environ.get("SHOPFAST_OBS_ROUTES", "on").lower() not in OFF


def margin() -> float:
    """Seconds before the deadline at which the guard speaks."""
    try:
        value = float(os.environ.get("SHOPFAST_OBS_DEADLINE_MARGIN_MS", MARGIN_MS))
    except ValueError:
        value = MARGIN_MS
    return value / 1000 if value > 0 else MARGIN_MS / 1000
