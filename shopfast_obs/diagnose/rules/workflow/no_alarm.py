"""State machines that can fail without anyone being told."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.missing_alarm import MissingAlarm
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import STATE_MACHINE

RULE = Rule(
    "workflow-no-alarm",
    "No alarm watches the failures of a state machine",
    Severity.LOW,
    (STATE_MACHINE,),
    MissingAlarm(
        ("ExecutionsFailed", "ExecutionsTimedOut"),
        "StateMachineArn",
        "{name} has no alarm on its failures: alarms watch {watched}",
    ),
    why="An execution fails on its own, hours after whoever started it got an answer.",
    limits="An alarm in another product is not seen.",
)
