"""`instrument` as a plan: sources through the codemods, and what they need into the overlay."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from shopfast_obs.analysis.tracers import of_settings
from shopfast_obs.instrument import frontend_page, parallel, workflows
from shopfast_obs.instrument.application import imported, unleveled
from shopfast_obs.instrument.application.service_discovery import Discovery, Service, discover
from shopfast_obs.instrument.application.tracing import Declared, of_handler, of_service, together, usual
from shopfast_obs.instrument.business import MetricsPlan
from shopfast_obs.instrument.infrastructure import layer as layer_archives
from shopfast_obs.instrument.infrastructure import overlay as needs
from shopfast_obs.instrument.interface import Codemod
from shopfast_obs.instrument.placement import placed
from shopfast_obs.instrument.selection import Selection, traced_by, usually
from shopfast_obs.instrument.service import FileResult
from shopfast_obs.model.changes import FileChange, Plan, Skipped
from shopfast_obs.model.overlay import Overlay
from shopfast_obs.model.resources import FUNCTION, Inventory, Resource
from shopfast_obs.model.telemetry import InvocationReport
from shopfast_obs.parse import overlay as overlay_text

COMMAND = "instrument"


@dataclass(frozen=True, slots=True)
class Instrumentation:
    """The plan, the folder that its paths start from, and what becomes of each file that was looked at."""

    plan: Plan
    root: Path
    files: tuple[FileResult, ...] = field(default=())


def for_paths(
    paths: Sequence[Path],
    root: Path,
    codemods: Sequence[Codemod],
    *,
    metrics: MetricsPlan | None = None,
    layer: Path | None = None,
    command: str = "",
) -> Instrumentation:
    """The plan for plain files and folders, without any cloud or template: only their sources change, and the archive
    of the runtime layer is written to `layer`, that of OpenTelemetry beside it (`layer-otel.zip`) where a source needs
    it. `command` brings the layers to the project's functions."""
    paths = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100 - a link given as a path stays one
    base = root if all(path.is_relative_to(root) for path in paths) else common(paths)
    pages = [path for path in paths if frontend_page.is_page(path)]
    definitions = (*_definitions(paths, codemods), *_pages(pages, codemods))
    others = [path for path in paths if not path.name.endswith(workflows.SUFFIXES) and path not in pages]
    found = discover(others) if others else Discovery(())
    codemods = usually(codemods, usual(found.services))
    files = of_sources(found, codemods, metrics)
    adds = not (isinstance(codemods, Selection) and codemods.migrating)  # JSON logs among others
    told = unleveled.effects(found.services) if adds and any(file.status == "changed" for file in files) else ()
    effects = (*imported.effects(files, others, base, command), *told, *workflows.effects(definitions))
    for archive in _archives(Path(os.path.abspath(layer)), found, codemods) if layer else ():  # noqa: PTH100
        files, base = (*files, archive), common([base, archive.path])
    return assembled((*files, *definitions), base, effects)


def _archives(path: Path, found: Discovery, codemods: Sequence[Codemod]) -> Iterator[FileResult]:
    """The archives of our layers that are not there yet: the runtime's at the path, OpenTelemetry's beside it."""
    traced = [each for service in found.services for each in of_service(service).values()]
    otel = any("otel" in of_handler(each, codemods).layers for each in traced)
    for layer in ("runtime", "otel") if otel else ("runtime",):
        file = path if layer == "runtime" else path.with_name(f"{path.stem}-{layer}{path.suffix}")
        if archive := layer_archives.result(file, layer):
            yield archive


def for_project(  # noqa: PLR0917 - what a project is made of
    folders: Sequence[Path],
    root: Path,
    inventory: Inventory,
    overlay_path: Path,
    codemods: Sequence[Codemod],
    reports: Mapping[str, Sequence[InvocationReport]] = MappingProxyType({}),
    metrics: MetricsPlan | None = None,
) -> Instrumentation:
    """The plan for the project: the sources in its services' folders, and its overlay for the declared functions. With
    REPORT lines by function, one that is too tight gets the time and memory that instrumentation needs."""
    # Beside the functions may lie what they share.
    found = discover(folders, needs.handler_names(inventory), each=False)
    codemods = usually(codemods, usual(found.services))
    tracing = _Tracing(inventory, found, codemods)
    codemods = traced_by(codemods, tracing.outside)
    switches = not (isinstance(codemods, Selection) and codemods.migrating)
    needed = needs.wanted(inventory, found.handlers(), reports, tracing.of, switches=switches)
    found, left = _carried(found, needed.blocked, inventory)
    above = dict.fromkeys(folder.parent.parent for folder in folders)  # workflows and pages lie beside the services
    beside = [path for path in above if path.is_relative_to(root)]
    pages = _pages(list(frontend_page.find(beside)), codemods)
    definitions = _definitions(beside, codemods)
    files = (*left, *of_sources(found, codemods, metrics), *definitions, *pages)
    paged = (frontend_page.EFFECT,) if any(file.status == "changed" for file in pages) else ()
    told = (*paged, *workflows.effects(definitions))
    before = overlay_path.read_bytes() if overlay_path.exists() else None
    old = overlay_text.read(before.decode("utf-8"), str(overlay_path)) if before is not None else Overlay()
    new = needs.merged(old, needed.changes)
    blocked = tuple(f"{item.what} is left as it is: {item.reason}." for item in needed.blocked)
    if new == old:
        return assembled(files, root, (*told, *blocked))
    after = overlay_text.write(new).encode()
    result = FileResult(overlay_path, "changed", ("overlay",), before=before, after=after)
    levels = unleveled.effects(found.services) if needs.switches_to_json(needed.changes) else ()
    said = (*needs.sentences(needed.changes), *levels, *told, *needed.notes, *blocked)
    return assembled((*files, result), root, said)


