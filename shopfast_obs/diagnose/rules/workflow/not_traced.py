"""State machines at which traces break."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.property import Property
from shopfast_obs.diagnose.property_values import is_true
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import STATE_MACHINE

RULE = Rule(
    "workflow-not-traced",
    "The state machine is not traced",
    Severity.LOW,
    (STATE_MACHINE,),
    Property(
        "TracingConfiguration.Enabled",
        is_true,
        "{name} is not traced: each of its steps is a trace of its own",
        after=True,
        because="steps become one trace",
        command="shopfast-obs instrument --apply",
    ),
    when="TracingConfiguration is not enabled.",
    why="Each step starts a trace of its own, and nobody sees the order as one.",
    remedy="`TracingConfiguration: {Enabled: true}`.",
    limits="The role's right to send segments is not checked.",
    misleads="Each function's own traces look complete; only the request that ties them together is missing.",
    runbook="02-make-it-visible",
)
