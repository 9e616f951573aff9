"""Tasks that end before the function that they call."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.diagnose.property_values import number
from shopfast_obs.diagnose.workflow_states import definition, meant
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, STATE_MACHINE, Resource


def judge(machine: Resource, context: Context) -> Judgement:
    """Found when a task's TimeoutSeconds is below the Timeout of the function that it invokes."""
    said = definition(machine, context)
    if said is None:
        return Undecided("its definition cannot be read")
    late = []
    for task in said.tasks:
        named = [task.fields.get("Resource"), (task.fields.get("Parameters") or {}).get("FunctionName")]
        named.append(meant(task.fields.get("Resource"), machine))
        bound = number(task.fields.get("TimeoutSeconds"))
        for function in context.references.named(named, FUNCTION):
            timeout = number(function.effective("Timeout"))
            if bound is not None and timeout is not None and bound < timeout:
                late.append((task.name, bound, function.name, timeout))
    if not late:
        return Passed("no task ends before its function")
    name, bound, function_name, timeout = late[0]
    return Found(
        f"{machine.name} gives {name} up after {bound:.0f} s, and {function_name} may work on for {timeout:.0f} s",
        [
            Evidence(
                "configuration",
                f"TimeoutSeconds {bound:.0f} of {name}, Timeout {timeout:.0f} of {function_name}",
                "DefinitionString",
                {"task": bound, "function": timeout, "tasks": len(late)},
            )
        ],
        Remedy(f"TimeoutSeconds above {timeout:.0f}, or a shorter Timeout of the function."),
    )


RULE = Rule(
    id="workflow-task-timeout-short",
    title="A workflow's task ends before the function that it calls",
    severity=Severity.LOW,
    types=(STATE_MACHINE,),
    needs=("configuration",),
    why="The workflow goes on, or retries, while the function is still doing the work: it is done twice.",
    remedy="The task's timeout above the function's.",
    limits="Functions that only the input names are not known.",
    judge=judge,
    misleads="The function's log shows success.",
)
