"""The grammar of X-Ray's filter expressions, as a tree.

ok !partial duration < 3
service("api") { fault } AND annotation.age > 29
rootcause.fault.entity { last and name = "deserialize" }
"""

from __future__ import annotations

import json
import re
from typing import Any

from shopfast_obs.model.records import record

MAX_LENGTH = 2000
MAX_DEPTH = 50
BOOLEANS = frozenset(["ok", "error", "throttle", "fault", "partial", "inferred", "first", "last", "remote", "root"])
NUMBERS = frozenset(["responsetime", "duration", "http.status", "index", "coverage"])
STRINGS = frozenset(
    [
        *("http.url", "http.method", "http.useragent", "http.clientip", "user", "name", "type", "message"),
        *("availabilityzone", "instance.id", "resource.arn", "group.name", "group.arn"),
    ]
)
CAUSES = re.compile(r"rootcause\.(fault|error|responsetime)\.(service|entity|exception)\Z")
OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "CONTAINS", "BEGINSWITH", "ENDSWITH")
TOKEN = re.compile(
    r"\s*(?:(?P<string>\"(?:[^\"\\]|\\.)*\")|(?P<json>\#)|(?P<operator><=|>=|!=|=|<|>)|(?P<sign>[!(){},:\[\]])"
    r"|(?P<number>-?\d+(?:\.\d+)?(?![\w.-]))|(?P<word>[\w.\-/@+*%]+))\s*"
)


class FilterError(ValueError):
    """A filter expression that cannot be read, and why."""


@record
class Comparison:
    """`keyword operator value`; without an operator: it is true, or it is there."""

    keyword: str
    operator: str = ""
    value: Any = None


@record
class Not:
    """`!inner`."""

    inner: Expression


@record
class Combined:
    """AND (`every`) or OR."""

    every: bool
    inner: tuple[Expression, ...]


@record
class Id:
    """Which service: by name, type and account, as far as they are given."""

    name: str = ""
    type: str = ""
    account: str = ""


@record
class Scoped:
    """`service(...)`, `edge(...)` or `rootcause...` with a filter on what it stands for."""

    scope: str
    ids: tuple[Id, ...] = ()
    inner: Expression | None = None


Expression = Comparison | Not | Combined | Scoped


def parse(text: str) -> Expression:
    """The tree of an expression; raises FilterError."""
    if len(text) > MAX_LENGTH:
        raise FilterError(f"the expression is longer than {MAX_LENGTH} characters")
    reader = _Reader(_tokens(text))
    tree = reader.either(0)
    if reader.tokens:
        raise FilterError(f"{reader.tokens[-1][1]!r} is left over")
    return tree


