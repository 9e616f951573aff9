"""From paths to services: handlers, and the modules of their own that they import."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from shopfast_obs.errors import ProjectError
from shopfast_obs.instrument.application import called, handler_discovery, powertools, sources, tests
from shopfast_obs.instrument.application.files import python_files
from shopfast_obs.instrument.application.sources import Source
from shopfast_obs.model.changes import Skipped

if TYPE_CHECKING:
    from shopfast_obs.instrument.business import BusinessMetric


@dataclass(frozen=True, slots=True)
class Module:
    """One source of a service: its handlers (none for a helper), the modules of the service that it imports, and the
    metrics of the business by the function that they count."""

    source: Source
    tree: ast.Module
    handlers: tuple[str, ...] = ()
    imports: tuple[Import, ...] = ()
    metrics: Mapping[str, tuple[BusinessMetric, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Import:
    """An import of another module of the service: its file, and how the service's folder is written before a module
    name (`` for flat imports, `.` for relative ones, `app.` for a package from its root)."""

    path: Path
    prefix: str


@dataclass(frozen=True, slots=True)
class Service:
    """The handlers in one folder and the modules below it that they reach."""

    folder: Path
    modules: tuple[Module, ...]
    alone: bool = False  # only this one file may change


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found, and what was left alone and why (`what` is the path)."""

    services: tuple[Service, ...]
    skipped: tuple[Skipped, ...] = field(default=())

    def handlers(self) -> frozenset[str]:
        """All handlers as `module.function`."""
        modules = (module for service in self.services for module in service.modules)
        return frozenset(f"{module.source.path.stem}.{name}" for module in modules for name in module.handlers)


def discover(paths: Sequence[Path], names: Collection[str] = (), *, each: bool = True) -> Discovery:
    """The services below the paths; `names` are `module.function` handlers that a template declares. Raises
    ProjectError for a path that does not exist, and for a folder without a handler: with `each` for every one, else
    only when none of them has any."""
    _entries.cache_clear()
    tests.forget()
    powertools.forget()
    services: list[Service] = []
    skipped: list[Skipped] = []
    for path in paths:
        if not path.exists():
            raise ProjectError(f"There is no file or folder {path}.", "Name a folder or file with a Lambda handler.")
        with sources.uncollected():
            found, left = _below(path, _by_file(names))
        if path.is_dir() and not found and not left:
            if each:
                raise _no_handler(path)
            continue
        services += found
        skipped += left if found or left else [_without_handler(path)]
    if paths and not each and not services and not skipped:
        raise _no_handler(paths[0])
    return Discovery(tuple(services), tuple(skipped))


def _no_handler(folder: Path) -> ProjectError:
    return ProjectError(
        f"No Lambda handler was found in {folder}.",
        "A handler is a function `lambda_handler`, `handler`, or any function of (event, context).",
    )


def _without_handler(path: Path) -> Skipped:
    """Why a file that somebody named has no handler: it is read, and has none, or it cannot be read as Python."""
    if path.is_file() and path.suffix != ".py":
        return Skipped(str(path), "it is no Python source", unread=True)
    module = _module(path)
    if isinstance(module, Skipped) and module.unread:
        return module
    return Skipped(str(path), "no Lambda handler was found in it")


def declared(folder: Path, names: Collection[str]) -> Discovery:
    """The services of exactly these handlers, `module.function` with the folders below this one before it; what a
    template does not declare, or cannot carry instrumentation, stays out."""
    _entries.cache_clear()
    tests.forget()
    found: dict[Path, set[str]] = {}
    skipped: list[Skipped] = []
    for name in sorted(names):
        place = handler_discovery.defined(folder, name)
        if isinstance(place, Skipped):
            skipped.append(place)
        else:
            found.setdefault(place[0], set()).add(place[1])
    modules: dict[Path, list[Module]] = {}
    for path, functions in found.items():
        module = _module(path)
        if isinstance(module, Skipped):
            skipped.append(module)
        else:
            modules.setdefault(path.parent, []).append(replace(module, handlers=tuple(sorted(functions))))
    services, left = _services(modules, folder)
    return Discovery(tuple(services), (*skipped, *left))


def _by_file(names: Collection[str]) -> Mapping[str, set[str]]:
    """File name to function names, from `module.function` (or `folder/module.function`)."""
    found: dict[str, set[str]] = {}
    for name in names:
        module, _, function = name.replace("/", ".").rpartition(".")
        found.setdefault(f"{module.rpartition('.')[2]}.py", set()).add(function)
    return found


def _below(path: Path, names: Mapping[str, set[str]]) -> tuple[list[Service], list[Skipped]]:
    folders: dict[Path, list[Module]] = {}
    skipped: list[Skipped] = []
    for file in python_files(path, skipped):
        module = _handler_module(file, names)
        if isinstance(module, Skipped):
            skipped.append(module)
        elif module is not None:
            folders.setdefault(file.parent, []).append(module)
    if path.is_file():
        return [Service(folder, tuple(modules), alone=True) for folder, modules in folders.items()], skipped
    services, left = _services(_entered(folders, path, names), path)
    return services, skipped + left


