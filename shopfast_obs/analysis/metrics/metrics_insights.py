"""Metrics Insights: `SELECT SUM(Errors) FROM SCHEMA("AWS/Lambda", FunctionName) WHERE ... GROUP BY FunctionName`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from shopfast_obs.model.records import record
from shopfast_obs.patterns import late

LONGEST = 10_000  # characters of a query that are read
FUNCTIONS = ("AVG", "COUNT", "MAX", "MIN", "SUM")
_TOKEN = late(r"\s*(?:(?P<text>'[^']*')|(?P<word>\"[^\"]*\"|[\w.$/:{}@-]+)|(?P<sign>!=|[(),=;])|(?P<end>$))")


class InsightsError(ValueError):
    """A query that cannot be read, and why."""


@record
class Condition:
    """`label = 'value'`, or `!=`."""

    label: str
    operator: Literal["=", "!="]
    value: str


@record
class InsightsQuery:
    """One query. `labels` are the dimensions of SCHEMA, exactly those; None where it has none, or where a namespace
    stands alone. `order` is the function of ORDER BY, empty without one."""

    function: str
    metric: str
    namespace: str
    labels: frozenset[str] | None = None
    conditions: tuple[Condition, ...] = ()
    groups: tuple[str, ...] = ()
    order: str = ""
    descending: bool = False
    limit: int | None = None


def read_insights(text: str) -> InsightsQuery:
    """The query; raises InsightsError for one that cannot be read."""
    if len(text) > LONGEST:
        raise InsightsError(f"it has more than {LONGEST:,} characters")
    return _Reader(list(_tokens(text))).query()


def _tokens(text: str) -> Iterator[str]:
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise InsightsError(f"it cannot be read at {text[place : place + 20]!r}")
        if found["end"] is not None:
            return
        yield found["text"] or found["word"] or found["sign"]
        place = found.end()


class _Reader:
    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def query(self) -> InsightsQuery:
        """The clauses in their order."""
        self._word("SELECT")
        function = self._next().upper()
        if function not in FUNCTIONS:
            raise InsightsError(f"its function is {function or 'missing'}, not one of {', '.join(FUNCTIONS)}")
        self._word("(")
        metric = self._name()
        self._word(")")
        self._word("FROM")
        namespace, labels = self._source()
        conditions = self._conditions() if self._is("WHERE") else ()
        groups = self._groups() if self._is("GROUP") else ()
        order, descending = self._order() if self._is("ORDER") else ("", False)
        limit = self._limit() if self._is("LIMIT") else None
        self._is(";")
        if self._at < len(self._tokens):
            raise InsightsError(f"{self._tokens[self._at]!r} is left over")
        return InsightsQuery(function, metric, namespace, labels, conditions, groups, order, descending, limit)

    def _source(self) -> tuple[str, frozenset[str] | None]:
        if not self._is("SCHEMA"):
            return self._name(), None
        self._word("(")
        names = self._list()
        self._word(")")
        return names[0], frozenset(names[1:]) or None

    def _conditions(self) -> tuple[Condition, ...]:
        found = [self._condition()]
        while self._is("AND"):
            found.append(self._condition())
        return tuple(found)

    def _condition(self) -> Condition:
        label, operator, value = self._name(), self._next(), self._next()
        if operator not in ("=", "!=") or not value:
            raise InsightsError("a condition is label = 'value' or label != 'value'")
        return Condition(label, "!=" if operator == "!=" else "=", value.strip("'\""))

    def _groups(self) -> tuple[str, ...]:
        self._word("BY")
        return tuple(self._list())

    def _order(self) -> tuple[str, bool]:
        self._word("BY")
        function = self._next().upper()
        self._word("(")
        self._word(")")
        descending = self._is("DESC")
        if not descending:
            self._is("ASC")
        return function, descending

    def _limit(self) -> int:
        said = self._next()
        if not said.isdecimal():
            raise InsightsError("LIMIT is a whole number")
        return int(said)

    def _list(self) -> list[str]:
        found = [self._name()]
        while self._is(","):
            found.append(self._name())
        return found

    def _name(self) -> str:
        said = self._next()
        if not said or said[0] in "(),=;!'":
            raise InsightsError(f"a name is missing before {said!r}" if said else "it ends too early")
        return said.strip('"')

    def _is(self, word: str) -> bool:
        """Take the word if it comes next."""
        if self._at < len(self._tokens) and self._tokens[self._at].upper() == word:
            self._at += 1
            return True
        return False

    def _word(self, word: str) -> None:
        if not self._is(word):
            raise InsightsError(f"{word} is missing")

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1] if self._at <= len(self._tokens) else ""
