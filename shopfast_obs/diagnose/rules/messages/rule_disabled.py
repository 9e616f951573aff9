"""Event rules that are switched off."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.property import Property
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import EVENT_RULE

RULE = Rule(
    "event-rule-disabled",
    "An event rule is disabled",
    Severity.MEDIUM,
    (EVENT_RULE,),
    Property(
        "State",
        lambda value: value in (None, "ENABLED") or str(value).startswith("ENABLED_"),
        "{name} is disabled: its targets get no event",
        after="ENABLED",
        because="its targets wait for events",
        written=Severity.INFO,
    ),
    when="State is DISABLED.",
    why="Publishers go on publishing, and are told that all is well.",
    remedy="Enable it, or delete it if nobody misses it.",
    limits="A rule that is kept for an emergency is found, too; in a template it is an information.",
    misleads="The publisher sees no failed entries.",
)
