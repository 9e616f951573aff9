"""Metrics of the business: which function, which result, which metric, and where in the sources that function is."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from shopfast_obs.instrument.discover import Discovery
from shopfast_obs.model.changes import Skipped

FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
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


def placed(plan: MetricsPlan, found: Discovery) -> Discovery:
    """The modules with the metrics of their functions; a metric whose function is not there, or in several modules, is
    skipped with the reason."""
    skipped: list[Skipped] = []
    counted: dict[Path, dict[str, tuple[BusinessMetric, ...]]] = {}
    modules = {module.source.path: module for service in found.services for module in service.modules}
    for metric in plan.metrics:
        places = [(p, name) for p, m in modules.items() for name in _functions(m.tree) if metric.means(p, name)]
        if len(places) == 1:
            path, name = places[0]
            known = counted.setdefault(path, {})
            known[name] = (*known.get(name, ()), metric)
        elif places:
            where = ", ".join(f"{path.parent.name}/{path.name}" for path, _ in places)
            reason = f"{metric.metric}: {metric.function} is in {where}; write the folder before it"
            skipped.append(Skipped(str(plan.path), reason))
        else:
            reason = f"{metric.metric}: no {metric.function} in the sources that handlers reach"
            skipped.append(Skipped(str(plan.path), reason))
    services = tuple(
        replace(s, modules=tuple(replace(m, metrics=counted.get(m.source.path, {})) for m in s.modules))
        for s in found.services
    )
    return replace(found, services=services, skipped=(*found.skipped, *skipped))


def _functions(tree: ast.Module) -> Iterator[str]:
    """`function` and `Class.method`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield from (f"{node.name}.{m.name}" for m in node.body if isinstance(m, FUNCTIONS))
    yield from (node.name for node in tree.body if isinstance(node, FUNCTIONS))


def _code(value: object) -> str:
    """A plain value as Python with double quotes."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, tuple):
        return f"({', '.join(map(_code, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_code(key)}: {_code(item)}" for key, item in value.items()) + "}"
    return repr(value)
