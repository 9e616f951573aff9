"""Functions that other modules of an application import: somebody calls them there, so Lambda does not."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from shopfast_obs.instrument.application import sources

Find = Callable[[Path, str], Path | None]  # the file of a module, by its name from a folder


def used_elsewhere(tree: ast.Module, here: Path, top: Path, find: Find) -> Iterator[tuple[Path, str]]:
    """The functions of other modules that this one uses, by file and name. `here` is the folder of the module."""
    modules: dict[str, Path] = {}
    for node in sources.nodes(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if path := _absolute(alias.name, here, top, find):
                    modules[alias.asname or alias.name] = path
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}" if node.module else alias.name
                if path := _from(node.level, inner, here, top, find):
                    modules[alias.asname or alias.name] = path
                elif node.module and (path := _from(node.level, node.module, here, top, find)):
                    yield path, alias.name
    for node in sources.nodes(tree) if modules else ():
        if isinstance(node, ast.Attribute) and (path := modules.get(_dotted(node.value))):
            yield path, node.attr


def _from(level: int, name: str, here: Path, top: Path, find: Find) -> Path | None:
    if level == 0:
        return _absolute(name, here, top, find)
    return find([here, *here.parents][min(level - 1, len(here.parents))], name)


def _absolute(name: str, here: Path, top: Path, find: Find) -> Path | None:
    bases: Sequence[Path] = [base for base in (here, *here.parents) if base == top or base.is_relative_to(top)]
    return next((path for base in bases if (path := find(base, name))), None)


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (base := _dotted(node.value)):
        return f"{base}.{node.attr}"
    return ""
