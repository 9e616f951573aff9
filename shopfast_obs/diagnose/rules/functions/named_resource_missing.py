"""Functions whose environment names something that is not there."""

from __future__ import annotations

import re
from difflib import get_close_matches

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured, some
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural
from shopfast_obs.diagnose.property_values import at, entries, is_open
from shopfast_obs.diagnose.rules.functions import missing_resource
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import EVENT_BUS, FUNCTION, QUEUE, TABLE, Resource
from shopfast_obs.patterns import late

KINDS = {
    "TABLE": TABLE,
    "TABLE_NAME": TABLE,
    "QUEUE_NAME": QUEUE,
    "FUNCTION_NAME": FUNCTION,
    "EVENT_BUS_NAME": EVENT_BUS,
}
NEAR = 0.85  # difflib's ratio
_OPEN = re.compile(r"\$\{|\{\{resolve:")  # what only the deployment knows


def judge(function: Resource, context: Context) -> Judgement:
    """Found when a variable such as ORDERS_TABLE names a table that its own application does not have."""
    said = at(function, "Environment.Variables")
    if is_open(said):
        return Undecided("its environment is left to a parameter")
    named = [(name, value, type_) for name, value in entries(said).items() if (type_ := _type(name))]
    judged = [(n, v, t) for n, v, t in named if isinstance(v, str) and v and any(context.inventory.of_type(t))]
    missing = [(n, v, t) for n, v, t in judged if not _OPEN.search(v) and not context.references.named(v, t)]
    gone = [(n, v) for n, v, t in missing if context.observations is not None or _is_near(v, t, context)]
    if not judged:
        return Passed("its environment names no table, queue or function")
    if not gone:
        return Passed(f"{plural(len(judged), 'name')} in its environment, nothing missing")
    unknown = late(missing_resource.RULE.cause)
    failing = [f for f in context.failures(function) if unknown.search(f.line)]
    listed = some(f"{name}={value}" for name, value in gone)
    evidence = [configured(f"{n} is {v}", f"Environment.Variables.{n}", missing=len(gone)) for n, v in gone[:3]]
    if failing:
        last = failing[-1]
        said_line = Evidence("logs", last.type or last.message[:80], f"{last.group} {last.stream}",
                             {"lines": len(failing)}, context.window)  # fmt: skip
        evidence.append(said_line)
    return Found(
        f"the environment of {function.name} names something that is not there: {listed}",
        evidence,
        Remedy("Compare it with what is deployed: a stage in the name, an old default, a typing error."),
        severity=Severity.HIGH if failing else Severity.INFO,
        confidence="certain" if failing else "possible",
        harm=float(len(failing)),
    )


def _is_near(name: str, type_: str, context: Context) -> bool:
    """True where something of the template is called nearly so: it is meant. What has another name altogether may be of
    another stack."""
    own = [resource.name for resource in context.inventory.of_type(type_)]
    return any(name in one or one in name for one in own) or bool(get_close_matches(name, own, 1, NEAR))


def _type(name: str) -> str:
    return next((type_ for end, type_ in KINDS.items() if name.upper() == end or name.upper().endswith(f"_{end}")), "")


RULE = Rule(
    id="lambda-names-nothing",
    title="The environment names something that is not there",
    severity=Severity.HIGH,
    types=(FUNCTION,),
    needs=("configuration", "logs"),
    why="Every call of it fails, in production first.",
    remedy="The name of what is deployed.",
    limits="Something of another stack or account is not known: without an error in the log it is an information, and "
    "in a template only what is nearly the name of something in it is found.",
    judge=judge,
    misleads="It reads like a missing permission.",
    runbook="error-rate",
)
