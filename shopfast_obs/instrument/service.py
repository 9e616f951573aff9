"""One service: its modules through the codemods, and the module that makes what they share."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from shopfast_obs.instrument import engine
from shopfast_obs.instrument.application import powertools, sources, style, tests, tracing
from shopfast_obs.instrument.application.root_level import root_is_verbose
from shopfast_obs.instrument.application.service_discovery import Module, Service
from shopfast_obs.instrument.interface import Codemod, Kind, ModuleContext
from shopfast_obs.instrument.selection import Selection, of_file
from shopfast_obs.model.changes import Skipped
from shopfast_obs.model.overlay import Tracing

KINDS: tuple[Kind, ...] = ("logger", "tracer", "metrics")
NAMES = ("observability", "service_observability")
MAKES_LOGGER = re.compile(r"^logger\s*(:[^=]+)?=\s*([\w.]+\.)?Logger\(", re.MULTILINE)
# Of the modules that codemods make, by the way of tracing; each may be longer.
HEADS: Mapping[Tracing, str] = {
    "xray": '"""The only Logger, Tracer and Metrics of this service',
    "otel": '"""The only Logger and Metrics of this service',
}
HEAD = tuple(HEADS.values())


@dataclass(frozen=True, slots=True)
class FileResult:
    """What becomes of one file; `before` and `after` are its bytes, `reason` says why something was left alone, and
    `unread` that it could not even be read."""

    path: Path
    status: Literal["changed", "unchanged", "skipped", "failed"]
    codemods: tuple[str, ...] = ()
    reason: str = ""
    before: bytes | None = None
    after: bytes | None = None
    unread: bool = False


def instrument(service: Service, codemods: Sequence[Codemod]) -> Iterator[FileResult]:
    """What becomes of each module of the service, the module of the shared objects last."""
    shared = _shared(service)
    wanted: dict[Kind, bool] = {}
    moving = any(codemod.id == "clients" for codemod in codemods)
    selection = codemods if isinstance(codemods, Selection) else Selection(codemods)
    way = selection.tracing or selection.usual or "xray"
    traced = tracing.of_service(service, shared.path if shared else None)
    verbose = any(root_is_verbose(module.source.text) for module in service.modules)
    for module in service.modules:
        if shared is not None and module.source.path == shared.path:
            continue
        written = style.of(module.source.path.parent)
        objects, siblings = _objects(service, module, shared), _siblings(service, shared, written)
        patched = tests.working_on_boto3(module.source) if module.handlers and moving else ""
        context = ModuleContext(
            module.handlers, objects, siblings, metrics=module.metrics, patched=patched, verbose=verbose,
            plain=powertools.without_fields(module.source.path.parent), style=written, tracing=way,
        )  # fmt: skip
        if module.handlers:
            context = _traced(context, traced[module.source.path], selection, module.source.path)
        result, text = _module(module, context, codemods)
        yield result
        if context.objects:
            wanted |= dict.fromkeys(_imported(text, context.objects), True)
    if shared is not None:
        kinds = tuple(kind for kind in KINDS if kind in wanted)
        yield from _shared_module(service, shared, kinds, way)


def _traced(context: ModuleContext, found: tracing.Traced, selection: Selection, path: Path) -> ModuleContext:
    """The context with what traces the handlers of the module already. Where nobody asked for a way of tracing, what
    stands on one stays on it."""
    way = context.tracing
    if selection.tracing is None and len(found.ways) == 1:
        (way,) = found.ways
    return replace(context, tracing=way, traced=found.ways, tracer=found.other or selection.tracers.get(path, ""))


@dataclass(frozen=True, slots=True)
class _Shared:
    path: Path
    prefix: str