def _tokens(text: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    place = 0
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None:
            if not text[place:].strip():
                break
            raise FilterError(f"it cannot be read at {text[place : place + 20]!r}")
        kind, content, place = str(match.lastgroup), match[str(match.lastgroup)], match.end()
        if kind == "string":
            content = re.sub(r"\\(.)", r"\1", content[1:-1])
        elif kind == "json":
            content, place = _json(text, place)
        found.append((kind, content))
    return found


def _json(text: str, place: int) -> tuple[Any, int]:
    try:
        value, end = json.JSONDecoder().raw_decode(text, place)
    except (ValueError, RecursionError):
        raise FilterError("what follows # is not JSON") from None
    return value, end


class _Reader:
    """Recursive descent over the tokens. OR binds weakest; AND may be left out."""

    def __init__(self, tokens: list[tuple[str, Any]]) -> None:
        self.tokens = list(reversed(tokens))

    def either(self, depth: int) -> Expression:
        terms = [self._both(depth)]
        while self._takes_word("or"):
            terms.append(self._both(depth))
        return terms[0] if len(terms) == 1 else Combined(False, tuple(terms))

    def _both(self, depth: int) -> Expression:
        terms = [self._negated(depth)]
        while self._takes_word("and") or self._begins_term():
            terms.append(self._negated(depth))
        return terms[0] if len(terms) == 1 else Combined(True, tuple(terms))

    def _begins_term(self) -> bool:
        if not self.tokens:
            return False
        kind, content = self.tokens[-1]
        return (kind == "word" and content.lower() != "or") or (kind == "sign" and content in "!(")

    def _negated(self, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            raise FilterError("it is nested too deeply")
        if self._takes("!"):
            return Not(self._negated(depth + 1))
        if self._takes("("):
            inner = self.either(depth + 1)
            self._expect(")")
            return inner
        kind, content = self._next()
        if kind != "word":
            raise FilterError(f"{content!r} cannot stand where a keyword is expected")
        return self._term(content, depth)

    def _term(self, word: str, depth: int) -> Expression:
        keyword = word.lower()
        if keyword in ("service", "edge") and self._peeks("("):
            return self._scoped(keyword, self._ids(2 if keyword == "edge" else 1), depth)
        if CAUSES.match(keyword):
            return self._scoped(keyword, (), depth)
        if keyword.startswith("annotation.") and keyword != "annotation.":
            return self._comparison("annotation." + word[len("annotation.") :])
        if keyword == "annotation" and self._takes("["):
            name = str(self._next()[1])
            self._expect("]")
            return self._comparison(f"annotation.{name}")
        if keyword == "rootcause.json" or keyword in BOOLEANS | NUMBERS | STRINGS:
            return self._comparison(keyword)
        raise FilterError(f"{word!r} is not a keyword")

    def _scoped(self, scope: str, ids: tuple[Id, ...], depth: int) -> Scoped:
        if not self._takes("{"):
            return Scoped(scope, ids)
        inner = None if self._peeks("}") else self.either(depth + 1)
        self._expect("}")
        return Scoped(scope, ids, inner)

    def _ids(self, most: int) -> tuple[Id, ...]:
        self._expect("(")
        found: list[Id] = []
        while not self._takes(")"):
            if found:
                self._expect(",")
            found.append(self._id())
        if len(found) > most or (most == 2 and len(found) == 1):
            raise FilterError(f"{'edge' if most == 2 else 'service'} does not take {len(found)} names")
        return tuple(found)

    def _id(self) -> Id:
        kind, content = self._next()
        if kind == "string" or (kind == "word" and not self._peeks("(")):
            return Id(name=str(content))
        if kind != "word" or content.lower() != "id":
            raise FilterError("a service is named by a string or by id(...)")
        self._expect("(")
        fields: dict[str, str] = {}
        while not self._takes(")"):
            if fields:
                self._expect(",")
            key = str(self._next()[1]).lower()
            self._expect(":")
            fields[key] = str(self._next()[1])
        if not fields.keys() <= {"name", "type", "account.id"}:
            raise FilterError("id() takes name, type and account.id")
        return Id(fields.get("name", ""), fields.get("type", ""), fields.get("account.id", ""))

    def _comparison(self, keyword: str) -> Comparison:
        operator = self._operator()
        if not operator:
            return Comparison(keyword)
        kind, content = self._next()
        if kind == "number":
            return _checked(Comparison(keyword, operator, float(content)))
        if kind == "word" and content.lower() in ("true", "false"):
            return _checked(Comparison(keyword, operator, content.lower() == "true"))
        if kind not in ("string", "word", "json"):
            raise FilterError(f"{content!r} is not a value")
        return _checked(Comparison(keyword, operator, content))

    def _operator(self) -> str:
        if not self.tokens:
            return ""
        kind, content = self.tokens[-1]
        if kind == "operator" or (kind == "word" and content.upper() in OPERATORS):
            self.tokens.pop()
            return str(content).upper()
        return ""

    def _next(self) -> tuple[str, Any]:
        if not self.tokens:
            raise FilterError("it ends too early")
        kind, content = self.tokens.pop()
        return kind, content

    def _peeks(self, sign: str) -> bool:
        return bool(self.tokens) and self.tokens[-1] == ("sign", sign)

    def _takes(self, sign: str) -> bool:
        if self._peeks(sign):
            self.tokens.pop()
            return True
        return False

    def _takes_word(self, word: str) -> bool:
        if self.tokens and self.tokens[-1][0] == "word" and self.tokens[-1][1].lower() == word:
            self.tokens.pop()
            return True
        return False

    def _expect(self, sign: str) -> None:
        if not self._takes(sign):
            found = repr(self.tokens[-1][1]) if self.tokens else "the end"
            raise FilterError(f"{sign!r} is expected, not {found}")


def _checked(comparison: Comparison) -> Comparison:
    """Refuses what cannot be compared: `ok > 3`, `duration CONTAINS "x"`, `user = 5` stay out."""
    keyword, operator, value = comparison.keyword, comparison.operator, comparison.value
    text_operator = operator in ("CONTAINS", "BEGINSWITH", "ENDSWITH")
    if keyword in BOOLEANS:
        fits = isinstance(value, bool) and operator in ("=", "!=")
    elif keyword in NUMBERS:
        fits = isinstance(value, float) and not text_operator
    elif keyword == "rootcause.json":
        fits = isinstance(value, list) and operator == "="
    elif keyword in STRINGS:
        fits = isinstance(value, str) and operator not in ("<", "<=", ">", ">=")
    else:
        fits = isinstance(value, str) if text_operator else isinstance(value, str | float | bool)
    if not fits:
        raise FilterError(f"{keyword} cannot be compared like that")
    return comparison
