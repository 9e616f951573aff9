"""The text of a template file as a document, JSON or YAML, with the line of each of its keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from shopfast_obs.errors import UserError
from shopfast_obs.parse.templates.bounds import beyond

HINT = "Give a CloudFormation, SAM or Serverless template, for example cdk.out/<stack>.template.json."
MOST_CHARACTERS = 5_000_000  # CloudFormation takes 1 MB
MOST_VALUES = 300_000  # more than a text of that length has come from aliases of aliases
DEEPEST = 250  # levels of values
Path = tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """One file: its value, and its name as the user gave it."""

    value: dict[str, Any]
    file: str
    _json: str = field(default="", repr=False)
    _yaml: Mapping[Path, int] = field(default_factory=dict, repr=False)

    @cached_property
    def lines(self) -> Mapping[Path, int]:
        """The line of each key near the root, by the path of keys."""
        from shopfast_obs.parse.templates.json_lines import lines

        return lines(self._json) if self._json else self._yaml

    def lines_below(self, *path: str) -> dict[str, int]:
        """The lines of the keys below a path, by the rest of their path with dots; the empty one is the path's own."""
        found = {"": self.lines[path]} if path in self.lines else {}
        found.update(self._below.get(path, {}))
        return found

    @cached_property
    def _below(self) -> Mapping[Path, dict[str, int]]:
        found: dict[Path, dict[str, int]] = {}
        for path, line in self.lines.items():
            for length in range(1, len(path)):
                found.setdefault(path[:length], {})[".".join(path[length:])] = line
        return found


def read_document(text: str, file: str) -> Document:
    """The document in a file's text, short forms (`!Ref`) written out; raises UserError when it is none."""
    text = text.removeprefix("\ufeff")
    if len(text) > MOST_CHARACTERS:
        raise UserError(f"{file} has {len(text):,} characters; a template has {MOST_CHARACTERS:,} at most.", HINT)
    looks_json = text.lstrip()[:1] == "{" and not file.endswith((".yaml", ".yml"))
    return _checked(_json(text, file) if looks_json else _yaml(text, file))


def read_value(text: str, file: str) -> Any:  # noqa: ANN401
    """What stands in a part of a template that has a file of its own; raises UserError when it cannot be read."""
    if len(text) > MOST_CHARACTERS:
        raise UserError(f"{file} has {len(text):,} characters; a template has {MOST_CHARACTERS:,} at most.", HINT)
    value = _from_json(text, file) if file.endswith((".json", ".tfstate")) else _from_yaml(text, file)[0]
    if beyond(value, MOST_VALUES, DEEPEST):
        raise UserError(f"{file} is nested too deeply, or too large.", HINT)
    return value


def _json(text: str, file: str) -> Document:
    return Document(_mapping(_from_json(text, file), file), file, _json=text)


def _from_json(text: str, file: str) -> Any:  # noqa: ANN401
    import orjson

    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as problem:
        if "limit" in problem.msg:
            raise UserError(f"{file} is nested too deeply for a template.", HINT) from None
        place = f"line {problem.lineno}, column {problem.colno}"
        raise UserError(f"{file} is not valid JSON: {problem.msg} in {place}.", HINT) from None


def _yaml(text: str, file: str) -> Document:
    value, lines = _from_yaml(text, file)
    return Document(_mapping(value, file), file, _yaml=lines)


def _from_yaml(text: str, file: str) -> tuple[Any, Mapping[Path, int]]:
    from shopfast_obs.parse.templates import yaml_tags

    try:
        return yaml_tags.read(text)
    except yaml_tags.TooDeepError:
        raise UserError(f"{file} is nested too deeply for a template.", HINT) from None
    except yaml_tags.YamlError as problem:
        place = f" in line {problem.line}, column {problem.column}" if problem.line else ""
        raise UserError(f"{file} is not valid YAML: {problem}{place}.", HINT) from None


def _mapping(value: Any, file: str) -> dict[str, Any]:  # noqa: ANN401
    if value is None:
        raise UserError(f"{file} is not a template: it is empty.", HINT)
    if not isinstance(value, dict):
        raise UserError(f"{file} is not a template: it is no mapping.", HINT)
    return value


def _checked(document: Document) -> Document:
    """The document, counted: aliases of aliases make much of a short text, or a circle."""
    broken = beyond(document.value, MOST_VALUES, DEEPEST)
    if broken == "levels":
        raise UserError(f"{document.file} is nested too deeply for a template.", HINT)
    if broken:
        raise UserError(f"{document.file} has more than {MOST_VALUES:,} values, which is no template.", HINT)
    return document
