"""The statements of a function's policy, as CloudFormation's permissions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.cloud.readers.declared import picked
from shopfast_obs.cloud.readers.messages import parsed
from shopfast_obs.model.resources import PERMISSION, Resource

# What AddPermission makes a condition of.
_CONDITIONS = {
    "lambda:FunctionUrlAuthType": "FunctionUrlAuthType",
    "lambda:InvokedViaFunctionUrl": "InvokedViaFunctionUrl",
    "AWS:SourceArn": "SourceArn",
    "aws:SourceArn": "SourceArn",
}


def permissions(function: str, answer: Mapping[str, Any]) -> list[Resource]:
    """Each statement that lets a service or an account invoke the function, from the answer of GetPolicy."""
    found = []
    for statement in parsed(answer.get("Policy") or "{}").get("Statement") or ():
        principal = statement.get("Principal")
        said = next(iter(principal.values()), "") if isinstance(principal, dict) else principal
        properties = {"FunctionName": function, "Principal": said} | picked(statement, ("Action",))
        properties |= _conditions(statement)
        found.append(Resource(PERMISSION, f"{function}|{statement.get('Sid', '')}", properties=properties))
    return found


def _conditions(statement: Mapping[str, Any]) -> dict[str, Any]:
    tests = statement.get("Condition")
    said = [item for test in tests.values() if isinstance(test, dict) for item in test.items()] if tests else []
    return {_CONDITIONS[name]: value for name, value in said if name in _CONDITIONS}
