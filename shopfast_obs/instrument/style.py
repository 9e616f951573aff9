"""How a project writes its code, as far as it says so: the length of its lines, and how it sorts imports."""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

USUAL = 88  # columns, where a project names no length
LARGEST = 1_000_000  # bytes of a settings file
MOST = 8  # folders above a source in which settings are looked for
INI = ("setup.cfg", "tox.ini", ".flake8", ".isort.cfg", ".pycodestyle")


@dataclass(frozen=True, slots=True)
class Style:
    """`length` of lines in columns; `single`: one name an import; `mixed`: `import x` and `from x import y` in one
    order; `own`: modules of the project's own."""

    length: int = USUAL
    single: bool = False
    mixed: bool = False
    own: frozenset[str] = frozenset()


@cache
def of(folder: Path) -> Style:
    """The style of the sources in a folder: of the nearest settings of ruff, black, isort, flake8, or an editor."""
    for each in (folder, *folder.parents)[:MOST]:
        found = _merged(_settings(each))
        if found:
            return _style(found)
        if (each / ".git").exists():
            break
    return Style()


def _style(found: Mapping[str, Any]) -> Style:
    length = found.get("length")
    own = found.get("own", ())
    own = [name.strip() for name in own.split(",")] if isinstance(own, str) else own
    return Style(
        length=int(length) if str(length).strip().isdigit() and int(length) >= 40 else USUAL,  # type: ignore[arg-type]
        single=_yes(found.get("single")),
        mixed=_yes(found.get("mixed")),
        own=frozenset(name for name in own if isinstance(name, str)) if isinstance(own, list) else frozenset(),
    )


def _yes(value: object) -> bool:
    return str(value).lower() in ("true", "1", "yes", "on")


def _merged(settings: Iterator[Mapping[str, Any]]) -> dict[str, Any]:
    """The first that says each."""
    found: dict[str, Any] = {}
    for each in settings:
        found = {**{key: value for key, value in each.items() if value is not None}, **found}
    return found


def _settings(folder: Path) -> Iterator[Mapping[str, Any]]:
    for name in ("ruff.toml", ".ruff.toml"):
        yield _ruff(_toml(folder / name))
    tool = _toml(folder / "pyproject.toml").get("tool", {})
    tool = tool if isinstance(tool, dict) else {}
    yield _ruff(_table(tool, "ruff"))
    yield {"length": _table(tool, "black").get("line-length")}
    yield _isort(_table(tool, "isort"))
    for name in INI:
        yield from _ini(folder / name)
    if match := re.search(
        r"^\[\*(?:\.py|\.\{[^}]*\bpy\b[^}]*\})?\][^\[]*?^max_line_length\s*=\s*(\d+)",
        _text(folder / ".editorconfig"),
        re.M | re.S,
    ):
        yield {"length": match[1]}


def _ruff(table: Mapping[str, Any]) -> Mapping[str, Any]:
    sorting = _table(_table(table, "lint"), "isort") or _table(table, "isort")
    return {
        "length": table.get("line-length"),
        "single": sorting.get("force-single-line"),
        "mixed": sorting.get("force-sort-within-sections"),
        "own": sorting.get("known-first-party"),
    }


def _isort(table: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "length": table.get("line_length"),
        "single": table.get("force_single_line"),
        "mixed": table.get("force_sort_within_sections"),
        "own": table.get("known_first_party"),
    }


def _ini(path: Path) -> Iterator[Mapping[str, Any]]:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(_text(path))
    except configparser.Error:
        return
    for section in ("flake8", "pycodestyle", "isort", "settings"):
        if parser.has_section(section):
            table = dict(parser.items(section))
            yield {**_isort(table), "length": table.get("max-line-length") or table.get("line_length")}


def _table(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = table.get(name)
    return found if isinstance(found, dict) else {}


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(path))
    except (ValueError, RecursionError):
        return {}


def _text(path: Path) -> str:
    """The text of a regular file of a sensible size, else nothing."""
    try:
        if path.is_file() and path.stat().st_size <= LARGEST:
            return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        pass
    return ""
