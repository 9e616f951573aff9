"""What `alarms plan` says of alarms and beside them: those on queries that are there, a mute rule for deployments."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shopfast_obs.model.records import record

if TYPE_CHECKING:
    from shopfast_obs.cli.app import App


@record
class Window:
    """When deployments happen, and how long they take, as mute rules have it."""

    expression: str
    lasts: str

    def rules(self, names: Sequence[Any], topic: str) -> dict[str, dict[str, Any]]:
        """The mute rules for alarms of these names; raises UserError for a window that CloudWatch refuses."""
        from shopfast_obs.alarms.muting import proposed

        return proposed(names, self.expression, self.lasts, topic.removesuffix("-alarms") or "application")


def said(app: App, on_queries: Sequence[str], rules: Mapping[str, Any]) -> None:
    """Say what is there, and what was asked to be proposed, with its risk."""
    if on_queries:
        app.terminal.say("Alarms on queries are there already, and may watch some of this:")
        for sentence in on_queries:
            app.terminal.say(f"  {sentence}")
    if rules:
        from shopfast_obs.alarms.muting import RISK

        app.terminal.out(json.dumps({"Resources": rules}, indent=2))
        app.terminal.say(f"A proposal, which apply does not make: put it into the template. {RISK}")


def threshold(properties: Mapping[str, Any]) -> str:
    """When an alarm with these properties fires, in short."""
    signs = {"GreaterThanThreshold": ">", "GreaterThanOrEqualToThreshold": "at least"}
    sign = signs.get(properties["ComparisonOperator"], properties["ComparisonOperator"])
    if "ScheduledQueryConfiguration" in properties:
        return f"{sign} {properties['Threshold']:g} lines in 5 min"
    needed, of = properties["DatapointsToAlarm"], properties["EvaluationPeriods"]
    return f"{sign} {properties['Threshold']:g}, {needed} of {of} min"
