"""Calls that AWS refuses as malformed."""

from __future__ import annotations

from shopfast_obs.diagnose.logged import logged
from shopfast_obs.model.findings import Severity

RULE = logged(
    "lambda-invalid-call",
    "AWS refuses a call of the function as invalid",
    Severity.HIGH,
    r"(ValidationException|ParamValidationError|InvalidParameterValue(?:Exception)?|SerializationException)",
    says="{name} makes invalid calls {count} times ({share} of its invocations): {what}",
    when="its log has ValidationException, ParamValidationError and their like.",
    why="The call can never succeed: a wrong key name, a missing attribute, a value of the wrong type.",
    remedy="Read the message: it names the key or parameter. Compare it with the table's key schema.",
    limits="An application's own exception of such a name counts, too.",
    misleads="DynamoDB counts it as UserErrors of the account, not of the table.",
)
