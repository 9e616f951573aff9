"""Functions whose role does not let them write their log, or send their traces."""

from __future__ import annotations

from shopfast_obs.diagnose.access.role_rights import LOGS, TRACES, functions_of, lacks
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured, some
from shopfast_obs.diagnose.functions.callers import only_deployments_call
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.diagnose.property_values import at
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import Resource

BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
XRAY = "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"


def judge(role: Resource, context: Context) -> Judgement:
    """Found when no policy of a function's role allows it to write log events, or traces although it is traced."""
    functions = functions_of(role, context)
    if not functions:
        return Passed("it is no function's role")
    if context.observations is not None:
        return Undecided("what is attached to it in the account is not read")
    asked = [function for function in functions if not only_deployments_call(function, context)]
    traced = [function for function in asked if at(function, "TracingConfig.Mode") == "Active"]
    logs = lacks(role, LOGS, context)
    traces = lacks(role, TRACES, context) if traced else ()
    if logs is None or traces is None:
        return Undecided("not all of its policies are known")
    if not logs and not traces:
        return Passed("it may write logs" + (" and traces" if traced else ""))
    concerned = functions if logs else traced
    missing = " and ".join(["its log"] * bool(logs) + ["its traces"] * bool(traces))
    added = [arn for arn, lacking in ((BASIC, logs), (XRAY, traces)) if lacking]
    return Found(
        f"{role.name} does not let {some(function.name for function in concerned)} write {missing}",
        [configured(f"no policy allows {', '.join((*logs, *traces))}", "Policies", missing=len(logs) + len(traces))],
        Remedy(f"ManagedPolicyArns: {', '.join(added)}."),
        severity=Severity.MEDIUM if logs else Severity.LOW,
    )


RULE = Rule(
    id="lambda-role-blind",
    title="A function's role does not let it write logs or traces",
    severity=Severity.MEDIUM,
    types=("AWS::IAM::Role",),
    needs=("configuration",),
    why="The function runs, and whatever it does or fails at leaves no line and no trace.",
    remedy="`AWSLambdaBasicExecutionRole`, and `AWSXRayDaemonWriteAccess` for a function that is traced.",
    limits="Templates only; roles of another template are not seen; with a managed policy that is not known the rule "
    "says nothing; for which resources an action is allowed is not looked at.",
    judge=judge,
    misleads="An empty log looks like a function that nobody calls.",
)
