"""Which Powertools a project asks for: log calls take fields from 2.1 on, and raise a TypeError for them before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

NEEDS = re.compile(r"(requirements.*\.(txt|in)|Pipfile|pyproject\.toml|setup\.(cfg|py)|poetry\.lock)$", re.I)
# In a table of TOML, in a lock file, as a requirement.
NAMED = re.compile(
    r"""aws[-_.]lambda[-_.]powertools(?:\[[^]\n]*\])?(?P<version>
        ["']?[ ]*=[ ]*(?:\{[^}\n]*?\bversion[ ]*=[ ]*)?["'][^"'\n]*
        | ["']\s*\n\s*version\s*=\s*["'][^"'\n]*
        | [^"'\n\#;]*
    )""",
    re.IGNORECASE | re.VERBOSE,
)
# Versions that are all before 2.1: `==1.25.6`, `~=1.25`, `^1.25`, `= "1.25.6"`, `<2`, `==2.0.0`.
OLDER = re.compile(r"(?:==|~=|~|\^|[\"'])\s*(?:1\.|2\.0\b)|<\s*2(?:\.[01])?(?:\.0)?(?![.\d])")
FIRST = re.compile(r"\d[\w.]*")
LARGEST = 2_000_000  # bytes of a file that is looked into
HIGHEST = 8  # folders above a module in which its project's needs are looked for


def without_fields(folder: Path) -> str:
    """Why log calls in a folder must stay without fields; empty where they need not."""
    near = (folder, *folder.parents)[:HIGHEST]
    for each in near:
        if (found := _asked(each)) is not None:
            return found
        if (each / ".git").exists():
            return ""
    return ""


def forget() -> None:
    """Look again at folders that were looked at already."""
    _asked.cache_clear()


@cache
def _asked(folder: Path) -> str | None:
    """What the folder's own files say; None where none of them names Powertools."""
    texts = {path.name: NAMED.search(_content(path)) for path in _files(folder)}
    named = {name: match["version"] for name, match in texts.items() if match}
    for name, version in named.items():
        if OLDER.search(version):
            number = FIRST.search(version)
            asked = number[0] if number else version.strip()
            return f"{name} asks for Powertools {asked}, whose log calls take no fields; those of 2.1 and later do"
    return "" if named else None


def _files(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(path for path in folder.iterdir() if NEEDS.match(path.name))
    except OSError:
        return


def _content(path: Path) -> str:
    try:
        fits = path.is_file() and path.stat().st_size <= LARGEST
        return path.read_text(encoding="utf-8", errors="replace") if fits else ""
    except OSError:
        return ""
