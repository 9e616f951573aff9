"""Event sources that are switched off."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.property import Property
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING

RULE = Rule(
    "event-source-disabled",
    "An event source mapping is disabled",
    Severity.HIGH,
    (EVENT_SOURCE_MAPPING,),
    Property(
        "Enabled",
        lambda value: value in (None, True, "true"),
        "{name} is disabled: what arrives in its queue or stream waits until it expires",
        after=True,
        because="the messages wait",
        written=Severity.LOW,
    ),
    when="Enabled is false.",
    why="It is switched off in an incident, and nothing says that it still is.",
    remedy="Enable it again.",
    limits="A mapping that Lambda is just switching counts as what it will be. In a template it is of low severity: "
    "somebody wrote it.",
    misleads="Function and queue have no errors; only the age of the messages grows.",
)