def _shared(service: Service) -> _Shared | None:
    """Where the service's objects are made: a module that makes a Logger already, else a new one beside the handler;
    None when a handler stands alone and makes its own."""
    linked = [item for module in service.modules if module.handlers for item in module.imports]
    if service.alone or not linked:
        return None
    prefix = linked[0].prefix
    for module in service.modules:
        path = module.source.path
        if not module.handlers and path.parent == service.folder and MAKES_LOGGER.search(module.source.text):
            return _Shared(path, prefix)
    for name in NAMES:
        path = service.folder / f"{name}.py"
        if not path.exists() and not path.with_suffix("").exists():
            return _Shared(path, prefix)
        if path.is_file() and path.read_text(encoding="utf-8", errors="replace").startswith(HEAD):
            return _Shared(path, prefix)
    return None


def _objects(service: Service, module: Module, shared: _Shared | None) -> str:
    """How this module names the module of the objects; empty when it makes its own."""
    if shared is None or (module.handlers and not module.imports):
        return ""
    if shared.prefix != ".":
        return f"{shared.prefix}{shared.path.stem}"
    depth = len(module.source.path.parent.relative_to(service.folder).parts)
    return f"{'.' * (depth + 1)}{shared.path.stem}"


def _siblings(service: Service, shared: _Shared | None, written: style.Style) -> frozenset[str]:
    """The modules that stand among the project's own imports: to a sorter, those in its folders only."""
    if written.roots and service.folder not in written.roots:
        return frozenset()
    inside = [module.source.path for module in service.modules if module.source.path.is_relative_to(service.folder)]
    paths = [path.relative_to(service.folder) for path in inside]
    names = {path.parts[0].removesuffix(".py") for path in paths}
    names |= {item.prefix.split(".")[0] for module in service.modules for item in module.imports}
    return frozenset(names | ({shared.path.stem} if shared else set())) - {""}


def _module(module: Module, context: ModuleContext, codemods: Sequence[Codemod]) -> tuple[FileResult, str]:
    source = module.source
    try:
        wanted = of_file(codemods, source.path)
        outcome = engine.transform(source.text, context, wanted, source.path.name, module.tree)
    except Exception as problem:  # one file that a codemod trips over must not hide the others
        reason = f"{type(problem).__name__}: {problem}".splitlines()[0]
        return FileResult(source.path, "failed", reason=reason), source.text
    reason = "; ".join(
        f"{item.what.removeprefix(source.path.name).lstrip(': ')}: {item.reason}".removeprefix(": ")
        for item in (*outcome.skipped, *outcome.notes)
    )
    if not outcome.codemods:
        unread = any(item.unread for item in outcome.skipped)
        kept = FileResult(source.path, "skipped" if outcome.skipped else "unchanged", reason=reason, unread=unread)
        return kept, source.text
    data = source.encoded(outcome.source)
    if data is None:
        reason = f"the result cannot be written in {source.encoding}"
        return FileResult(source.path, "skipped", reason=reason), source.text
    return FileResult(source.path, "changed", outcome.codemods, reason, source.data, data), outcome.source


def _imported(text: str, objects: str) -> set[Kind]:
    """Which of the shared objects a module imports."""
    found: set[str] = set()
    for node in sources.parse(text).body:
        if isinstance(node, ast.ImportFrom) and "." * node.level + (node.module or "") == objects:
            found |= {alias.name for alias in node.names}
    return {kind for kind in KINDS if kind in found}


def _shared_module(service: Service, shared: _Shared, kinds: tuple[Kind, ...], way: Tracing) -> Iterator[FileResult]:
    """The shared module with an object of each kind."""
    if shared.path.exists():
        source = sources.read(shared.path)
        if isinstance(source, Skipped):
            yield FileResult(shared.path, "skipped", reason=source.reason, unread=source.unread)
            return
        text, made = engine.with_objects(source.text, kinds, style.of(shared.path.parent))
        after = source.encoded(text)
        yield FileResult(shared.path, "changed" if made else "unchanged", made, before=source.data, after=after)
    elif kinds:
        newline = service.modules[0].source.newline
        text, made = engine.with_objects(f'{HEADS[way]}."""{newline}', kinds, style.of(shared.path.parent))
        yield FileResult(shared.path, "changed", made, before=None, after=text.encode())
