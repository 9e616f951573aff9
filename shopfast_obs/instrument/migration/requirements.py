"""Requirements files without what nothing imports any more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from shopfast_obs.instrument.application import sources
from shopfast_obs.instrument.service import FileResult

NAMES = ("requirements.txt", "requirements.in")
SDK = re.compile(r"aws[-_.]xray[-_.]sdk\b(?![-_.\w])", re.IGNORECASE)
EXTRAS = re.compile(r"^(\s*aws[-_.]lambda[-_.]powertools\s*)\[([^\]]*)\]", re.IGNORECASE)


def edited(moved: Iterable[Path], stays: Iterable[Path], tops: Iterable[Path], codemod: str) -> Iterator[FileResult]:
    """The requirements of moved sources: `aws-xray-sdk` and Powertools' extra `tracer` go, where no source beside or
    below still needs them."""
    stays = list(stays)
    limits = [top if top.is_dir() else top.parent for top in tops]
    seen: set[Path] = set()
    for path in moved:
        for folder in path.parents:
            if not any(folder == limit or folder.is_relative_to(limit) for limit in limits):
                break
            for file in (folder / name for name in NAMES):
                if file.is_file() and file not in seen and not any(p.is_relative_to(folder) for p in stays):
                    seen.add(file)
                    yield from _edited(file, codemod)


def _edited(file: Path, codemod: str) -> Iterator[FileResult]:
    source = sources.read(file)
    if not isinstance(source, sources.Source):
        return
    text = "".join(_line(line) for line in source.text.splitlines(keepends=True))
    if text == source.text:
        return
    if "--hash" in source.text:
        reason = "it is a lock with hashes; make it again without aws-xray-sdk"
        yield FileResult(file, "skipped", reason=reason)
        return
    yield FileResult(file, "changed", (codemod,), before=source.data, after=source.encoded(text))


def _line(line: str) -> str:
    if SDK.match(line.strip()):
        return ""
    found = EXTRAS.match(line)
    if found is None:
        return line
    extras = [each.strip() for each in found[2].split(",")]
    kept = [each for each in extras if each.lower() != "tracer"]
    if len(kept) == len(extras):
        return line
    return f"{found[1]}[{','.join(kept)}]{line[found.end() :]}" if kept else f"{found[1]}{line[found.end() :]}"
