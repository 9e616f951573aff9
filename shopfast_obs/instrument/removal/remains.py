"""What stays of the instrumentation after `uninstrument`, and why: a layer may go only when nothing imports from it."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from shopfast_obs.instrument.application import sources
from shopfast_obs.instrument.application.imported import OTEL
from shopfast_obs.instrument.codemods.runtime import SOURCE
from shopfast_obs.instrument.service import HEAD, NAMES, FileResult

POWERTOOLS = "aws_lambda_powertools"
UNKNOWN = "no journal tells what was there before"
MENTIONED = re.compile(rf"{POWERTOOLS}|{re.escape(SOURCE)}|{'|'.join(NAMES)}".encode())


def named(results: Sequence[FileResult], paths: Sequence[Path], recorded: Collection[Path]) -> Iterator[FileResult]:
    """The results, with what stays in each file as its reason where no record told of the file; files that were to be
    left alone come behind, where they still use objects that `instrument` made."""
    paths = [path for path in paths if path.suffix == ".py"]
    known = {result.path: result for result in results}
    for result in results:
        marked = result.status == "changed" and result.path not in recorded
        stays = _stays(result.after) if marked and result.after is not None else ""
        yield replace(result, reason="; ".join(filter(None, (result.reason, stays)))) if stays else result
    after = {path: known[path].after if path in known and known[path].status == "changed" else None for path in paths}
    for path in paths:
        if path in known or not (stays := _ours(path)):
            continue
        data = path.read_bytes()
        if _made(data) and not any(_imported(path, other, after[other]) for other in paths if other != path):
            yield FileResult(path, "changed", before=data, after=None)
        else:
            yield FileResult(path, "skipped", reason=stays)


def _imported(made: Path, other: Path, after: bytes | None) -> bool:
    """True where a module below the folder of the shared objects still names their module."""
    if not other.is_relative_to(made.parent):
        return False
    data = sources.content(other) if after is None else after
    return isinstance(data, bytes) and re.search(rb"\b" + made.stem.encode() + rb"\b", data) is not None


def _made(data: bytes) -> bool:
    return data.startswith(tuple(head.encode() for head in HEAD))


def _ours(path: Path) -> str:
    """What stays in a file that nothing was taken out of; empty where it is not known to be instrument's."""
    data = sources.content(path)
    if not isinstance(data, bytes) or MENTIONED.search(data) is None:
        return ""
    if _made(data) or SOURCE.encode() in data or _shares(data, path):
        return _stays(data)
    return ""


def _shares(data: bytes, path: Path) -> bool:
    """True for a module that imports from a module of shared objects that `instrument` made."""
    for node in _imports(data):
        stem = node.module.rpartition(".")[2] if isinstance(node, ast.ImportFrom) and node.module else ""
        if stem in NAMES:
            files = (folder / f"{stem}.py" for folder in (path.parent, *path.parents[1:4]))
            return any(file.is_file() and _made(file.read_bytes()) for file in files)
    return False


def _stays(data: bytes) -> str:
    """One sentence about the layers that a source still imports; empty where it imports none."""
    kept: list[str] = []
    for node in _imports(data):
        module = (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        if module.split(".")[0] == POWERTOOLS or module.startswith(SOURCE) or module.rpartition(".")[2] in NAMES:
            kept += [alias.asname or alias.name for alias in node.names]
    if not kept:
        return ""
    layer = "the runtime layer" if SOURCE.encode() in data else "Powertools"
    layer += " and OpenTelemetry" if SOURCE.encode() in data and OTEL.search(data) else ""
    names = list(dict.fromkeys(kept))
    stay = "stays with the lines that use it" if len(names) == 1 else "stay with the lines that use them"
    return f"{', '.join(names)} {stay}, because {UNKNOWN}: the file still needs {layer}"


def _imports(data: bytes) -> Iterator[ast.Import | ast.ImportFrom]:
    try:
        tree = sources.parse(data)
    except (SyntaxError, ValueError, RecursionError):
        return
    yield from (node for node in sources.nodes(tree) if isinstance(node, ast.Import | ast.ImportFrom))
