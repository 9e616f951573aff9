"""Suppressions that do not say why."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.property import Property
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import SUPPRESSION

RULE = Rule(
    "suppression-without-reason",
    "A suppression has no reason",
    Severity.MEDIUM,
    (SUPPRESSION,),
    Property(
        "Reason",
        lambda value: bool(str(value or "").strip()),
        "{name} has no reason, so it hides nothing",
        shows=False,
    ),
    when="`reason` of a suppression is missing or empty.",
    why="Without it nobody can tell later whether it may go.",
    remedy="Write the `reason` beside it.",
    limits="Whether a reason is a good one is for people to say.",
)
