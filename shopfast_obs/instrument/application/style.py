"""How a project writes its code, as far as it says so: the length of its lines, and how it sorts imports."""

from __future__ import annotations

import configparser
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

WORKFLOWS = Path(".github", "workflows")
USUAL = 88  # columns, where a project names no length: what ruff and black take
PEP8 = 79  # what flake8, pycodestyle and isort take
LONGEST = 10_000  # columns, where nothing sees to it
MUCH = 2  # times as many of one quote are a habit
SHORTEST = 40  # a length below is none of lines
LARGEST = 1_000_000  # bytes of a settings file
MOST = 8  # folders above a source in which settings are looked for, and workflows that are read
INI = ("setup.cfg", "tox.ini", ".flake8", ".isort.cfg", ".pycodestyle")
SORTING = ("sorted", "roots", "own", "single", "mixed", "combined", "ruff")
RUN = (".pre-commit-config.yaml", "Makefile", "tox.ini", "noxfile.py")  # what runs tools, with their own settings


@dataclass(frozen=True, slots=True)
class Style:
    """`length` of lines in columns; `kept`: a tool sees to it; `quote` of a text, empty where each file may have its
    own; `single`: one name an import; `mixed`: `import x` and `from x import y` in one order; `combined`: `x as y`
    stands among other names; `own`: modules of the project's own; `roots`: the folders of those, where something sorts
    imports."""

    length: int = USUAL
    kept: bool = False
    quote: str = ""
    single: bool = False
    mixed: bool = False
    combined: bool = True
    own: frozenset[str] = frozenset()
    roots: frozenset[Path] = frozenset()

    @property
    def limit(self) -> int:
        """The columns that no new line may exceed."""
        return self.length if self.kept else LONGEST

    def of_file(self, source: str) -> Style:
        """The style in a file with this text."""
        own = "'" if source.count("'") > MUCH * source.count('"') else '"'
        return replace(self, quote=self.quote or own)


@cache
def of(folder: Path) -> Style:
    """The style of the sources in a folder: of the nearest settings of ruff, black, isort, flake8, or an editor; of
    imports those of the nearest sorter."""
    nearest: tuple[dict[str, Any], Path] | None = None
    for each in (folder, *folder.parents)[:MOST]:
        found = _merged(_settings(each))
        if found and (nearest is None or found.get("sorted") is True):
            first = nearest[0] if nearest else found
            sorting = {key: found.get(key) for key in SORTING}
            nearest = {**first, **{key: value for key, value in sorting.items() if value is not None}}, each
        if found.get("sorted") is True or (each / ".git").exists():
            break
    return Style() if nearest is None else _style(*nearest, folder)


def _style(found: Mapping[str, Any], top: Path, folder: Path) -> Style:
    roots = frozenset(_roots(found, top)) if "sorted" in found else frozenset()
    return Style(
        length=found.get("length") or found.get("usual", USUAL),
        kept=bool({"formatted", "length", "usual"} & set(found)),
        quote="'" if found.get("quote") == "single" else '"' if "formatted" in found else "",
        single=_yes(found.get("single")),
        mixed=_yes(found.get("mixed")),
        combined=_yes(found.get("combined")) or not roots,
        own=frozenset(
            [
                *_listed(found.get("own")),
                *(name for root in roots for name in _modules(root)),
                *(_package(folder) if "ruff" in found else ()),
            ]
        ),
        roots=roots,
    )


def _roots(found: Mapping[str, Any], top: Path) -> Iterator[Path]:
    """Where ruff and isort look for the project's own modules."""
    for name in _listed(found.get("roots")) or (".", "src"):
        folder = Path(os.path.normpath(top / name))
        if folder.is_relative_to(top):
            yield folder


def _package(folder: Path) -> Iterator[str]:
    """The name of the package that a folder belongs to: ruff takes it for the project's own wherever it lies."""
    name = ""
    while (folder / "__init__.py").is_file():
        name, folder = folder.name, folder.parent
    if name:
        yield name


