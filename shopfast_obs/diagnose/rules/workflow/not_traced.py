"""State machines at which traces break."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Context, Rule
from shopfast_obs.model.findings import (
    Clear,
    Evidence,
    Finding,
    NotEnoughData,
    Outcome,
    PropertyChange,
    Remedy,
    Severity,
)
from shopfast_obs.model.resources import STATE_MACHINE, Resource

ID = "workflow-not-traced"


def check(machine: Resource, context: Context) -> Outcome:
    """Found when TracingConfiguration is not enabled."""
    enabled = (machine.properties.get("TracingConfiguration") or {}).get("Enabled")
    if isinstance(enabled, dict):
        return NotEnoughData(ID, machine.name, "its TracingConfiguration is left to a parameter")
    if enabled in (True, "true"):
        return Clear(ID, machine.name, "TracingConfiguration is enabled")
    change = PropertyChange(
        STATE_MACHINE, machine.name, "TracingConfiguration.Enabled", enabled, True, "steps become one trace"
    )
    return Finding(
        rule=ID,
        severity=Severity.LOW,
        resource_type=STATE_MACHINE,
        resource=machine.name,
        title=f"{machine.name} is not traced: its steps are traces apart",
        evidence=(
            Evidence(
                "configuration", "TracingConfiguration is off", "TracingConfiguration.Enabled", {"tracing": "off"}
            ),
        ),
        remedy=Remedy("Turn tracing on for the state machine.", "shopfast-obs instrument --apply", (change,)),
    )


RULE = Rule(
    id=ID,
    title="The state machine is not traced",
    severity=Severity.LOW,
    types=(STATE_MACHINE,),
    needs=("configuration",),
    why="Each step starts a trace of its own, and nobody sees the order as one.",
    remedy="`TracingConfiguration: {Enabled: true}`: `instrument`.",
    limits="The role's right to send segments is not checked.",
    check=check,
    runbook="02-make-it-visible",
)
