"""Whether a function's role may send traces, as its policies say, and the policy that lets it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

POLICY = "shopfast-obs-tracing"
# What AWSXRayDaemonWriteAccess allows of it: segments and sampling rules belong to no resource.
ACTIONS = (
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
)
SENDING = ACTIONS[:2]
DOCUMENT: Mapping[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": list(ACTIONS), "Resource": "*"}],
}


def may_send(policies: Iterable[Mapping[str, Any]]) -> bool:
    """True when the policies allow sending segments. What a condition allows is not counted on, what one denies is."""
    statements = [statement for policy in policies for statement in _several(policy.get("Statement"))]
    return all(
        any(_applies(s, action, "Allow") and not s.get("Condition") for s in statements)
        and not any(_applies(s, action, "Deny") for s in statements)
        for action in SENDING
    )


def _applies(statement: Mapping[str, Any], action: str, effect: str) -> bool:
    if statement.get("Effect") != effect or "*" not in _several(statement.get("Resource")):
        return False
    if "NotAction" in statement:
        return not any(_matches(action, pattern) for pattern in _several(statement["NotAction"]))
    return any(_matches(action, pattern) for pattern in _several(statement.get("Action")))


def _matches(action: str, pattern: str) -> bool:
    return fnmatchcase(action.lower(), str(pattern).lower())


def _several(value: Any) -> Sequence[Any]:  # noqa: ANN401 - JSON
    """IAM lets one of something stand without its list."""
    return value if isinstance(value, list) else [] if value is None else [value]
