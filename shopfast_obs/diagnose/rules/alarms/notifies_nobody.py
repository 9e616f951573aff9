"""Alarms that nobody hears."""

from __future__ import annotations

from shopfast_obs.diagnose.setting import Setting, setting
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import ALARM

RULE = setting(
    "alarm-notifies-nobody",
    "An alarm notifies nobody",
    Severity.INFO,
    ALARM,
    Setting(
        "AlarmActions",
        bool,
        "{name} has no action: it turns red, and nobody is told",
    ),
    when="AlarmActions is empty.",
    why="An alarm is for waking someone; without an action somebody has to look at the right moment.",
    remedy="An action: `alarms apply` makes a topic for them; subscribe to it.",
    limits="An alarm that a composite alarm reads needs no action of its own, and is found, too.",
    misleads="It is listed with all the others.",
)
