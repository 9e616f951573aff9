"""State machines without a log."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.diagnose.property_values import at, is_open
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import STATE_MACHINE, Resource


def judge(machine: Resource, context: Context) -> Judgement:
    """Found when LoggingConfiguration is off or missing; graver for EXPRESS, which keeps no history."""
    level = at(machine, "LoggingConfiguration.Level")
    kind = machine.properties.get("StateMachineType") or "STANDARD"
    if is_open(level) or is_open(kind):
        return Undecided("its LoggingConfiguration is left to a parameter")
    if level not in (None, "OFF"):
        return Passed(f"it logs at level {level}")
    express = kind == "EXPRESS"
    why = (
        "an express workflow keeps no history"
        if express
        else "only the history of each execution tells what happened, for 90 days"
    )
    return Found(
        f"{machine.name} writes no log: {why}",
        [configured(f"LoggingConfiguration.Level is {level or 'not set'}", "LoggingConfiguration", type=str(kind))],
        Remedy("LoggingConfiguration with Level ERROR (express: ALL) and a log group under /aws/vendedlogs/."),
        severity=Severity.MEDIUM if express else Severity.INFO,
    )


RULE = Rule(
    id="workflow-logging-off",
    title="The state machine writes no log",
    severity=Severity.INFO,
    types=(STATE_MACHINE,),
    needs=("configuration",),
    why="With a log failed executions can be counted, searched and alarmed on across all of them.",
    remedy="A `LoggingConfiguration`.",
    limits="The role's right to write logs is not checked.",
    judge=judge,
    misleads="The console shows single executions well, which hides that nothing looks at all of them.",
)
