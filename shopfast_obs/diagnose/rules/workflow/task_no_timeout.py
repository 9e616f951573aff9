"""Tasks for which a workflow waits for ever."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.definitions import State, definition
from shopfast_obs.diagnose.evidence import some
from shopfast_obs.diagnose.interface import Rule, plural
from shopfast_obs.model.findings import Evidence, Outcome, Remedy, Severity
from shopfast_obs.model.resources import STATE_MACHINE, Resource

_BOUNDS = ("TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath")


def check(machine: Resource, context: Context) -> Outcome:
    """Found when neither a task nor the whole execution has TimeoutSeconds."""
    said = definition(machine, context)
    if said is None:
        return RULE.unknown(machine, "its definition cannot be read")
    if not said.tasks:
        return RULE.clear(machine, "it has no task")
    open_ = [task for task in said.tasks if not any(name in task.fields for name in _BOUNDS)]
    if not open_:
        return RULE.clear(machine, f"each of {plural(len(said.tasks), 'task')} has a timeout")
    if said.fields.get("TimeoutSeconds"):
        return RULE.clear(machine, f"the whole execution ends after {said.fields['TimeoutSeconds']} s")
    callbacks = [task.name for task in open_ if _waits_for_token(task)]
    return RULE.found(
        machine,
        f"{machine.name} may wait for ever: {len(open_)} of {plural(len(said.tasks), 'task')} have no timeout "
        f"({some(task.name for task in open_)})",
        [
            Evidence(
                "configuration",
                "no TimeoutSeconds" + (f"; {', '.join(callbacks)} wait for a token" if callbacks else ""),
                "DefinitionString",
                {"without": len(open_), "tasks": len(said.tasks), "callbacks": len(callbacks)},
            )
        ],
        Remedy("Give each task TimeoutSeconds a little above what it calls, and the execution one above their sum."),
        severity=Severity.HIGH if callbacks else RULE.severity,
    )


def _waits_for_token(task: State) -> bool:
    return str(task.fields.get("Resource", "")).endswith(".waitForTaskToken")


RULE = Rule(
    id="workflow-task-no-timeout",
    title="A workflow's task has no timeout",
    severity=Severity.LOW,
    types=(STATE_MACHINE,),
    needs=("configuration",),
    why="Without one a task that gets no answer keeps its execution running for up to a year.",
    remedy="`TimeoutSeconds` on every task.",
    limits="A task that calls a function ends at the latest with that function; the finding does not weigh it.",
    check=check,
    misleads="A stuck execution is RUNNING, which looks like work.",
)
