"""What traces the handlers of a service already: Powertools' Tracer or the X-Ray SDK, OpenTelemetry of ours, or another
tracer, which a second one would only get in the way of."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from shopfast_obs.analysis import tracers
from shopfast_obs.instrument.application import sources
from shopfast_obs.instrument.application.service_discovery import Module, Service
from shopfast_obs.instrument.codemods.runtime import SOURCE
from shopfast_obs.instrument.codemods.traced import NAME
from shopfast_obs.instrument.interface import Codemod
from shopfast_obs.instrument.selection import Selection
from shopfast_obs.model.overlay import LAYERS, Layer, Tracing
from shopfast_obs.model.records import record

OTEL = (NAME, "annotate", "add_metadata")  # what of the layer needs OpenTelemetry
MOVED: tuple[Layer, ...] = ("runtime", "otel")  # what a source needs that had a Tracer; it has Powertools, if at all
POWERTOOLS, TRACER, XRAY_SDK = "aws_lambda_powertools", "Tracer", "aws_xray_sdk"


@record
class Traced:
    """How a handler is traced by what its module and those that it imports say. `ways` are those of ours and of the
    X-Ray SDK; `other` is the name of another tracer, or empty."""

    ways: frozenset[Tracing] = frozenset()
    other: str = ""


@record
class Declared:
    """How a declared function is traced: the layers that it needs, and the name of another tracer that it has.
    `moves` says that its source only moves to another way of tracing: it gets layers, and no settings."""

    layers: tuple[Layer, ...] = LAYERS["xray"]
    tracer: str = ""
    moves: bool = False

    def sentence(self, function: str) -> str:
        """What another tracer means for the function."""
        return (
            f"{function}: {self.tracer} traces it already: it gets logs, metrics and correlation, no second tracer, "
            "and its TracingConfig stays."
        )


def of_tree(tree: ast.Module) -> Traced:
    """How the source traces."""
    names = list(imported(tree))
    other = tracers.of_imports(names)
    ways: set[Tracing] = {"otel"} if any(f"{SOURCE}.{name}" in names for name in OTEL) else set()
    whole = POWERTOOLS in names and any(getattr(node, "attr", "") == TRACER for node in sources.nodes(tree))
    if whole or any(_is_xray(name) for name in names):
        ways.add("xray")
    return Traced(frozenset(ways), other.name if other else "")


def imported(tree: ast.Module) -> Iterator[str]:
    """The modules that the source imports, and `module.name` for what it takes from one."""
    for node in sources.nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_xray(name: str) -> bool:
    """True for an import of the X-Ray SDK or of Powertools' Tracer, which stands on it."""
    package, _, inner = name.partition(".")
    return package == XRAY_SDK or (package == POWERTOOLS and inner.partition(".")[0] in (TRACER, "tracing"))


def of_service(service: Service, shared: Path | None = None) -> Mapping[Path, Traced]:
    """How the handlers of each module are traced, by it, the modules of the service that it reaches, and the one at
    `shared`, which codemods may import."""
    modules = {module.source.path: module for module in service.modules}
    own = {path: of_tree(module.tree) for path, module in modules.items()}
    if all(traced == Traced() for traced in own.values()):
        return own
    return {path: together(own[p] for p in _reached(path, modules, shared)) for path in modules}


def of_handler(found: Traced, codemods: Sequence[Codemod], outside: tracers.Tracer | None = None) -> Declared:
    """How a function with this handler is traced once the codemods have run: `outside` is the tracer that its settings
    bring."""
    tracer = outside.name if outside else found.other
    if isinstance(codemods, Selection) and codemods.migrating:
        return Declared(MOVED if found.ways and not tracer else (), tracer, moves=True)
    if "otel" in found.ways or not isinstance(codemods, Selection):
        return Declared(LAYERS["otel" if "otel" in found.ways else "xray"], tracer)
    way = codemods.tracing or codemods.usual
    comes = way == "otel" and "xray" not in found.ways and any(codemod.tracing == way for codemod in codemods)
    return Declared(LAYERS["otel" if comes and not tracer else "xray"], tracer)


def usual(services: Sequence[Service]) -> Tracing:
    """How a handler that nothing traces yet is traced where nobody asked: by OpenTelemetry where all others are, else
    by the X-Ray SDK."""
    modules = [module for service in services for module in service.modules]
    if not any(SOURCE in module.source.text for module in modules):
        return "xray"
    ways = [of_tree(module.tree).ways for module in modules]
    return "otel" if any("otel" in each for each in ways) and not any("xray" in each for each in ways) else "xray"


def together(each: Iterable[Traced]) -> Traced:
    """What several sources of one function say."""
    found = list(each)
    ways = frozenset[Tracing]().union(*(traced.ways for traced in found))
    return Traced(ways, next((traced.other for traced in found if traced.other), ""))


def _reached(path: Path, modules: Mapping[Path, Module], shared: Path | None) -> set[Path]:
    seen, waiting = set[Path](), [path, *([shared] if shared else [])]
    while waiting:
        path = waiting.pop()
        if path not in seen and path in modules:
            seen.add(path)
            waiting += [item.path for item in modules[path].imports]
    return seen
