"""Tasks that do not call Lambda again when it fails for a moment."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural
from shopfast_obs.diagnose.workflow_states import called, definition
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import STATE_MACHINE, Resource


def judge(machine: Resource, context: Context) -> Judgement:
    """Found when a task that invokes a function has no Retry, and no Map or Parallel around it has one."""
    said = definition(machine, context)
    if said is None:
        return Undecided("its definition cannot be read")
    calls = [task for task in said.tasks if called(task, machine, context).startswith("lambda")]
    if not calls:
        return Passed("no task invokes a function")
    hasty = [task.name for task in calls if not task.fields.get("Retry") and not task.retried]
    if not hasty:
        return Passed("every function call has a Retry")
    return Found(
        f"{machine.name} fails when a call of Lambda fails once: no Retry for {len(hasty)} of "
        f"{plural(len(calls), 'function call')} ({', '.join(hasty[:3])})",
        [Evidence("configuration", "no Retry", "DefinitionString", {"without": len(hasty), "tasks": len(calls)})],
        Remedy(
            "Retry Lambda.TooManyRequestsException, Lambda.ServiceException, Lambda.AWSLambdaException and "
            "Lambda.SdkClientException with back-off."
        ),
    )


RULE = Rule(
    id="workflow-task-no-retry",
    title="A workflow's function call is not retried",
    severity=Severity.LOW,
    types=(STATE_MACHINE,),
    needs=("configuration",),
    why="Lambda throttles and fails now and then; without Retry that ends the whole execution.",
    remedy="A `Retry` for Lambda's own exceptions.",
    limits="Which errors a Retry names is not weighed. A call that must not be repeated is found, too.",
    judge=judge,
    misleads="The function has no errors: it was never reached.",
)
