"""Secrets in plain environment variables."""

from __future__ import annotations

import re

from shopfast_obs.analysis.sensitive import find
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured, some
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural
from shopfast_obs.diagnose.property_values import at, entries, is_open
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource

_VARIABLE = re.compile(r"\$\{[^}]*\}")
_PLACEHOLDER = re.compile(r"(?i)dummy|example|placeholder|change.?me|replace|your[-_ ]|<[^>]*>|\Ax{3,}\Z|todo")


def judge(function: Resource, context: Context) -> Judgement:
    """Found when a variable is named as a secret and has a plain value, or has the form of one."""
    said = at(function, "Environment.Variables")
    if is_open(said):
        return Undecided("its environment is left to a parameter")
    variables = {name: value for name, value in entries(said).items() if isinstance(value, str) and value}
    plain = {name: _kind(name, value) for name, value in variables.items() if _kind(name, value)}
    if not plain:
        return Passed(f"none of {plural(len(variables), 'variable')} looks like a secret")
    return Found(
        f"{function.name} has {plural(len(plain), 'secret')} in its environment: {some(plain)}",
        [
            configured(
                f"{name} is {kind}",
                f"Environment.Variables.{name}",
                variables=len(variables),
            )
            for name, kind in list(plain.items())[:3]
        ],
        Remedy(
            "Put it into Secrets Manager or a SecureString parameter, give the function its name, rotate the old one."
        ),
        confidence="likely",
    )


def _kind(name: str, value: str) -> str:
    """What the value seems to be; empty for nothing of the kind."""
    if value.startswith(("arn:", "{{resolve:", "/", "${")):
        return ""
    value = _VARIABLE.sub("x", value)  # the colons of `${AWS::Region}` in an address part no name from a password
    own = next((hit.kind for hit in find(value) if hit.secret), "")
    if own and own != "named secret":
        return f"the value of a secret of the kind {own}"
    if _PLACEHOLDER.search(value):
        return ""
    plain = value.replace('"', "'").replace("\\", "/")
    return "named as a secret" if any(hit.secret for hit in find(f'"{name}": "{plain}"')) else ""


RULE = Rule(
    id="lambda-secret-in-environment",
    title="A secret stands in the environment",
    severity=Severity.MEDIUM,
    types=(FUNCTION,),
    needs=("configuration",),
    why="Everyone who may read the configuration reads it, and it stands in the template and its history.",
    remedy="A reference to Secrets Manager or Parameter Store instead of the value.",
    limits="By name and form; a secret with a harmless name is not seen. A value that calls itself a dummy is none.",
    judge=judge,
    misleads="The console calls the environment encrypted: at rest, for those who cannot read it anyway.",
)
