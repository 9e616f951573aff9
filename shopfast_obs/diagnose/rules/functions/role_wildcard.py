"""Functions whose role may do anything, or anything with a service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured, some
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource

ROLE, POLICY = "AWS::IAM::Role", "AWS::IAM::Policy"


def judge(role: Resource, context: Context) -> Judgement:
    """Found when a function's role allows `*`, or all actions of a service."""
    functions = context.naming(role, FUNCTION, "Role")
    if not functions:
        return Passed("it is no function's role")
    inline = role.properties.get("Policies")
    policies = [
        *(inline if isinstance(inline, list | tuple) else ()),
        *(policy.properties for policy in context.naming(role, POLICY, "Roles")),
    ]
    wide = sorted({action for policy in policies for action in _allowed(policy) if action.endswith("*")})
    wide = [action for action in wide if action == "*" or action.endswith(":*")]
    if not wide:
        if context.observations is not None and not role.properties:
            return Undecided("no template tells its policies")
        return Passed("its policies name their actions")
    return Found(
        f"{role.name} allows {some([f.name for f in functions])} the actions {some(wide)}",
        [configured(f"Action is {some(wide)}", "Policies", actions=len(wide))],
        Remedy("Name the actions that the code calls."),
    )


def _allowed(policy: Any) -> Iterator[str]:  # noqa: ANN401 - what stands in a template
    document = policy.get("PolicyDocument") if isinstance(policy, Mapping) else None
    statements = document.get("Statement") if isinstance(document, Mapping) else None
    for statement in statements if isinstance(statements, list) else [statements]:
        if isinstance(statement, Mapping) and statement.get("Effect") == "Allow":
            actions = statement.get("Action")
            yield from (a for a in (actions if isinstance(actions, list) else [actions]) if isinstance(a, str))


RULE = Rule(
    id="lambda-role-wildcard",
    title="A function's role allows all actions",
    severity=Severity.INFO,
    types=(ROLE,),
    needs=("configuration",),
    why="A mistake in the code, or somebody in it, may then do everything that the role may.",
    remedy="Policies that name their actions.",
    limits="Managed policies and resource policies are not looked into.",
    judge=judge,
    misleads="Nothing fails: too many rights are never denied.",
)
