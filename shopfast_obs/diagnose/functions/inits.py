"""The initialisations that a function's log tells of."""

from __future__ import annotations

from typing import NamedTuple

from shopfast_obs.diagnose.context import Context
from shopfast_obs.model.resources import Resource
from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs import platform
from shopfast_obs.parse.logs.platform import InitReport


class Init(NamedTuple):
    """One INIT_REPORT and the line that it stands in."""

    report: InitReport
    event: LogEvent


def inits(function: Resource, context: Context) -> tuple[Init, ...]:
    """Every INIT_REPORT of the function; on-demand functions write them for failures only."""
    return context.once(
        ("inits", function.name),
        lambda: tuple(
            Init(report, event)
            for event in context.events(function)
            if (report := platform.init_report(event.message, event)) is not None
        ),
    )