class _Tracing:
    """How the declared functions are traced; `outside` are the sources whose functions have a tracer in their settings,
    with its name."""

    def __init__(self, inventory: Inventory, found: Discovery, codemods: Sequence[Codemod]) -> None:
        self._codemods, self._found = codemods, found
        self._traced = {path: each for service in found.services for path, each in of_service(service).items()}
        self.outside: dict[Path, str] = {}
        for function in inventory.of_type(FUNCTION):
            if tracer := of_settings(function):
                self.outside |= dict.fromkeys(self._sources(function), tracer.name)

    def of(self, function: Resource) -> Declared:
        """Of one function; as the codemods do it where several sources may be its own."""
        traced = together(self._traced[path] for path in self._sources(function))
        return of_handler(traced, self._codemods, of_settings(function))

    def _sources(self, function: Resource) -> list[Path]:
        name = needs.last_two(needs.handler(function))
        modules = [m for s in _services_of(function, self._found) for m in s.modules] if name else []
        return [m.source.path for m in modules if any(name == f"{m.source.path.stem}.{h}" for h in m.handlers)]


def _carried(
    found: Discovery, blocked: Sequence[Skipped], inventory: Inventory
) -> tuple[Discovery, tuple[FileResult, ...]]:
    """The services whose functions can carry the layers; the sources of the others would fail at their imports."""
    reasons: dict[Path, str] = {}
    for item in blocked:
        function = inventory.find(FUNCTION, item.what)
        for service in _services_of(function, found) if function is not None else ():
            reasons[service.folder] = f"{item.what}: {item.reason}"
    left = tuple(
        FileResult(module.source.path, "skipped", reason=reasons[service.folder])
        for service in found.services
        if service.folder in reasons
        for module in service.modules
    )
    return replace(found, services=tuple(s for s in found.services if s.folder not in reasons)), left


def _services_of(function: Resource, found: Discovery) -> list[Service]:
    """The services that may be the function's source: by its handler, and by the folder's name where several fit."""
    name = needs.last_two(needs.handler(function))
    fitting = [
        service
        for service in found.services
        if not name or any(name == f"{m.source.path.stem}.{handler}" for m in service.modules for handler in m.handlers)
    ]
    named = [service for service in fitting if _plain(service.folder.name) in _plain(function.name)]
    return named or (fitting if name else [])


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def of_sources(
    found: Discovery, codemods: Sequence[Codemod], metrics: MetricsPlan | None = None
) -> tuple[FileResult, ...]:
    """What becomes of the sources, each file once."""
    if metrics and any(codemod.id == "business" for codemod in codemods):
        found = placed(metrics, found)  # also says which functions there are none of
    unread = [FileResult(Path(item.what), "skipped", reason=item.reason, unread=item.unread) for item in found.skipped]
    if isinstance(codemods, Selection) and codemods.migrating:
        from shopfast_obs.instrument.migration.services import migrated

        moved = migrated(found, codemods.migrating, codemods.excluded)
        return tuple({result.path: result for result in (*unread, *moved)}.values())
    seen: dict[Path, FileResult] = {}
    if not isinstance(codemods, Selection) or codemods.usual is None:
        codemods = usually(codemods, usual(found.services))
    for result in parallel.instrumented(found.services, codemods):
        seen.setdefault(result.path, result)
    return (*unread, *seen.values())


def _pages(folders: Sequence[Path], codemods: Sequence[Codemod]) -> tuple[FileResult, ...]:
    """What becomes of the pages, where the functions will read what they send."""
    if not any(codemod.id == frontend_page.CODEMOD for codemod in codemods):
        return ()
    return tuple(result for folder in folders for result in frontend_page.instrument(folder))


def _definitions(paths: Sequence[Path], codemods: Sequence[Codemod]) -> tuple[FileResult, ...]:
    """What becomes of the workflow definitions, where that was asked for and the functions will read what they are
    told."""
    if not {codemod.id for codemod in codemods} >= workflows.ASKED_FOR:
        return ()
    return tuple(workflows.instrument(path) for path in workflows.find(paths))


def assembled(files: Sequence[FileResult], root: Path, effects: tuple[str, ...]) -> Instrumentation:
    """The plan of these files, with paths from the root."""
    changes = tuple(
        FileChange(os.path.relpath(f.path, root), f.before, f.after, ", ".join(f.codemods))
        for f in files
        if f.status == "changed"
    )
    skipped = tuple(Skipped(os.path.relpath(f.path, root), f.reason, f.unread) for f in files if f.reason)
    return Instrumentation(Plan(COMMAND, changes, effects, skipped), root, tuple(files))


def common(paths: Sequence[Path]) -> Path:
    """The folder that all paths lie in."""
    shared = Path(os.path.commonpath(paths))
    return shared if shared.is_dir() else shared.parent
