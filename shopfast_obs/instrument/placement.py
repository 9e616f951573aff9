"""Where in the sources the functions are that a plan of business metrics names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from shopfast_obs.instrument.application.service_discovery import Discovery
from shopfast_obs.instrument.business import BusinessMetric, MetricsPlan
from shopfast_obs.model.changes import Skipped

FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


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
