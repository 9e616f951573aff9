"""The page of an application: it loads a script that gives each thing a shopper does a correlation id, and sends it
with every request. The script needs no framework and no build, and is all that is added."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

from shopfast_obs.instrument.application import sources
from shopfast_obs.instrument.application.sources import Source
from shopfast_obs.instrument.service import FileResult
from shopfast_obs.model.changes import Skipped

CODEMOD = "runtime"  # what reads the header in a service is the decorator of that codemod
ENTRY = "index.html"
SCRIPT = "correlation.js"
STATIC = "public"  # what Vite and others publish as it is
TAG = f'<script src="/{SCRIPT}"></script>'
LOADED = re.compile(rf'[ \t]*<script src="/{re.escape(SCRIPT)}"[^>]*></script>\r?\n?')
BEFORE = [re.compile(rf"^([ \t]*){tag}", re.MULTILINE | re.IGNORECASE) for tag in (r"<script\b", "</head>")]
EFFECT = "The page sends a correlation id with every request, and knows it when one fails, when deployed."


def is_page(folder: Path) -> bool:
    """True for the folder of an npm project with an entry."""
    return (folder / ENTRY).is_file() and (folder / "package.json").is_file()


def find(paths: Sequence[Path]) -> Iterator[Path]:
    """The folders of pages among the paths and directly below them."""
    for path in paths:
        children = sorted(path.iterdir()) if path.is_dir() else []
        yield from (folder for folder in (path, *children) if is_page(folder))


def instrument(folder: Path) -> tuple[FileResult, ...]:
    """What becomes of the page's entry, and the script beside it."""
    entry = _read(folder / ENTRY)
    if isinstance(entry, FileResult):
        return (entry,)
    text = loading(entry.text, entry.newline)
    if isinstance(text, Skipped):
        return (FileResult(entry.path, "skipped", reason=text.reason),)
    return (_written(entry.path, entry.data, text.encode()), _script(folder))


def loading(text: str, newline: str = "\n") -> str | Skipped:
    """The entry's text with the script before all others; the same text where it is loaded already."""
    if LOADED.search(text):
        return text
    place = next((place for tag in BEFORE if (place := tag.search(text))), None)
    if place is None:
        return Skipped(ENTRY, "it has neither a script nor a head on a line of its own")
    return f"{text[: place.start()]}{place[1]}{TAG}{newline}{text[place.start() :]}"


def uninstrument(paths: Sequence[Path]) -> Iterator[FileResult]:
    """What becomes of the pages that load the script when they shall not, and of the script."""
    for folder in find(paths):
        source = _read(folder / ENTRY)
        if isinstance(source, Source) and LOADED.search(source.text):
            yield _written(source.path, source.data, LOADED.sub("", source.text).encode())
            script = folder / STATIC / SCRIPT
            if script.is_file() and script.read_bytes() == _content():
                yield FileResult(script, "changed", before=_content())


def _read(path: Path) -> Source | FileResult:
    source = sources.read(path)
    if isinstance(source, Skipped):
        return FileResult(path, "skipped", reason=source.reason, unread=source.unread)
    return source


def _script(folder: Path) -> FileResult:
    path = folder / STATIC / SCRIPT
    return _written(path, path.read_bytes() if path.is_file() else None, _content())


def _written(path: Path, before: bytes | None, after: bytes) -> FileResult:
    if before == after:
        return FileResult(path, "unchanged")
    return FileResult(path, "changed", (CODEMOD,), before=before, after=after)


def _content() -> bytes:
    return files("shopfast_obs.instrument").joinpath(SCRIPT).read_bytes()
