"""What every dialect gives: CloudFormation, and where each resource of it stands in the file of the user."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from shopfast_obs.model.records import record
from shopfast_obs.model.resources import Gap

Lines = Mapping[str, int]


def _nowhere(_: str) -> Lines:
    return {}


@record
class Template:
    """A template in CloudFormation's words. By logical id, `lines` gives the lines of a resource's properties (in
    CloudFormation's names, the empty one is the resource), and `code` the folder of a function's source as the template
    names it."""

    value: Mapping[str, Any]
    file: str = ""
    lines: Callable[[str], Lines] = _nowhere
    code: Mapping[str, str] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()


def mapping(value: Any) -> Mapping[str, Any]:  # noqa: ANN401 - what stands in a file has any type
    """The value where it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def renamed(lines: Lines, names: Mapping[str, str]) -> dict[str, int]:
    """The lines with properties under CloudFormation's names."""
    found: dict[str, int] = {}
    for path, line in lines.items():
        first, dot, rest = path.partition(".")
        found[names.get(path) or names.get(first, first) + dot + rest] = line
    return found


def is_serverless(value: Mapping[str, Any]) -> bool:
    """True for a serverless.yml; here, because the modules that read one are many."""
    return "service" in value and "provider" in value and "Resources" not in value
