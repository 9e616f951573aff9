"""One module from the X-Ray SDK to OpenTelemetry, or what stands in the way."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from shopfast_obs.instrument.application import sources
from shopfast_obs.instrument.edit.handlers import as_functions, decorate, decorated
from shopfast_obs.instrument.edit.imports import add_import, apart, bound_names, dotted, header_end, imported_as
from shopfast_obs.instrument.interface import ModuleContext
from shopfast_obs.instrument.migration import tidy
from shopfast_obs.instrument.migration.calls import ANNOTATE, METADATA, TRACE, TRACED, TRACER, Renamed
from shopfast_obs.instrument.migration.mover import Mover
from shopfast_obs.instrument.migration.names import Kind, Names, Problem, Reader
from shopfast_obs.instrument.migration.pairs import Paired

RUNTIME = "shopfast_obs.runtime"
BARE = f"{TRACED}(span=False)"
WANTED = {  # what a placeholder stands for: where it is from, and its name
    TRACE: ("opentelemetry", "trace"),
    TRACED: (RUNTIME, "traced"),
    ANNOTATE: (RUNTIME, "annotate"),
    METADATA: (RUNTIME, "add_metadata"),
}


@dataclass(frozen=True, slots=True)
class Moved:
    """The module as it would be, before names and imports are settled; what stands in the way; the objects that it
    makes for others; the libraries whose calls were parts; whether variables
    hold parts."""

    module: cst.Module
    names: Names
    problems: tuple[Problem, ...] = ()
    patched: frozenset[str] = field(default=frozenset())
    holds: bool = False

    @property
    def concerned(self) -> bool:
        """True where the module traces by the X-Ray SDK, or imports what does."""
        kinds = set(self.names.known.values())
        return bool(self.names.imported or self.problems or kinds & {Kind.TRACER, Kind.RECORDER})

    @property
    def traces(self) -> bool:
        """True where it makes parts, or makes calls parts; an import that nothing uses does neither."""
        return bool(self.patched or set(self.names.known.values()) & {Kind.TRACER, Kind.RECORDER})


def moved(source: str, context: ModuleContext, given: Mapping[str, Kind]) -> Moved:
    """What becomes of the module; `given` are the objects of its own modules, by the path as it would import them."""
    wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
    places = wrapper.resolve(PositionProvider)
    lines = {node: place.start.line for node, place in places.items()}
    reader = Reader(given)
    wrapper.visit(reader)
    names = reader.names
    if not names.known and not names.problems:
        return Moved(wrapper.module, names)
    module = wrapper.module
    if "begin_subsegment" in source:
        module = cst.ensure_type(module.visit(Paired(lambda call: _recorded(names, call), lines)), cst.Module)
    mover = Mover(names, lines, frozenset(_plain(source)), context.style.of_file(source).quote)
    module = MetadataWrapper(module, unsafe_skip_copy=True).visit(mover)
    problems = tuple(sorted(set(mover.problems), key=lambda p: p.line))
    return Moved(cst.ensure_type(module, cst.Module), names, problems, frozenset(mover.patched), mover.holds)


def _recorded(names: Names, call: cst.Call) -> str:
    found = names.find(dotted(call.func))
    return found[2] if found and found[1] is Kind.RECORDER else ""


def _plain(source: str) -> list[str]:
    """The module's own decorators that do not give a function its name back."""
    return [
        node.name
        for node in sources.parse(source).body
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(each, ast.FunctionDef) for each in node.body)
        and "wraps" not in {getattr(n, "id", getattr(n, "attr", "")) for n in ast.walk(node)}
    ]


def finished(
    found: Moved, context: ModuleContext, *, exported: Collection[str] = (), bare: Sequence[str] = ()
) -> cst.Module:
    """The module with its imports and names settled. `exported` are its objects that others use; `bare` the handlers
    whose invocations must be followed, though they are no parts themselves."""
    names, module = found.names, found.module
    if found.holds:
        module = cst.ensure_type(module.visit(tidy.Variables()), cst.Module)
    used = tidy.uses(module)
    kept = {
        name for name, kind in names.known.items() if kind in (Kind.TRACER, Kind.RECORDER) and used.get(name, 0) > 1
    }
    unread = {name for name in names.made if "." not in name and name not in kept and name not in exported}
    gone = {
        name: path
        for name, path in names.imported.items()
        if names.known[name] is not Kind.TRACER or (name not in used and name not in exported)
    }
    for step in (tidy.Objects(unread), tidy.Imports(gone), tidy.Lines()):
        module = cst.ensure_type(module.visit(step), cst.Module)
    methods = frozenset({TRACED, "traced"})
    missing = [name for name in bare if not decorated(module, name, methods)]
    if missing:
        module, _ = as_functions(module, missing)
        for handler in missing:
            module = decorate(module, handler, BARE, methods)
    return _named(module, names, context)


def _named(module: cst.Module, names: Names, context: ModuleContext) -> cst.Module:
    """The module with real names in place of those that stood for them, and what brings them."""
    used, taken = tidy.uses(module), bound_names(module, context)
    real: dict[str, str] = {}
    tops = [
        name for name in sorted(names.made) if "." not in name and names.known.get(name) is Kind.TRACER and name in used
    ]
    if TRACER in used:
        free = next(n for n in ("tracer", "otel_tracer", "_otel_tracer") if n not in taken or n in names.imported)
        real[TRACER] = tops[0] if tops else free
        used = {**used, **({} if tops else {TRACE: 1})}
    for placeholder, (source, name) in WANTED.items():
        if placeholder not in used:
            continue
        local = name if name not in taken or _brings(module, source, name) else f"otel_{name}"
        real[placeholder] = local
        if not _brings(module, source, name):
            module = add_import(module, source, name, local, context)
    if TRACER in used and not tops:
        module = _with_tracer(module, real[TRACER], real[TRACE])
    return cst.ensure_type(module.visit(Renamed(real)), cst.Module)


def _brings(module: cst.Module, source: str, name: str) -> bool:
    return imported_as(module, name, source) == name


def _with_tracer(module: cst.Module, name: str, trace: str) -> cst.Module:
    """The module with a tracer after its imports."""
    at, body = header_end(module), list(module.body)
    line = cst.parse_statement(f"{name} = {trace}.get_tracer(__name__)", config=module.config_for_parsing)
    line = cst.ensure_type(line, cst.SimpleStatementLine)
    if at:
        line = line.with_changes(leading_lines=[cst.EmptyLine(indent=False)])
    if at < len(body):
        body[at] = apart(body[at])
    return module.with_changes(body=[*body[:at], line, *body[at:]])
