"""YAML as CloudFormation writes it: short forms of the intrinsics, dates that are only text, and the line of each key.

Built from the events of the parser without recursion: a document of any depth is read or refused, and large ones take
half the time of a loader.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml

from shopfast_obs.parse.templates.bounds import beyond

Path = tuple[str, ...]

DEEPEST = 200  # levels; beyond that the parser itself becomes slow
MOST_VALUES = 10_000  # of a small document: more of them come from aliases of aliases
LINED = 7  # levels of keys whose line is kept: resources, Resources, Name, Properties, Events, Name, Type
CORE = "tag:yaml.org,2002:"
MERGE = "<<"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SCALARS = yaml.constructor.SafeConstructor()
# `Version: 2012-10-17` is a string in a policy, not a day.
_KINDS = {
    "int": _SCALARS.construct_yaml_int,
    "float": _SCALARS.construct_yaml_float,
    "bool": _SCALARS.construct_yaml_bool,
    "null": _SCALARS.construct_yaml_null,
}


class YamlError(Exception):
    """The text is no YAML that a template can be; `line` counts from 1 and is 0 where none is to blame."""

    def __init__(self, reason: str, mark: Any = None) -> None:  # noqa: ANN401 - a mark of the parser
        super().__init__(reason)
        self.line: int = mark.line + 1 if mark else 0
        self.column: int = mark.column + 1 if mark else 0


class TooDeepError(YamlError):
    """The text is nested deeper than any template."""


@dataclass(slots=True)
class _Frame:
    """One mapping or list that is being read."""

    value: dict[Any, Any] | list[Any]
    tag: str
    anchor: str
    path: Path | None  # None below a list, and where lines are no longer kept
    key: Any = None
    has_key: bool = False
    merged: list[Any] = field(default_factory=list)


class _Reader:
    """The value and the lines of one document, from the parser's events."""

    def __init__(self) -> None:
        self.root: Any = None
        self.lines: dict[Path, int] = {}
        self._frames: list[_Frame] = []
        self._anchors: dict[str, Any] = {}
        self._documents = 0

    def read(self, text: str) -> None:
        """Read all events; raises YamlError and the parser's own errors."""
        for event in yaml.parse(text, Loader=_Loader):
            match event:
                case yaml.ScalarEvent():
                    self._scalar(event)
                case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                    self._begin(event)
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    self._end(event)
                case yaml.AliasEvent():
                    self._alias(event)
                case yaml.DocumentStartEvent():
                    self._documents += 1
                    if self._documents > 1:
                        raise YamlError("it holds several documents", event.start_mark)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        frame = self._frames[-1] if self._frames else None
        if frame is not None and isinstance(frame.value, dict) and not frame.has_key:
            self._key(frame, event)
            return
        value = _tagged(event.tag, event.value) if _short(event.tag) else _plain(event)
        if event.anchor:
            self._anchors[event.anchor] = value
        self._put(value)

    def _key(self, frame: _Frame, event: yaml.ScalarEvent) -> None:
        # A template is JSON: `123456789012:` and `5:` are texts, whatever YAML makes of them elsewhere.
        frame.key, frame.has_key = event.value, True
        if frame.path is not None:
            mark: Any = event.start_mark
            self.lines[(*frame.path, frame.key)] = mark.line + 1

    def _begin(self, event: Any) -> None:  # noqa: ANN401
        if len(self._frames) >= DEEPEST:
            raise TooDeepError("it is nested too deeply", event.start_mark)
        above = self._frames[-1] if self._frames else None
        if above is not None and isinstance(above.value, dict) and not above.has_key:
            raise YamlError("a key is a mapping or a list", event.start_mark)
        mapping = isinstance(event, yaml.MappingStartEvent)
        value: dict[Any, Any] | list[Any] = {} if mapping else []
        if event.anchor:
            self._anchors[event.anchor] = value
        if event.tag and event.tag.startswith(CORE) and event.tag[len(CORE) :] not in ("map", "seq"):
            raise YamlError(f"the tag {event.tag!r} is not for a template", event.start_mark)
        self._frames.append(_Frame(value, event.tag or "", event.anchor or "", _path(above) if mapping else None))

    def _end(self, event: Any) -> None:  # noqa: ANN401
        frame = self._frames.pop()
        for merged in frame.merged:
            for part in merged if isinstance(merged, list) else [merged]:
                if not isinstance(part, dict) or not isinstance(frame.value, dict):
                    raise YamlError("`<<` is followed by no mapping", event.start_mark)
                frame.value.update({key: item for key, item in part.items() if key not in frame.value})
        value = _tagged(frame.tag, frame.value) if _short(frame.tag) else frame.value
        if frame.anchor:
            self._anchors[frame.anchor] = value
        self._put(value)

    def _alias(self, event: yaml.AliasEvent) -> None:
        if event.anchor not in self._anchors:
            raise YamlError(f"found undefined alias {event.anchor!r}", event.start_mark)
        self._put(self._anchors[event.anchor])

    def _put(self, value: Any) -> None:  # noqa: ANN401
        if not self._frames:
            self.root = value
            return
        frame = self._frames[-1]
        if isinstance(frame.value, list):
            frame.value.append(value)
        elif not frame.has_key:
            raise YamlError("a key is an alias of something that is no text")
        else:
            if frame.key == MERGE:
                frame.merged.append(value)
            else:
                frame.value[frame.key] = value
            frame.has_key = False


