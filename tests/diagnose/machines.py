"""State machines for the tests of the rules."""

from __future__ import annotations

import json
from typing import Any

from shopfast_obs.model.resources import STATE_MACHINE, Resource

ARN = "arn:aws:states:eu-west-1:1:stateMachine:flow"
LAMBDA = "arn:aws:lambda:eu-west-1:1:function:web"


def machine(
    states: dict[str, Any] | None = None, *, whole: dict[str, Any] | None = None, **properties: Any
) -> Resource:
    """A state machine with these states."""
    said = {"StartAt": "A", **(whole or {}), "States": states or {"A": task()}}
    return Resource(
        STATE_MACHINE, "flow", "Flow", "app", ARN, properties={"DefinitionString": json.dumps(said), **properties}
    )


def task(**fields: Any) -> dict[str, Any]:
    """A task that invokes a function."""
    return {"Type": "Task", "Resource": LAMBDA, "End": True, **fields}


UNREADABLE = Resource(STATE_MACHINE, "flow", "Flow", properties={"DefinitionS3Location": {"Bucket": "b", "Key": "k"}})