def _entered(
    folders: Mapping[Path, Sequence[Module]], top: Path, names: Mapping[str, set[str]]
) -> dict[Path, list[Module]]:
    """The modules with the handlers that Lambda calls: one that only its parameters make a handler is none where
    another module, which a handler reaches, uses it."""
    modules = [module for each in folders.values() for module in each]
    known = {module.source.path for module in modules}
    used: set[tuple[Path, str]] = set()
    for module in modules:  # grows
        here = module.source.path.parent
        for path, name in called.used_elsewhere(module.tree, here, top, _file):
            if path != module.source.path:
                used.add((path, name))
            if path not in known:
                known.add(path)
                other = _module(path)
                modules += [other] if isinstance(other, Module) else []
    found: dict[Path, list[Module]] = {}
    for folder, each in folders.items():
        for module in each:
            path = module.source.path
            sure = {*handler_discovery.NAMES, *names.get(path.name, ())}
            kept = tuple(name for name in module.handlers if name in sure or (path, name) not in used)
            if kept:
                found.setdefault(folder, []).append(replace(module, handlers=kept))
    return found


def _services(folders: Mapping[Path, Sequence[Module]], top: Path) -> tuple[list[Service], list[Skipped]]:
    """One service a folder of handlers, with the modules that they reach."""
    claimed = {module.source.path for modules in folders.values() for module in modules}
    services, skipped = [], []
    for folder, modules in folders.items():
        linked = [_linked(module, folder, top) for module in modules]
        helpers, left = _helpers(folder, linked, top, claimed)
        skipped += left
        services.append(Service(folder, (*linked, *helpers)))
    return services, skipped


def _handler_module(path: Path, names: Mapping[str, set[str]]) -> Module | Skipped | None:
    """The file as a module with handlers, None when it has none, Skipped when that cannot be known."""
    data = sources.content(path)
    if isinstance(data, Skipped):
        return data
    if not handler_discovery.may_have_handlers(data) and path.name not in names:
        return None
    module = _module(path, data)
    if isinstance(module, Skipped):
        return module
    declared = tuple(sorted(name for name in names.get(path.name, ()) if handler_discovery.has(module.tree, name)))
    found = declared or handler_discovery.find(module.tree)
    return Module(module.source, module.tree, found) if found else None


def _module(path: Path, data: bytes | None = None) -> Module | Skipped:
    source = sources.read(path, data)
    if isinstance(source, Skipped):
        return source
    try:
        return Module(source, sources.parse(source.data))
    except (SyntaxError, ValueError, RecursionError) as problem:
        return Skipped(str(path), sources.unparseable(problem), unread=True)


def _linked(module: Module, folder: Path, top: Path) -> Module:
    return replace(module, imports=tuple(_imports(module, folder, top)))


def _helpers(
    folder: Path, modules: Sequence[Module], top: Path, claimed: set[Path]
) -> tuple[list[Module], list[Skipped]]:
    """The modules below the folder that the handlers reach by imports, and are no handlers themselves."""
    found: list[Module] = []
    skipped: list[Skipped] = []
    waiting = [item.path for module in modules for item in module.imports]
    while waiting:
        path = waiting.pop(0)
        if path in claimed:
            continue
        claimed.add(path)
        module = _module(path)
        if isinstance(module, Skipped):
            skipped.append(module)
            continue
        module = _linked(module, folder, top)
        found.append(module)
        waiting += [item.path for item in module.imports]
    return found, skipped


def _imports(module: Module, folder: Path, top: Path) -> Iterator[Import]:
    """Imports of modules that lie below the service's folder. A relative one counts only where the module cannot be
    loaded without it: one that waits inside a function says nothing about a package around the handler."""
    here = module.source.path.parent
    always = {id(node) for node in module.tree.body}
    for node in sources.nodes(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _absolute(alias.name, here, folder, top)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            for name in (str(node.module), *inner):
                yield from _absolute(name, here, folder, top)
        elif isinstance(node, ast.ImportFrom) and id(node) in always:
            base = here.joinpath(*[".."] * (node.level - 1)).resolve()
            names = [f"{node.module}.{alias.name}" for alias in node.names] if node.module else []
            for name in [node.module, *names] if node.module else [alias.name for alias in node.names]:
                path = _file(base, str(name))
                if path is not None and path.is_relative_to(folder):
                    yield Import(path, ".")


def _absolute(name: str, here: Path, folder: Path, top: Path) -> Iterator[Import]:
    """The import of a module by its name from the importer's folder or one above it, up to the path that was given."""
    bases = [base for base in (here, *here.parents) if base == top or base.is_relative_to(top)]
    for base in bases:
        path = _file(base, name)
        if path is not None:
            if path.is_relative_to(folder) and path.parent.is_relative_to(base) and folder.is_relative_to(base):
                parts = folder.relative_to(base).parts
                yield Import(path, "".join(f"{part}." for part in parts))
            return


@cache
def _entries(folder: Path) -> frozenset[str]:
    """The names in a folder; each import of each module asks."""
    with suppress(OSError):
        return frozenset(entry.name for entry in folder.iterdir())
    return frozenset()


def _file(base: Path, name: str) -> Path | None:
    first = name.partition(".")[0]
    if first not in _entries(base) and f"{first}.py" not in _entries(base):
        return None
    path = base.joinpath(*name.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file() and not candidate.is_symlink():
            return candidate
    return None
