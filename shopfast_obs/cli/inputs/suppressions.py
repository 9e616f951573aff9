"""The suppressions of a run: those of the project's settings, of its file, and of the one that the command names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from shopfast_obs import confine
from shopfast_obs.cli.inputs import bounded_files
from shopfast_obs.errors import UserError
from shopfast_obs.patterns import late
from shopfast_obs.settings import TABLE, Settings

if TYPE_CHECKING:
    from datetime import date

    from shopfast_obs.model.resources import Resource

HINT = "A TOML file has [[suppress]] tables, a YAML file a list `suppress`: rule, resource, reason, until."
_HEADER = late(rf"^\s*\[\[\s*(?:tool\.{TABLE}\.)?suppress\s*\]\]", re.MULTILINE)


def today() -> date:
    """The day by which suppressions expire."""
    return datetime.now(UTC).astimezone().date()


def suppressions(settings: Settings, more: Path | None) -> tuple[Resource, ...]:
    """All suppressions that are written down outside templates; raises UserError for one that cannot be understood."""
    return tuple(_all(settings, more))


def _all(settings: Settings, more: Path | None) -> Iterator[Resource]:
    from shopfast_obs.parse import suppressions as parse

    if settings.suppress:
        yield from parse.read(list(settings.suppress), settings.file, today(), _lines(Path(settings.file)))
    for path in (settings.path(settings.suppressions) if settings.suppressions else None, more):
        if path is not None:
            entries, lines = _file(path)
            yield from parse.read(entries, str(path), today(), lines)


def _file(path: Path) -> tuple[object, list[int]]:
    import tomllib

    from shopfast_obs.parse.templates import yaml_tags

    try:
        text = _text(path)
    except UnicodeDecodeError:
        raise UserError(f"{path} cannot be read: it is not UTF-8 text.", HINT) from None
    except OSError as problem:
        raise UserError(f"{path} cannot be read: {problem.strerror}.", HINT) from None
    try:
        value = tomllib.loads(text) if path.suffix == ".toml" else yaml_tags.small(text)
    except (tomllib.TOMLDecodeError, yaml_tags.YamlError, RecursionError) as problem:
        raise UserError(f"{path} cannot be read: {problem}.", HINT) from None
    entries = value.get("suppress") if isinstance(value, dict) else value
    if entries is None:
        raise UserError(f"{path} has no `suppress`.", HINT)
    return entries, _lines(path)


def _text(path: Path) -> str:
    content = bounded_files.piped(path) if bounded_files.is_pipe(path) else confine.content(path)
    return content.decode("utf-8")


def _lines(path: Path) -> list[int]:
    """Where the tables of a TOML file begin."""
    text = _text(path)
    return [text.count("\n", 0, match.end()) + 1 for match in _HEADER.finditer(text)]
