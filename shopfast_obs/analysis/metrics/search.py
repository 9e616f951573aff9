"""SEARCH expressions: `{AWS/Lambda,FunctionName} MetricName="Errors" (shop OR order) NOT Resource=("a" OR "b")`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from shopfast_obs.analysis.metrics.math_functions import MathError
from shopfast_obs.model.records import record

SCHEMA = re.compile(r'\s*\{((?:"[^"]*"|[^}"])*)\}\s*')
PART = re.compile(r'\s*("[^"]*"|[^,"]*?)\s*(?:,|\Z)')
TOKEN = re.compile(
    r'\s*(?:(?P<key>:?[\w.-]+|"[^"]*")\s*=|(?P<bracket>[()])|"(?P<exact>[^"]*)"|(?P<word>[^\s"()=]+))\s*'
)
WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
MAX_LENGTH = 1024
MAX_DEPTH = 20
MAX_TERMS = 100
Properties = Mapping[str, str]
Test = Callable[[Properties], bool]
Token = tuple[str, str]


@record
class MetricSearch:
    """A search that was read: what a metric's namespace and dimensions must be, and what else must hold."""

    namespace: str | None
    dimensions: frozenset[str]
    test: Test

    def finds(self, namespace: str, name: str, dimensions: Iterable[tuple[str, str]]) -> bool:
        """Whether the metric is one that is searched for."""
        own = dict(dimensions)
        if self.namespace is not None and (namespace != self.namespace or own.keys() != self.dimensions):
            return False
        return self.test({"Namespace": namespace, "MetricName": name, **own})


def read_search(text: str) -> MetricSearch:
    """The search that the text says; raises MathError."""
    if len(text) > MAX_LENGTH:
        raise MathError(f"a search has at most {MAX_LENGTH} characters")
    schema = SCHEMA.match(text)
    parts = [part.strip('"') for part in PART.findall(schema[1])] if schema else []
    tokens = _tokens(text[schema.end() :] if schema else text)
    if not tokens and not parts:
        raise MathError("a search needs a schema or a term")
    if len(tokens) > MAX_TERMS:
        raise MathError(f"a search has at most {MAX_TERMS} terms")
    reader = _Reader(tokens)
    test = reader.either("", 0) if tokens else lambda _: True
    if reader.tokens:
        raise MathError(f"the search cannot be read at {reader.tokens[-1][1]!r}")
    return MetricSearch(parts[0] if parts else None, frozenset(part for part in parts[1:] if part), test)


def _tokens(text: str) -> list[Token]:
    tokens, place = list[Token](), 0
    while place < len(text.rstrip()):
        match = TOKEN.match(text, place)
        if match is None:
            raise MathError(f"the search cannot be read at {text[place : place + 20]!r}")
        place = match.end()
        kind = str(match.lastgroup)
        tokens.append((kind, match[kind].strip('"')))
    return tokens


class _Reader:
    """Reads tokens from the left: NOT before AND before OR; AND may be left out. `key` is the property in whose
    brackets the reader is."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = list(reversed(tokens))

    def either(self, key: str, depth: int) -> Test:
        parts = [self._both(key, depth)]
        while self._takes("word", "OR"):
            parts.append(self._both(key, depth))
        return parts[0] if len(parts) == 1 else lambda own: any(part(own) for part in parts)

    def _both(self, key: str, depth: int) -> Test:
        parts = [self._negated(key, depth)]
        while self._takes("word", "AND") or self._goes_on():
            parts.append(self._negated(key, depth))
        return parts[0] if len(parts) == 1 else lambda own: all(part(own) for part in parts)

    def _goes_on(self) -> bool:
        return bool(self.tokens) and self.tokens[-1] not in (("word", "OR"), ("bracket", ")"))

    def _negated(self, key: str, depth: int) -> Test:
        if depth > MAX_DEPTH:
            raise MathError("the search is nested too deeply")
        if self._takes("word", "NOT"):
            inner = self._negated(key, depth + 1)
            return lambda own: not inner(own)
        return self._term(key, depth)

    def _term(self, key: str, depth: int) -> Test:
        if not self.tokens:
            raise MathError("the search ends too early")
        kind, content = self.tokens.pop()
        if kind == "key":
            return self._term(content, depth)
        if (kind, content) == ("bracket", "("):
            inner = self.either(key, depth + 1)
            if not self._takes("bracket", ")"):
                raise MathError("a bracket of the search is not closed")
            return inner
        if kind == "bracket" or content in ("OR", "AND"):
            raise MathError(f"{content!r} cannot stand there in a search")
        if kind == "word" and content.startswith("-") and len(content) > 1:
            return lambda own: not _holds(own, key, content[1:], False)
        return lambda own: _holds(own, key, content, kind == "exact")

    def _takes(self, kind: str, content: str) -> bool:
        if self.tokens and self.tokens[-1] == (kind, content):
            self.tokens.pop()
            return True
        return False


def _holds(own: Properties, key: str, value: str, exact: bool) -> bool:
    """Quoted, the whole value must be the same; else each part of the word must be a part of the value, in any case."""
    texts = ([own[key]] if key in own else []) if key else [*own, *own.values()]
    if exact:
        return value in texts
    wanted = _parts(value)
    return any(wanted <= _parts(text) for text in texts)


def _parts(text: str) -> set[str]:
    return {word.lower() for word in WORDS.findall(text)}
