"""JSON patterns: `{ ($.user.id = 1 || $.tags[0] = "a*") && $.error NOT EXISTS }`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

import orjson

from shopfast_obs.analysis.logs.patterns.interface import Json, PatternError, Text, compares, expression_of, number
from shopfast_obs.model.records import record

TOKEN = re.compile(
    r"""\s*(?:(?P<selector>\$(?:\.[^\s=<>!()&|{}\[\]."']+|\.?\["(?:[^"\\]|\\.)*"\]|\.?\['[^']*'\]|\.?\[(?:\d+|\*)\])+)
    |(?P<both>&&)|(?P<either>\|\|)|(?P<bracket>[()])|(?P<comparison><=|>=|!=|=|<|>)
    |"(?P<quoted>(?:[^"\\]|\\.)*)"|%(?P<regex>(?:[^%\\]|\\.)*)%
    |(?P<word>[^\s=<>!()&|{}"%$]+))\s*""",
    re.VERBOSE,
)
STEP = re.compile(r"""\.?\["((?:[^"\\]|\\.)*)"\]|\.?\['([^']*)'\]|\.?\[(\d+|\*)\]|\.([^.\[]+)""")
MAX_DEPTH = 50
MAX_REGEX = 2
STATES = {"TRUE": True, "FALSE": False, "NULL": None}
Token = tuple[str, str]


@record
class Condition:
    """One selector compared. `operator` is a comparison, IS, EXISTS or NOT EXISTS."""

    selector: str
    operator: str
    text: Text | None = None
    number: float | None = None
    state: bool | None = None

    def holds(self, root: Json) -> bool:
        """Whether one of the values that the selector finds compares so."""
        values = list(select(root, self.selector))
        if self.operator.endswith("EXISTS"):
            return bool(values) == (self.operator == "EXISTS")
        return any(self._compares(value) for value in values)

    def _compares(self, value: Json) -> bool:
        if self.operator == "IS":
            return value is self.state
        if isinstance(value, dict | list):
            return False
        if self.number is not None:
            found = None if isinstance(value, bool) or value is None else number(str(value))
            return self.operator == "!=" if found is None else compares(self.operator, self.number, found)
        return self.text is not None and self.text.holds(written(value)) == (self.operator == "=")


@record
class Compound:
    """Conditions of which all or one must hold."""

    every: bool
    parts: tuple[Condition | Compound, ...]

    def holds(self, root: Json) -> bool:
        """Whether all, or any, hold."""
        return (all if self.every else any)(part.holds(root) for part in self.parts)


@record
class Selectors:
    """A JSON pattern."""

    condition: Condition | Compound
    named: tuple[str, ...]

    def match(self, message: str) -> Mapping[str, str] | None:
        """The values of the pattern's selectors."""
        root = _parsed(message)
        if root is None or not self.condition.holds(root):
            return None
        return {name: written(value) for name in self.named for value in list(select(root, name))[:1]}

    def value(self, message: str, selector: str) -> str | None:
        """The value of any selector."""
        root = _parsed(message)
        values = [] if root is None else [value for value in select(root, selector) if value is not None]
        return written(values[0]) if values else None


def read_selectors(text: str) -> Selectors:
    """The conditions of a JSON pattern; raises PatternError."""
    if not text.endswith("}"):
        raise PatternError("Invalid JSON filter pattern: a closing '}' is missing")
    tokens = _tokens(text[1:-1])
    if sum(kind == "regex" for kind, _ in tokens) > MAX_REGEX:
        raise PatternError(f"A filter pattern can have at most {MAX_REGEX} regular expressions")
    reader = _Reader(tokens)
    condition = reader.either(0)
    if reader.tokens:
        raise PatternError(f"Invalid character(s) in term '{reader.tokens[-1][1]}'")
    return Selectors(condition, tuple(dict.fromkeys(word for kind, word in tokens if kind == "selector")))


def select(root: Json, selector: str) -> Iterator[Json]:
    """The values that a selector finds: `$.a.b[0]`, `$.a[*].b`, `$["a.b"]`."""
    found = [root]
    for key, indexed in _steps(selector):
        found = [value for parent in found for value in _children(parent, key, indexed)]
    yield from found


@lru_cache(maxsize=1024)
def _steps(selector: str) -> tuple[tuple[str, bool], ...]:
    """The keys of a selector, and whether each is an index."""
    steps = STEP.finditer(selector, 1)
    return tuple((next(part for part in step.groups() if part is not None), step[3] is not None) for step in steps)


def _children(parent: Json, key: str, indexed: bool) -> list[Json]:
    if key == "*":
        return list(parent.values()) if isinstance(parent, dict) else list(parent) if isinstance(parent, list) else []
    if indexed and isinstance(parent, list):
        return parent[int(key) : int(key) + 1] if len(key) < 10 else []
    return [parent[key]] if isinstance(parent, dict) and key in parent else []


def written(value: Json) -> str:
    """A value as the pattern compares it."""
    if value is None or isinstance(value, bool):
        return str(value).lower() if value is not None else "null"
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _parsed(message: str) -> Json:
    try:
        root = orjson.loads(message)
    except orjson.JSONDecodeError:
        return None
    return root if isinstance(root, dict | list) else None


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    place = 0
    while place < len(text.rstrip()):
        match = TOKEN.match(text, place)
        if match is None or match.end() == place:
            raise PatternError(f"Invalid character(s) in term '{text[place:].strip()[:1]}'")
        place = match.end()
        tokens.append((str(match.lastgroup), match[str(match.lastgroup)]))
    if not tokens:
        raise PatternError("Invalid JSON filter pattern: it is empty")
    return tokens


class _Reader:
    """Reads conditions from the left; `&&` binds stronger than `||`."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = list(reversed(tokens))

    def either(self, depth: int) -> Condition | Compound:
        return self._joined("either", depth)

    def _joined(self, sign: str, depth: int) -> Condition | Compound:
        def part() -> Condition | Compound:
            return self._joined("both", depth) if sign == "either" else self._term(depth)

        parts = [part()]
        while self.tokens and self.tokens[-1][0] == sign:
            self.tokens.pop()
            parts.append(part())
        return parts[0] if len(parts) == 1 else Compound(sign == "both", tuple(parts))

    def _term(self, depth: int) -> Condition | Compound:
        kind, word = self._next()
        if (kind, word) == ("bracket", "("):
            if depth >= MAX_DEPTH:
                raise PatternError("Invalid JSON filter pattern: it is nested too deeply")
            inner = self.either(depth + 1)
            if self._next() != ("bracket", ")"):
                raise PatternError("Invalid JSON filter pattern: a bracket is not closed")
            return inner
        if kind != "selector":
            raise PatternError(f"Invalid character(s) in term '{word}'")
        return self._condition(word)

    def _condition(self, selector: str) -> Condition:
        kind, word = self._next()
        if kind == "comparison":
            return _compared(selector, word, *self._next())
        upper = word.upper()
        if kind == "word" and upper == "IS":
            state = self._next()[1].upper()
            if state in STATES:
                return Condition(selector, "IS", state=STATES[state])
        if kind == "word" and upper == "NOT" and self._next()[1].upper() == "EXISTS":
            return Condition(selector, "NOT EXISTS")
        if kind == "word" and upper == "EXISTS":
            return Condition(selector, "EXISTS")
        raise PatternError(f"Invalid operator in JSON filter pattern after '{selector}'")

    def _next(self) -> Token:
        if not self.tokens:
            raise PatternError("Invalid JSON filter pattern: it ends too early")
        return self.tokens.pop()


def _compared(selector: str, comparison: str, kind: str, word: str) -> Condition:
    if kind not in ("word", "quoted", "regex"):
        raise PatternError(f"Invalid character(s) in term '{word}'")
    if kind == "regex":
        if comparison not in ("=", "!="):
            raise PatternError(f"A regular expression cannot be compared with '{comparison}'")
        return Condition(selector, comparison, Text(word, expression_of(word)))
    value = number(word) if kind == "word" else None
    if value is not None:
        return Condition(selector, comparison, number=value)
    if comparison not in ("=", "!="):
        raise PatternError(f"'{word}' is not a number: it cannot be compared with '{comparison}'")
    return Condition(selector, comparison, Text(re.sub(r"\\(.)", r"\1", word)))
