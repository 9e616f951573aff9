"""Which modules share a process: those that a handler's module imports, and what they import."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shopfast_obs.instrument.application import sources
from shopfast_obs.instrument.application.files import python_files
from shopfast_obs.instrument.application.sources import Source
from shopfast_obs.model.changes import Skipped


@dataclass(slots=True)
class Unit:
    """One module: its source, what it imports of the application's own, by the name that it writes (`.shared.tracing`),
    and its Lambda handlers. `imported` are the lines of the other modules that it imports, by their first name."""

    source: Source
    tree: ast.Module
    own: dict[str, Path] = field(default_factory=dict)
    imported: dict[str, int] = field(default_factory=dict)
    handlers: tuple[str, ...] = ()


class Graph:
    """The modules that handlers reach among the files below `tops`. `left` are those that cannot be read."""

    def __init__(self, entries: Mapping[Path, tuple[str, ...]], tops: Sequence[Path]) -> None:
        self.units: dict[Path, Unit] = {}
        self.left: dict[Path, str] = {}
        self._files = {path for top in tops for path in python_files(top)} | set(entries)
        self._by_name: dict[str, list[Path]] = {}
        for path in sorted(self._files):
            self._by_name.setdefault(_name(path), []).append(path)
        waiting = list(entries)
        while waiting:
            path = waiting.pop()
            if path not in self.units and path not in self.left:
                waiting += self._read(path)
        for path, handlers in entries.items():
            if path in self.units:
                self.units[path].handlers = handlers

    def others(self) -> Iterator[Path]:
        """The files that no handler reaches."""
        yield from sorted(self._files - self.units.keys() - self.left.keys())

    def reached(self, path: Path) -> list[Path]:
        """The modules of the process that starts with this one, itself first."""
        found = [path]
        for each in found:  # grows
            if each in self.units:
                found += [other for other in dict.fromkeys(self.units[each].own.values()) if other not in found]
        return found

    def _read(self, path: Path) -> Iterable[Path]:
        source = sources.read(path)
        if isinstance(source, Skipped):
            self.left[path] = source.reason
            return ()
        try:
            tree = sources.parse(source.data)
        except (SyntaxError, ValueError, RecursionError) as problem:
            self.left[path] = sources.unparseable(problem)
            return ()
        unit = self.units[path] = Unit(source, tree)
        for node in sources.nodes(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    self._import(unit, alias.name, node.lineno)
            elif isinstance(node, ast.ImportFrom):
                start = "." * node.level + (node.module or "")
                self._import(unit, start, node.lineno)
                for alias in node.names:
                    between = "" if start.endswith(".") else "."
                    self._import(unit, f"{start}{between}{alias.name}", node.lineno)
        return unit.own.values()

    def _import(self, unit: Unit, written: str, line: int) -> None:
        found = self._resolved(unit.source.path, written)
        if found is not None and found != unit.source.path:
            unit.own[written] = found
        elif not written.startswith("."):
            unit.imported.setdefault(written.partition(".")[0], line)

    def _resolved(self, importer: Path, written: str) -> Path | None:
        """The file that an import names: the nearest below the tops whose path ends with it."""
        name = written.lstrip(".")
        level = len(written) - len(name)
        parts = name.split(".") if name else []
        if level:
            base = importer.parents[min(level, len(importer.parents)) - 1].joinpath(*parts)
            return next((p for p in (base.with_suffix(".py"), base / "__init__.py") if p in self._files), None)
        fitting = [p for p in self._by_name.get(parts[-1], ()) if _parts(p)[-len(parts) :] == parts]
        return max(fitting, key=lambda p: _common(p, importer), default=None)


def _parts(path: Path) -> list[str]:
    return [*path.parent.parts] if path.name == "__init__.py" else [*path.parent.parts, path.stem]


def _name(path: Path) -> str:
    return path.parent.name if path.name == "__init__.py" else path.stem


def _common(one: Path, other: Path) -> tuple[int, int]:
    """How many folders two paths share; of equals the one that lies less deep."""
    count = next((i for i, (a, b) in enumerate(zip(one.parts, other.parts, strict=False)) if a != b), 0)
    return count, -len(one.parts)
