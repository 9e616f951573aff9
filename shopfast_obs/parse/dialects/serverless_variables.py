"""The variables of the Serverless Framework, as far as the file alone tells: `${self:...}`, `${opt:stage, 'dev'}`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

MOST_STEPS = 100  # replacements in one text: variables that name each other have no end
DEEPEST = 60
MOST_VALUES = 100_000  # looked at for one file, references followed; a large one has some thousands
LONGEST = 10_000
_INNERMOST = re.compile(r"\$\{([^${}]*:[^${}]*)\}")
_PSEUDO = {"aws:region": "${AWS::Region}", "aws:accountId": "${AWS::AccountId}"}
KEPT = "\x00{"  # a variable that only the framework could resolve, while others are looked for


class Variables:
    """The variables of one file."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._open: list[str] = []  # the references on the way, each inside of what the one before stands for
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
            self._seen += 1
            if self._seen > MOST_VALUES:
                break
            match = _INNERMOST.search(text)
            if match is None or len(text) > LONGEST:
                break
            found = match[0] if match[1].startswith("AWS::") else self._variable(match[1])
            if found is not None and match[0] == text and not isinstance(found, str):
                return self._followed(match[1], found, level)
            kept = found is None or isinstance(found, Mapping | list) or match[1].startswith("AWS::")
            new = match[0].replace("${", KEPT) if kept else str(found)
            text = text[: match.start()] + new + text[match.end() :]
        return text.replace(KEPT, "${")

    def _followed(self, name: str, found: Any, level: int) -> Any:  # noqa: ANN401
        """What a reference to more than a text stands for; one to something around itself stays."""
        if name in self._open:
            self._circles.add(f"${{{name}}}")
            return f"${{{name}}}"
        self._open.append(name)
        try:
            return self.resolve(found, level + 1)
        finally:
            self._open.pop()

    def _variable(self, expression: str) -> Any:  # noqa: ANN401
        """The first of the alternatives that is known; None when none is."""
        for alternative in _alternatives(expression):
            found = self._one(alternative)
            if found is not None:
                return found
        return None

    def _one(self, name: str) -> Any:  # noqa: ANN401
        if name[:1] in "'\"" and name[-1:] == name[:1] and len(name) > 1:
            return name[1:-1]
        if re.fullmatch(r"-?\d+(\.\d+)?|true|false", name):
            return {"true": True, "false": False}.get(name, float(name) if "." in name else name)
        source, _, path = name.partition(":")
        if source == "self":
            return self._at(path)
        if source == "sls" and path == "stage":
            return self._at("provider.stage") or "dev"
        return _PSEUDO.get(name)

    def _at(self, path: str) -> Any:  # noqa: ANN401
        if path == "service" and isinstance(self._document.get("service"), Mapping):
            return self._document["service"].get("name")
        value: Any = self._document
        for key in path.split(".") if path else ():
            value = value.get(key) if isinstance(value, Mapping) else None
        return value


def _alternatives(expression: str) -> Iterator[str]:
    yield from (part.strip() for part in re.split(r",(?=(?:[^']*'[^']*')*[^']*$)", expression))
