"""Calls that AWS refuses as malformed."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.log_pattern import LogPattern
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

RULE = Rule(
    "lambda-invalid-call",
    "AWS refuses a call of the function as invalid",
    Severity.HIGH,
    (FUNCTION,),
    LogPattern(
        r"\b(ValidationException|ParamValidationError|InvalidParameterValue(?:Exception)?|SerializationException)\b",
        "{name} makes invalid calls {times} ({share} of its invocations): {what}",
    ),
    when="its log has ValidationException, ParamValidationError and their like.",
    why="The call can never succeed: a wrong key name, a missing attribute, a value of the wrong type.",
    remedy="Read the message: it names the key or parameter. Compare it with the table's key schema.",
    limits="An application's own exception of exactly this name counts, too.",
    misleads="DynamoDB counts it as UserErrors of the account, not of the table.",
)
