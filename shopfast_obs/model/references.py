"""How a value of a template names a resource that has no name yet: `${Hello@stack}`, `${Hello.Arn@stack}`.

It is the variable of `Fn::Sub` with its stack behind an `@`, so that it holds in a value of any other stack, too, and
never equals a physical name that happens to read like a logical id.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

REFERENCE = re.compile(r"\$\{([^${}@]+)(?:@([^${}@]*))?\}")


def reference(name: str, stack: str = "") -> str:
    """The reference to a resource or parameter of a stack by its logical id, `Id.Attribute` for an attribute."""
    return f"${{{name}@{stack}}}" if stack else f"${{{name}}}"


def nested(stack: str, logical_id: str) -> str:
    """What the stack that a resource of another makes is called here; the deployment calls it what it likes."""
    return f"{stack}-{logical_id}"


def stack_name(said: str) -> str:
    """The name of a deployed stack from its name or its ARN, `arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID`."""
    return said.split("/")[1] if said.startswith("arn:") else said


def is_open(text: str) -> bool:
    """True for a text with a reference in it: only the deployment knows what it comes to."""
    return bool(REFERENCE.search(text))


def readable(text: str, names: Mapping[str, str] | None = None) -> str:
    """The text for a reader: a resource goes by its name (in `names` by the reference), else by its logical id, and
    the stack's name by what the stack is called here. Pseudo parameters stay."""
    if "${" not in text:
        return text

    def said(match: re.Match[str]) -> str:
        if names and match[0] in names:
            return names[match[0]]
        if match[1] == "AWS::StackName" and match[2]:
            return match[2]
        return match[0] if match[2] is None else match[1]

    return REFERENCE.sub(said, text)


def unqualified(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The value as it may stand in a template of its own stack: references without their stack."""
    if isinstance(value, str):
        return REFERENCE.sub(lambda match: f"${{{match[1]}}}", value)
    if isinstance(value, Mapping):
        return {key: unqualified(item) for key, item in value.items()}
    return [unqualified(item) for item in value] if isinstance(value, list | tuple) else value
