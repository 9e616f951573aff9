"""Calls that a role does not allow."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.log_pattern import LogPattern
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

RULE = Rule(
    "lambda-access-denied",
    "A call is denied to the function",
    Severity.HIGH,
    (FUNCTION,),
    LogPattern(
        # Between the code and the action stand the names of role and function, each of up to 64 characters.
        r"(?:\b(?:KMS)?AccessDenied(?:Exception)?\b(?:\) when calling the (\w+) operation)?"
        r"|is not authorized(?= to perform))"
        r"(?:.{0,400}? to perform:? ([\w-]+:\w+))?",
        "{name} is denied a call {times} ({share} of its invocations): {what}",
    ),
    when="its log has AccessDenied or `is not authorized to perform`.",
    why="Every request that needs the call fails, until someone changes the role.",
    remedy="Allow the action on that resource; an index of a table is a resource of its own (`table/*/index/*`).",
    limits="What the code catches and does not log is not seen.",
    misleads="The call's own service shows no error, and its table or queue looks idle.",
)