def _modules(folder: Path) -> Iterator[str]:
    """The modules and packages in a folder."""
    with suppress(OSError):
        for entry in os.scandir(folder):
            if entry.name.endswith(".py"):
                yield entry.name.removesuffix(".py")
            elif entry.is_dir():
                yield entry.name


def _listed(value: object) -> list[str]:
    """A list of names, or names between commas and lines."""
    values = re.split(r"[,\s]+", value) if isinstance(value, str) else value
    return [name for name in values if isinstance(name, str) and name] if isinstance(values, list) else []


def _yes(value: object) -> bool:
    return str(value).lower() in ("true", "1", "yes", "on")


def _merged(settings: Iterator[Mapping[str, Any]]) -> dict[str, Any]:
    """The first that says each; of lengths the least, which suits every tool."""
    found: dict[str, Any] = {}
    for each in settings:
        known = {key: value for key, value in each.items() if value is not None}
        for key in ("length", "usual"):
            said = str(known.pop(key, "")).strip()
            if said.isdigit() and int(said) >= SHORTEST:
                found[key] = min(int(said), found.get(key, int(said)))
        found = {**known, **found}
    return found


def _settings(folder: Path) -> Iterator[Mapping[str, Any]]:
    for name in ("ruff.toml", ".ruff.toml"):
        yield _ruff(_toml(folder / name))
    tool = _toml(folder / "pyproject.toml").get("tool", {})
    tool = tool if isinstance(tool, dict) else {}
    yield _ruff(_table(tool, "ruff"))
    yield _black(tool)
    yield _isort(_table(tool, "isort"))
    for name in INI:
        yield from _ini(folder / name)
    own = _table(tool, "black").get("line-length")
    workflows = sorted((folder / WORKFLOWS).glob("*.y*ml"))[:MOST]
    yield from (_run(_text(path), own) for path in (*(folder / name for name in RUN), *workflows))
    if match := re.search(
        r"^\[\*(?:\.py|\.\{[^}]*\bpy\b[^}]*\})?\][^\[]*?^max_line_length\s*=\s*(\d+)",
        _text(folder / ".editorconfig"),
        re.M | re.S,
    ):
        yield {"length": match[1]}


def _ruff(table: Mapping[str, Any]) -> Mapping[str, Any]:
    lint = _table(table, "lint") or table
    sorting, quotes = _table(lint, "isort"), _table(table, "format") or _table(lint, "flake8-quotes")
    return {
        **({"ruff": True, "sorted": True, "usual": USUAL} if table else {}),
        "combined": sorting.get("combine-as-imports"),
        **({"formatted": True} if "format" in table else {}),
        "quote": quotes.get("quote-style") or quotes.get("inline-quotes"),
        "roots": table.get("src"),
        "length": table.get("line-length"),
        "single": sorting.get("force-single-line"),
        "mixed": sorting.get("force-sort-within-sections"),
        "own": sorting.get("known-first-party"),
    }


def _black(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    said = {"formatted": True, "usual": USUAL} if "black" in tool else {}
    return {"length": _table(tool, "black").get("line-length"), **said}


def _isort(table: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        **({"sorted": True} if table else {}),
        "roots": table.get("src_paths"),
        "combined": table.get("combine_as_imports"),
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
            length = table.get("max-line-length") or table.get("line_length")
            yield {**(_isort(table) if section in ("isort", "settings") else {"usual": PEP8}), "length": length}


def _run(text: str, own: object) -> Mapping[str, Any]:
    """What follows from a tool that is run without settings; `own` is the length that black's settings say."""
    names = set(re.findall(r"^[^#\n]*?\b(black|ruff[- ]format|ruff|isort|flake8|pycodestyle)\b", text, re.MULTILINE))
    found: dict[str, Any] = {"usual": PEP8} if names & {"flake8", "pycodestyle"} else {"usual": USUAL} if names else {}
    found |= {"formatted": True} if names & {"black", "ruff-format", "ruff format"} else {}
    said = re.search(r"line-length[=\s,\"']+(\d+)", text) if names else None
    if said or "black" in names:
        found["length"] = said[1] if said else own or USUAL
    return found | ({"sorted": "run"} if "isort" in names else {})


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
