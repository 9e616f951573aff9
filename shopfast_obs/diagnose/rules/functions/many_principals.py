"""Functions that several services invoke."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured, some
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, PERMISSION, Resource


def judge(function: Resource, context: Context) -> Judgement:
    """Found when permissions let more than one service invoke the function."""
    said = [p.properties.get("Principal") for p in context.naming(function, PERMISSION, "FunctionName")]
    principals = sorted({name for name in said if isinstance(name, str)})
    if len(principals) < 2:
        unread = "" if function.stack else context.unread(PERMISSION)
        if unread:
            return Undecided(unread)
        return Passed(f"{some(principals)} may invoke it" if principals else "no permission names it")
    return Found(
        f"{function.name} serves {some(principals)}: one timeout, one size and one error rate for all of them",
        [configured("permissions for several services", "", principals=len(principals))],
        Remedy("A function for each kind of caller, around the same code."),
    )


RULE = Rule(
    id="lambda-many-principals",
    title="Several services invoke one function",
    severity=Severity.INFO,
    types=(FUNCTION,),
    needs=("configuration",),
    why="A synchronous caller and a queue want different timeouts and sizes, and no alarm can tell their errors apart.",
    remedy="A function for each kind of caller.",
    limits="Callers with an IAM role of their own need no permission, and are not seen.",
    judge=judge,
    misleads="The function's error rate is the mean of callers that have nothing to do with each other.",
)
