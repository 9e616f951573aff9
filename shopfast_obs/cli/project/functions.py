"""Where the sources of an application's functions lie, from its template or from the handlers that are found."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from shopfast_obs import confine
from shopfast_obs.cli.application import templates
from shopfast_obs.cli.project import application
from shopfast_obs.errors import UserError

BUILDS = re.compile(r"^\s*(?:import|from)\s+(?:aws_cdk|constructs|troposphere|pulumi)\b", re.MULTILINE)
READ_ONLY = frozenset({"docs", "doc", "examples", "samples"})  # folders whose handlers nobody deploys
LARGEST = 1_000_000  # bytes of a module that people write


def folders(root: Path, kind: str, definitions: Sequence[str]) -> tuple[str, ...]:
    """The folders of functions' sources below the root: those that the templates name, else those of the handlers
    that are found. Where several lie side by side, the folder around them."""
    declared = [] if kind == application.CDK else list(_declared(root, [root / name for name in definitions]))
    found = declared or list(_with_handlers(root))
    return tuple(str(place.relative_to(root)) for place in _around(root, sorted(set(found))))


def _declared(root: Path, files: Sequence[Path]) -> Iterator[Path]:
    """The folders that templates name for functions in Python."""
    from shopfast_obs.model.resources import FUNCTION

    try:
        functions = templates.inventory(files).of_type(FUNCTION)
    except UserError:  # `diagnose` says what is wrong with them
        return
    for function in functions:
        runtime = function.properties.get("Runtime")
        folder = Path(function.code).resolve() if function.code else root
        other = isinstance(runtime, str) and not runtime.startswith("python")
        if folder != root and folder.is_dir() and folder.is_relative_to(root) and not other and _has_python(folder):
            yield folder


def _with_handlers(root: Path) -> Iterator[Path]:
    """The folder that is the import path of each module with a handler, as far as that is not the root itself."""
    from shopfast_obs.instrument.application import handler_discovery
    from shopfast_obs.instrument.application.files import python_files

    for file in python_files(root):
        if READ_ONLY.intersection(file.relative_to(root).parts):
            continue
        try:
            source = confine.content(file, LARGEST)
            if not handler_discovery.may_have_handlers(source) or BUILDS.search(
                source.decode("utf-8", errors="replace")
            ):
                continue
            found = handler_discovery.find(ast.parse(source))
        except (OSError, SyntaxError, ValueError, RecursionError):
            continue
        if found and file.parent != root:
            yield _import_path(root, file.parent)


def _import_path(root: Path, folder: Path) -> Path:
    """The folder above the outermost package; below the root the package itself."""
    place = folder
    while (place / "__init__.py").is_file() and root not in (place, place.parent):
        place = place.parent
    return place


def _around(root: Path, places: Sequence[Path]) -> list[Path]:
    """The places, without those in others; in the place of several side by side the folder around them."""
    outer = [place for place in places if not any(place != other and place.is_relative_to(other) for other in places)]
    beside = Counter(place.parent for place in outer)
    wide = {parent for parent, count in beside.items() if count > 1 and parent != root}
    return sorted({place.parent if place.parent in wide else place for place in outer})


def _has_python(folder: Path) -> bool:
    from shopfast_obs.instrument.application.files import python_files

    return next(python_files(folder), None) is not None
