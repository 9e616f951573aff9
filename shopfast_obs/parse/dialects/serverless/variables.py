"""The variables of the Serverless Framework, as far as the service's own files tell: `${self:...}`, `${file(...)}`,
`${param:...}`, `${opt:stage, 'dev'}`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from shopfast_obs.parse.dialects.interface import mapping
from shopfast_obs.parse.dialects.serverless.files import UNKNOWN, Files, ProjectFiles

MOST_STEPS = 100  # variables in one text
DEEPEST = 60
MOST_VALUES = 100_000  # looked at for one file, references followed; a large one has some thousands
LONGEST = 10_000
STAGE, REGION = "dev", "us-east-1"  # the framework's own
# A variable without another one in it: its source begins with a small letter, as no resource or pseudo parameter does.
_INNERMOST = re.compile(r"(?<!\\)\$\{(\s*[a-z][A-Za-z0-9]*[(:][^${}]*)\}")
_SOURCE = re.compile(r"([a-z][A-Za-z0-9]*)(?:\(([^()]*)\))?(?::(.*))?", re.DOTALL)
_PART = re.compile(r"""(?:[^,'"(]|'[^']*'|"[^"]*"|\([^()]*\)|["'(])+""")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_WORDS = {"true": True, "false": False, "null": None}
KEPT = "\x00{"  # a variable that only the framework could resolve, while others are looked for


class Variables:
    """The variables of one file."""

    def __init__(self, document: Mapping[str, Any], beside: ProjectFiles | None = None) -> None:
        self._document = document
        self.files = Files(beside)
        self._open: list[str] = []  # the references on the way, each inside of what the one before stands for
        self._known: dict[str, tuple[Any, int]] = {}  # what a reference stands for, and how many values that is
        self._seen = 0
        self._circles: set[str] = set()

    @property
    def left_open(self) -> str:
        """What was not resolved, and why; empty when nothing was cut off."""
        if self._seen > MOST_VALUES:
            return f"they stand for more than {MOST_VALUES:,} values: the rest stays as it is written"
        named = ", ".join(sorted(self._circles)[:3])
        return f"{named} refers to itself, and stays as it is written" if named else ""

    def resolve(self, value: Any, level: int = 0) -> Any:  # noqa: ANN401 - any value of a file
        """The value with its variables; one that cannot be known stays as it stands."""
        self._seen += 1
        if level > DEEPEST or self._seen > MOST_VALUES:
            return value
        if isinstance(value, str):
            return self._text(value, level)
        if isinstance(value, Mapping):
            return {key: self.resolve(item, level + 1) for key, item in value.items()}
        if isinstance(value, list):
            return [self.resolve(item, level + 1) for item in value]
        return value

    def _text(self, text: str, level: int) -> Any:  # noqa: ANN401
        for _ in range(MOST_STEPS):
            match = _INNERMOST.search(text)
            if match is None or len(text) > LONGEST or self._seen > MOST_VALUES:
                break
            found = self._variable(match[1].strip(), level)
            if found is not UNKNOWN and match[0] == text:
                return found
            kept = found is UNKNOWN or found is None or isinstance(found, Mapping | list)
            new = (match[0] if kept else _spelled(found)).replace("${", KEPT)
            text = text[: match.start()] + new + text[match.end() :]
        return text.replace(KEPT, "${").replace("\\${", "${")

    def _variable(self, expression: str, level: int) -> Any:  # noqa: ANN401
        """What an expression stands for, its own variables resolved."""
        self._seen += 1
        if expression in self._known:
            found, size = self._known[expression]
            self._seen += size
            return found
        if expression in self._open:
            self._circles.add(f"${{{expression}}}")
            return UNKNOWN
        self._open.append(expression)
        before = self._seen
        try:
            found = self._first(expression, level)
            found = found if found is UNKNOWN else self.resolve(found, level + 1)
        finally:
            self._open.pop()
        self._known[expression] = found, self._seen - before
        return found

    def _first(self, expression: str, level: int) -> Any:  # noqa: ANN401
        """The first of the alternatives that is known; a last one may be null, else none is."""
        parts = [part.strip() for part in _PART.findall(expression)]
        for part in parts:
            found = self._one(part, level)
            if found is not UNKNOWN and found is not None:
                return found
        return None if parts and parts[-1] == "null" else UNKNOWN

    def _one(self, part: str, level: int) -> Any:  # noqa: ANN401
        if part[:1] in ("'", '"') and part[-1:] == part[:1] and len(part) > 1:
            return part[1:-1]
        if part in _WORDS:
            return _WORDS[part]
        if _NUMBER.fullmatch(part):
            return float(part) if "." in part else int(part)
        source = _SOURCE.fullmatch(part)
        return UNKNOWN if source is None else self._of(source[1], source[2] or "", source[3] or "", level)

    def _of(self, source: str, said: str, path: str, level: int) -> Any:  # noqa: ANN401
        if source == "file":
            return self._at(self.files.value(said.strip(" '\"")), path, level)
        if source == "strToBool":
            return {"true": True, "1": True, "false": False, "0": False}.get(said.strip(" '\"").lower(), UNKNOWN)
        place = {"self": path, "sls:stage": "provider.stage", "aws:region": "provider.region"}
        known = place.get(source, place.get(f"{source}:{path}"))
        if known is not None:
            return self._self(known, level)
        if source == "param":
            return self._parameter(path, level)
        return "${AWS::AccountId}" if (source, path) == ("aws", "accountId") else UNKNOWN

    def _parameter(self, name: str, level: int) -> Any:  # noqa: ANN401
        stage = self._self("provider.stage", level)
        # `stages` is where version 4 of the framework has them.
        places = [form.format(group) for group in (stage, "default") for form in ("params.{}", "stages.{}.params")]
        values = (mapping(self._at(self._document, place, level)).get(name) for place in places)
        return next((value for value in values if value is not None), None)

    def _self(self, path: str, level: int) -> Any:  # noqa: ANN401
        found = self._at(self._document, path, level)
        if path == "service" and isinstance(found, Mapping):
            return found.get("name")
        return {"provider.stage": STAGE, "provider.region": REGION}.get(path) if found is None else found

    def _at(self, value: Any, path: str, level: int) -> Any:  # noqa: ANN401
        """What stands at a path of keys; variables on the way are followed."""
        for key in path.split(".") if path and value is not UNKNOWN else ():
            if isinstance(value, str) and "${" in value:
                value = self.resolve(value, level + 1)
            if isinstance(value, list) and key.isdecimal() and int(key) < len(value):
                value = value[int(key)]
            else:
                value = value.get(key) if isinstance(value, Mapping) else _unread(value)
        return value


def _unread(value: Any) -> Any:  # noqa: ANN401
    return UNKNOWN if isinstance(value, str) and "${" in value else None


def _spelled(value: Any) -> str:  # noqa: ANN401
    return str(value).lower() if isinstance(value, bool) else str(value)


def unresolved(value: Any) -> Iterator[str]:  # noqa: ANN401
    """The variables that a text still has."""
    if isinstance(value, str):
        yield from (match[0] for match in _INNERMOST.finditer(value))
