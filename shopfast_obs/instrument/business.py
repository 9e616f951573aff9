"""Metrics of the business: which function, which result, which metric."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DEFAULTS: Mapping[str, Any] = {"outcome": "return", "when": {}, "value": 1, "unit": "Count", "dimensions": {}}
Values = Mapping[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class BusinessMetric:
    """One metric: `function` is `module.function` or `module.Class.method`, with folders before it where that is
    needed; the rest are the arguments of the runtime's `counted`."""

    metric: str
    function: str
    outcome: str = "return"
    when: Values = field(default_factory=dict)
    value: float | str = 1
    unit: str = "Count"
    dimensions: Values = field(default_factory=dict)

    def means(self, path: Path, name: str) -> bool:
        """True when its function is the one of that name in the module."""
        written = tuple(self.function.replace("/", ".").split("."))
        parts = path.with_suffix("").parts
        own = (*(parts[:-1] if parts[-1] == "__init__" else parts), *name.split("."))
        return len(written) > name.count(".") + 1 and own[-len(written) :] == written

    def call(self, counted: str) -> str:
        """The decorator's expression."""
        arguments = [_code(self.metric)]
        for name, default in DEFAULTS.items():
            value = getattr(self, name)
            if value != default:
                arguments.append(f"{name}={_code(value)}")
        return f"{counted}({', '.join(arguments)})"


@dataclass(frozen=True, slots=True)
class MetricsPlan:
    """The metrics of one plan file."""

    path: Path
    metrics: tuple[BusinessMetric, ...]


def _code(value: object) -> str:
    """A plain value as Python with double quotes."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, tuple):
        return f"({', '.join(map(_code, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_code(key)}: {_code(item)}" for key, item in value.items()) + "}"
    return repr(value)
