"""What becomes of the sources of services: of all that share a process, or of none."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import libcst as cst

from shopfast_obs.instrument.application import sources, style
from shopfast_obs.instrument.application.service_discovery import Discovery
from shopfast_obs.instrument.application.tracing import of_tree
from shopfast_obs.instrument.edit.imports import names_in
from shopfast_obs.instrument.engine import split_tail
from shopfast_obs.instrument.interface import ModuleContext
from shopfast_obs.instrument.migration import libraries, requirements
from shopfast_obs.instrument.migration.graph import Graph, Unit
from shopfast_obs.instrument.migration.module import Moved, finished, moved
from shopfast_obs.instrument.migration.names import Kind, Problem
from shopfast_obs.instrument.service import FileResult

CODEMOD = "xray-to-otel"
USES = re.compile(r"aws_xray_sdk|aws_lambda_powertools[\s\S]*\bTracer\b")
TOGETHER = "two tracers in one process do not see each other's parts"
UNREACHED = "no Lambda handler that was found reaches it, so nothing sets OpenTelemetry up in its process"
EXPORTED = (Kind.TRACER, Kind.RECORDER, Kind.PATCH, Kind.PATCH_ALL, Kind.TRACER_CLASS)


@dataclass(slots=True)
class _State:
    """What is known of the modules, and why some stay: their own problems, and those of others in their process."""

    graph: Graph
    modules: dict[Path, Moved] = field(default_factory=dict)
    stays: dict[Path, list[str]] = field(default_factory=dict)


def migrated(found: Discovery, tops: Sequence[Path], spared: Collection[Path] = ()) -> Iterator[FileResult]:
    """The results for the modules below `tops` that the services' handlers reach, each file once, and for their
    requirements. `spared` are sources of functions that get no layers."""
    entries = {m.source.path: m.handlers for service in found.services for m in service.modules if m.handlers}
    state = _State(Graph(entries, tops))
    _read(state)
    processes = list(_judge(state, spared))
    results = _results(state, processes)
    yield from (FileResult(path, "skipped", reason=reason) for path, reason in state.graph.left.items())
    yield from results
    others = [path for path in state.graph.others() if _uses(path)]
    yield from (FileResult(path, "skipped", reason=UNREACHED) for path in others if not _is_test(path))
    changed = [result.path for result in results if result.status == "changed"]
    staying = [*others, *state.graph.left, *(r.path for r in results if r.status != "changed" and _uses(r.path))]
    yield from requirements.edited(changed, staying, tops, CODEMOD)


def _is_test(path: Path) -> bool:
    return path.name.startswith(("test_", "conftest")) or path.name.endswith("_test.py") or "tests" in path.parts


def _uses(path: Path) -> bool:
    data = sources.content(path)
    return isinstance(data, bytes) and USES.search(data.decode("utf-8", "replace")) is not None


def _read(state: _State) -> None:
    """Read every module, those that import objects of others again once these are known."""
    exports: dict[Path, dict[str, Kind]] = {}
    waiting = [path for path, unit in state.graph.units.items() if USES.search(unit.source.text)]
    while waiting:
        for path in waiting:
            unit = state.graph.units[path]
            state.modules[path] = _moved(unit, _given(unit, exports))
        new = {path: _exports(state.modules[path]) for path in waiting}
        fresh = {path for path, each in new.items() if exports.get(path, {}) != each}
        exports |= new
        waiting = [p for p, unit in state.graph.units.items() if fresh & set(unit.own.values())]


def _given(unit: Unit, exports: Mapping[Path, Mapping[str, Kind]]) -> dict[str, Kind]:
    """The objects that the module may import, by the path as it would write it."""
    return {
        f"{written}{'' if written.endswith('.') else '.'}{name}": kind
        for written, path in unit.own.items()
        for name, kind in exports.get(path, {}).items()
    }


def _exports(found: Moved) -> dict[str, Kind]:
    return {name: kind for name, kind in found.names.known.items() if "." not in name and kind in EXPORTED}


def _context(unit: Unit) -> ModuleContext:
    written = style.of(unit.source.path.parent)
    siblings = frozenset(each.split(".")[0] for each in unit.own if not each.startswith("."))
    names = frozenset(names_in(unit.tree))
    return ModuleContext(unit.handlers, siblings=siblings, names=names, style=written, tree=unit.tree)


def _moved(unit: Unit, given: Mapping[str, Kind]) -> Moved:
    body, _ = split_tail(unit.source.text)
    return moved(body, _context(unit), given)


def _results(state: _State, processes: Sequence[Sequence[Path]]) -> list[FileResult]:
    """What becomes of each module; where one cannot be written, its process stays too."""
    while True:
        _spread(state, processes)
        results = [_result(state, path) for path in state.graph.units]
        failed = [each for each in results if each.path not in state.stays and each.status in ("skipped", "failed")]
        if not failed:
            return results
        for each in failed:
            state.stays[each.path] = [each.reason]


def _judge(state: _State, spared: Collection[Path]) -> Iterator[list[Path]]:
    """Note what cannot be moved; gives the modules of each process, that of the handler first."""
    concerned = {path for path, each in state.modules.items() if each.concerned}
    for path in concerned:
        for problem in state.modules[path].problems:
            _stay(state, path, problem)
    for path, unit in state.graph.units.items():
        if not unit.handlers:
            continue
        reached = state.graph.reached(path)
        members = [each for each in reached if each in concerned]
        if members:
            _check_process(state, path, reached, members, spared)
            yield [path, *(each for each in members if each != path)]


def _spread(state: _State, processes: Sequence[Sequence[Path]]) -> None:
    """What shares a process with a module that stays, stays."""
    told = True
    while told:
        told = False
        for process in processes:
            cause = next((each for each in process if each in state.stays), None)
            for path in process:
                if cause is not None and path not in state.stays:
                    state.stays[path] = [f"{cause.name} of its process stays, and {TOGETHER}"]
                    told = True


def _stay(state: _State, path: Path, problem: Problem) -> None:
    said = f"{path.name}:{problem.line}: {problem.reason}"
    if said not in state.stays.setdefault(path, []):
        state.stays[path].append(said)


def _check_process(
    state: _State, entry: Path, reached: Sequence[Path], members: Sequence[Path], spared: Collection[Path]
) -> None:
    """What only the whole process shows: libraries whose calls the X-Ray SDK alone follows, and other tracers."""
    patched = frozenset(each for path in members for each in state.modules[path].patched)
    if entry in spared:
        state.stays.setdefault(entry, []).append("a function that loads it gets no layers")
    if (unread := next((each for each in reached if each in state.graph.left), None)) is not None:
        state.stays.setdefault(entry, []).append(f"{unread.name}, which it imports, cannot be read")
    for path in reached:
        unit = state.graph.units.get(path)
        if unit is None:
            continue
        if other := of_tree(unit.tree).other:
            _stay(state, entry, Problem(1, f"{other} follows its invocations already"))
        for name, line in unit.imported.items():
            library = libraries.MODULES.get(name)
            if library in patched:
                reason = f"{path.name}:{line}: calls of {library} are parts of the X-Ray SDK, and would be none"
                state.stays.setdefault(entry, []).append(reason)


def _result(state: _State, path: Path) -> FileResult:
    unit, found = state.graph.units[path], state.modules.get(path)
    if path in state.stays:
        return FileResult(path, "skipped", reason="; ".join(state.stays[path]))
    follows = bool(unit.handlers) and any(
        each in state.modules and state.modules[each].traces for each in state.graph.reached(path)
    )
    if not follows and (found is None or not found.concerned):
        return FileResult(path, "unchanged")
    return _written(state, path, unit, found or _moved(unit, {}), unit.handlers if follows else ())


def _written(state: _State, path: Path, unit: Unit, found: Moved, bare: Sequence[str]) -> FileResult:
    exported = {
        name
        for other in state.graph.units.values()
        for written, target in other.own.items()
        if target == path
        for name in found.names.known
        if re.search(rf"\b{re.escape(name)}\b", other.source.text) and written
    }
    context = _context(unit)
    try:
        body, tail = split_tail(unit.source.text)
        code = finished(found, context, exported=exported, bare=bare).code + tail
        if cst.parse_module(body).code != body:
            return FileResult(path, "skipped", reason="its formatting would not survive")
        sources.check(code)
    except (SyntaxError, ValueError, cst.CSTValidationError) as problem:
        return FileResult(path, "failed", reason=f"the result would not parse: {problem}".splitlines()[0])
    data = unit.source.encoded(code)
    if data is None or data == unit.source.data:
        return FileResult(path, "unchanged")
    return FileResult(path, "changed", (CODEMOD,), before=unit.source.data, after=data)
