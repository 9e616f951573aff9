"""Values of properties as rules need them: a path into them, a number, or left to a parameter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from shopfast_obs.model.resources import Resource
from shopfast_obs.parse import numbers


def at(resource: Resource, path: str) -> Any:  # noqa: ANN401 - a property has any JSON type
    """The value in force under a dotted path (`TracingConfig.Mode`), an intrinsic on the way as it is; None when it is
    not there."""
    first, *rest = path.split(".")
    value = resource.effective(first)
    for name in rest:
        if is_open(value):
            return value
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


_ARN_PART = r"(?:[^:{}]|\$\{[^}]*\})*"  # a pseudo parameter has colons of its own
_ARN = re.compile(rf"arn:{_ARN_PART}:([a-z0-9-]+):{_ARN_PART}:{_ARN_PART}:(.*)", re.S)


def arn(value: Any) -> tuple[str, str]:  # noqa: ANN401
    """The service of an ARN and what follows its account (`sqs`, `orders`); empty texts for anything else."""
    found = _ARN.match(value) if isinstance(value, str) else None
    return (found[1], found[2]) if found else ("", "")


def is_open(value: Any) -> bool:  # noqa: ANN401
    """True for an intrinsic that the template alone does not resolve."""
    return isinstance(value, Mapping) and len(value) == 1 and str(next(iter(value))).startswith(("Ref", "Fn::"))


def entries(value: Any) -> dict[str, Any]:  # noqa: ANN401
    """The entries of a mapping by their names as text; none of anything else that stands in its place."""
    return {str(name): item for name, item in value.items()} if isinstance(value, Mapping) else {}


def number(value: Any) -> float | None:  # noqa: ANN401
    """The number; None for nothing and for what a template leaves to a parameter."""
    return numbers.number(value)


def is_true(value: Any) -> bool:  # noqa: ANN401
    """True for `true` in JSON and for the string that YAML may hold."""
    return value in (True, "true", "True")
