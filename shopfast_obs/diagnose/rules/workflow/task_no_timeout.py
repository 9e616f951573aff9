"""Tasks for which a workflow waits for ever."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import some
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural
from shopfast_obs.diagnose.workflow_states import called, definition
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import STATE_MACHINE, Resource

# Jobs that run until somebody ends them; builds, queries and trainings have a longest time of their own.
ENDLESS = ("ecs", "batch", "eks", "elasticmapreduce", "emr-containers", "states")
_BOUNDS = ("TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath")


def judge(machine: Resource, context: Context) -> Judgement:
    """Found when a task waits for somebody (a token, an activity, a job), and neither it nor the execution has a
    timeout."""
    said = definition(machine, context)
    if said is None:
        return Undecided("its definition cannot be read")
    if not said.tasks:
        return Passed("it has no task")
    waiting = [task for task in said.tasks if _waits(called(task, machine, context))]
    if not waiting:
        return Passed("every task ends by itself")
    open_ = [task for task in waiting if not any(name in task.fields for name in _BOUNDS)]
    if not open_:
        return Passed("every waiting task has a timeout")
    if said.fields.get("TimeoutSeconds"):
        return Passed(f"the whole execution ends after {said.fields['TimeoutSeconds']} s")
    callbacks = [task.name for task in open_ if _for_somebody(called(task, machine, context))]
    return Found(
        f"{machine.name} may wait for ever: no timeout for {len(open_)} of {plural(len(waiting), 'waiting task')} "
        f"({some(task.name for task in open_)})",
        [
            Evidence(
                "configuration",
                "no TimeoutSeconds" + (f"; {', '.join(callbacks)} wait for an answer" if callbacks else ""),
                "DefinitionString",
                {"without": len(open_), "tasks": len(waiting), "callbacks": len(callbacks)},
            )
        ],
        Remedy("Give each TimeoutSeconds a little above what it waits for, and the execution one above their sum."),
        severity=Severity.HIGH if callbacks else RULE.severity,
    )


def _waits(what: str) -> bool:
    """A request is answered or fails by itself; a job, an activity or the holder of a token may never answer."""
    service, _, how = what.partition(".")
    return _for_somebody(what) or (how == "sync" and service in ENDLESS)


def _for_somebody(what: str) -> bool:
    return what == "activity" or what.endswith(".waitForTaskToken")


RULE = Rule(
    id="workflow-task-no-timeout",
    title="A workflow's task may wait for ever",
    severity=Severity.LOW,
    types=(STATE_MACHINE,),
    needs=("configuration",),
    why="Without a timeout a task that gets no answer keeps its execution running for up to a year.",
    remedy="`TimeoutSeconds` on every task that waits for a token, an activity or a job.",
    limits="A task that calls a function or an API ends by itself. One that only a parameter names is not judged.",
    judge=judge,
    misleads="A stuck execution is RUNNING, which looks like work.",
)