def read(text: str) -> tuple[Any, Mapping[Path, int]]:
    """The document in a text, and the line of each key in the mappings near its root, by the path of keys; `!Ref x` is
    `{"Ref": "x"}`, `!GetAtt a.b` is `{"Fn::GetAtt": ["a", "b"]}`. Raises YamlError."""
    reader = _Reader()
    try:
        reader.read(text)
    except yaml.YAMLError as problem:
        reason = getattr(problem, "problem", None) or str(problem).splitlines()[0]
        raise YamlError(reason, getattr(problem, "problem_mark", None)) from None
    except ValueError as problem:  # a number of thousands of digits
        raise YamlError(str(problem)) from None
    return reader.root, reader.lines


def small(text: str) -> Any:  # noqa: ANN401
    """The value of a short document of people's own: settings, a plan, front matter. Raises YamlError also for one that
    is nested deeper than 200 levels or has more than 10,000 values, aliases counted as often as they are used."""
    value, _ = read(text)
    if beyond(value, MOST_VALUES, DEEPEST):
        raise YamlError(f"it has more than {MOST_VALUES:,} values or {DEEPEST} levels: use no aliases of aliases")
    return value


def _path(above: _Frame | None) -> Path | None:
    if above is None:
        return ()
    if above.path is None or len(above.path) + 1 >= LINED or isinstance(above.value, list):
        return None
    return (*above.path, above.key)


def _short(tag: str | None) -> bool:
    return bool(tag) and str(tag).startswith("!") and tag != "!"


def _tagged(tag: str | None, value: Any) -> dict[str, Any]:  # noqa: ANN401
    name = str(tag)[1:]
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


def _plain(event: yaml.ScalarEvent) -> Any:  # noqa: ANN401
    if event.tag and event.tag.startswith(CORE):
        kind = event.tag[len(CORE) :]
        if kind not in (*_KINDS, "str"):
            raise YamlError(f"the tag {event.tag!r} is not for a template", event.start_mark)
        return event.value if kind == "str" else _made(kind, event.value)
    return _resolved(event.value) if event.implicit[0] else event.value


@lru_cache(maxsize=65_536)
def _resolved(text: str) -> Any:  # noqa: ANN401
    """What a text without quotes stands for."""
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers.get(text[:1], ())
    for tag, pattern in resolvers:
        kind = tag[len(CORE) :]
        if kind in _KINDS and pattern.match(text):
            return _made(kind, text)
    return text


def _made(kind: str, text: str) -> Any:  # noqa: ANN401
    return _KINDS[kind](yaml.ScalarNode(CORE + kind, text))
