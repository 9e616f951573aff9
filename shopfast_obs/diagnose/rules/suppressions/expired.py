"""Suppressions whose day has passed."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.property import Property
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import SUPPRESSION

RULE = Rule(
    "suppression-expired",
    "A suppression has expired",
    Severity.MEDIUM,
    (SUPPRESSION,),
    Property("Expired", lambda value: value is not True, "{name} has expired: what it hid counts again"),
    when="`until` of a suppression lies before today.",
    why="It was meant to be temporary, and nobody came back to it.",
    remedy="Mend what it hid and delete it, or decide again: a new day, and why.",
    limits="The day ends at midnight of the machine that runs the check.",
)
