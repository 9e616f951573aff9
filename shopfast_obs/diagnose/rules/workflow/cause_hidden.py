"""Workflows that fail with a sentence instead of the error."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured, some
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural
from shopfast_obs.diagnose.workflow_states import Definition, definition
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import STATE_MACHINE, Resource


def judge(machine: Resource, context: Context) -> Judgement:
    """Found when a Catch of States.ALL leads to a Fail whose Error and Cause are fixed texts."""
    said = definition(machine, context)
    if said is None:
        return Undecided("its definition cannot be read")
    hidden = _hidden(said)
    if not hidden:
        return Passed("no Fail state puts a fixed text in the place of every error")
    return Found(
        f"{machine.name} hides why it fails: every error of {plural(len(hidden), 'state')} becomes the same fixed text "
        f"({some(hidden)})",
        [configured("Catch States.ALL -> Fail with a fixed Cause", "DefinitionString", states=len(hidden))],
        Remedy("ErrorPath and CausePath from what Catch left in the state ($.error), and a Catch per error."),
    )


def _hidden(said: Definition) -> set[str]:
    fixed = {s.name for s in said.states if s.kind == "Fail" and "Cause" in s.fields and "CausePath" not in s.fields}
    return {
        state.name
        for state in said.states
        for rule in state.fields.get("Catch") or ()
        if isinstance(rule, dict) and "States.ALL" in (rule.get("ErrorEquals") or ()) and rule.get("Next") in fixed
    }


RULE = Rule(
    id="workflow-cause-hidden",
    title="A workflow hides why it fails",
    severity=Severity.LOW,
    types=(STATE_MACHINE,),
    needs=("configuration",),
    why="The execution's cause is the same sentence for a declined card, a timeout and a bug.",
    remedy="`CausePath` instead of `Cause`.",
    limits="Looks one step behind the Catch.",
    judge=judge,
    misleads="The Fail state's Cause reads like an explanation; the real error is in the event before it.",
)
