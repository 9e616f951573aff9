"""Expressions: `strlen(@message) > 10 and (level like /(?i)warn/ or code in [500, 502])`, `sum(a) / count(*)`."""

from __future__ import annotations

import math
import operator
import time
from collections.abc import Callable, Mapping, Sequence

from shopfast_obs.analysis.logs.insights.aggregates import AGGREGATES
from shopfast_obs.analysis.logs.insights.functions import FUNCTIONS, numeric
from shopfast_obs.analysis.logs.insights.interface import QueryError, Record, Value, number, text, truth
from shopfast_obs.analysis.logs.insights.needed_texts import Needed, either, literals
from shopfast_obs.analysis.logs.insights.scanner import Scanner
from shopfast_obs.analysis.text.bounded_regex import RegexError, compiled, found
from shopfast_obs.model.records import record

Reader = Callable[[Sequence[Record]], Value]  # of a group of records; an expression of one record gets it alone
MAX_DEPTH = 50
ARITHMETIC: Mapping[str, Callable[..., Value]] = {
    "+": numeric(operator.add), "-": numeric(operator.sub), "*": numeric(operator.mul), "/": numeric(operator.truediv),
    "%": numeric(math.fmod), "^": numeric(math.pow),
}  # fmt: skip
ORDERS: Mapping[str, Callable[..., bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


@record
class Expression:
    """What was read, as it was written. `aggregates` is True when it has a function of a group; `needed` are texts
    without which it is true of no message."""

    text: str
    read: Reader
    aggregates: bool = False
    needed: Needed = ()

    def of(self, record: Record) -> Value:
        """The value for one record."""
        return self.read((record,))


def read_expression(scanner: Scanner) -> Expression:
    """The expression that stands at the scanner; raises QueryError."""
    start = scanner.place
    parser = _Parser(scanner)
    read = parser.either(0)
    return Expression(
        scanner.query[start : scanner.place].strip(), read, parser.aggregates, parser.needed.get(read, ())
    )


def read_operand(scanner: Scanner) -> Expression:
    """A field, a call or an expression in brackets: what stands before `/a regular expression/`; raises QueryError."""
    start = scanner.place
    parser = _Parser(scanner)
    read = parser.atom(0)
    return Expression(scanner.query[start : scanner.place].strip(), read, parser.aggregates)


def equal(left: Value, right: Value) -> bool:
    """Whether two values are the same: as numbers where both are, else as texts."""
    if left is None or right is None:
        return False
    a, b = number(left), number(right)
    return a == b if a is not None and b is not None else text(left) == text(right)


class _Parser:
    """Precedence: or, and, not, comparison, + -, * / %, ^, sign."""

    def __init__(self, scanner: Scanner) -> None:
        self.scanner = scanner
        self.aggregates = False
        self.needed: dict[Reader, Needed] = {}
        self._messages: set[Reader] = set()

    def either(self, depth: int) -> Reader:
        return self._logical("or", any, self._both, depth)

    def _both(self, depth: int) -> Reader:
        return self._logical("and", all, self._negated, depth)

    def _logical(self, word: str, join: Callable[..., bool], part: Callable[[int], Reader], depth: int) -> Reader:
        parts = [part(depth)]
        while self.scanner.word(word):
            parts.append(part(depth))
        if len(parts) == 1:
            return parts[0]

        def joined(group: Sequence[Record]) -> Value:
            return join(truth(read(group)) for read in parts)

        needed = [self.needed.get(part, ()) for part in parts]
        self.needed[joined] = either(needed) if join is any else tuple(texts for each in needed for texts in each)
        return joined

    def _negated(self, depth: int) -> Reader:
        self._check(depth)
        if self.scanner.word("not"):
            inner = self._negated(depth + 1)
            return lambda group: not truth(inner(group))
        return self._compared(depth)

    def _compared(self, depth: int) -> Reader:
        left = self._sum(depth)
        scanner = self.scanner
        sign = scanner.sign("=~", "==", "!=", "<=", ">=", "=", "<", ">")
        if sign == "=~":
            return self._like(left)
        if sign:
            return _comparison("=" if sign == "==" else sign, left, self._sum(depth))
        negated = bool(scanner.word("not"))
        if scanner.word("like"):
            test = self._like(left)
        elif scanner.word("in"):
            test = self._membership(left, depth)
        elif negated:
            raise scanner.unexpected()
        else:
            return left
        return (lambda group: not test(group)) if negated else test

    def _like(self, left: Reader) -> Reader:
        start = self.scanner.place
        expression = self.scanner.regex()
        if expression is None:
            part = self.scanner.text()
            if part is None:
                raise self.scanner.unexpected()
            return self._telling(lambda group: part in text(left(group)), left, ((part,),))
        try:
            pattern = compiled(expression)
        except RegexError as problem:
            raise QueryError(str(problem), start, self.scanner.place) from None
        return self._telling(
            lambda group: (value := left(group)) is not None and found(pattern, text(value)) is not None,
            left,
            literals(expression),
        )

    def _telling(self, test: Reader, left: Reader, needed: Needed) -> Reader:
        if left in self._messages:
            self.needed[test] = needed
        return test

    def _membership(self, left: Reader, depth: int) -> Reader:
        self.scanner.expect("[")
        items = [self._sum(depth)]
        while self.scanner.sign(","):
            items.append(self._sum(depth))
        self.scanner.expect("]")
        return lambda group: (value := left(group)) is not None and any(equal(value, item(group)) for item in items)

    def _sum(self, depth: int) -> Reader:
        return self._chain(("+", "-"), self._product, depth)

    def _product(self, depth: int) -> Reader:
        return self._chain(("*", "/", "%"), self._power, depth)

    def _power(self, depth: int) -> Reader:
        return self._chain(("^",), self._signed, depth)

    def _chain(self, signs: tuple[str, ...], part: Callable[[int], Reader], depth: int) -> Reader:
        first, rest = part(depth), list[tuple[Callable[..., Value], Reader]]()
        while sign := self.scanner.sign(*signs):
            rest.append((ARITHMETIC[sign], part(depth)))
        if not rest:
            return first

        def over(group: Sequence[Record]) -> Value:
            value = first(group)
            for function, read in rest:
                value = function(value, read(group))
            return value

        return over

    def _signed(self, depth: int) -> Reader:
        self._check(depth)
        if self.scanner.sign("-"):
            inner = self._signed(depth + 1)
            return lambda group: ARITHMETIC["-"](0.0, inner(group))
        return self.atom(depth)

    def atom(self, depth: int) -> Reader:
        scanner = self.scanner
        if scanner.sign("("):
            inner = self.either(depth + 1)
            scanner.expect(")")
            return inner
        for constant in (scanner.number(), scanner.duration(), scanner.text()):
            if constant is not None:
                return _always(constant)
        start = scanner.place
        name = scanner.name()
        if name is None:
            raise scanner.unexpected()
        if scanner.query[start] != "`" and scanner.sign("("):
            return self._call(name, start, depth)
        if name.lower() in ("true", "false"):
            return _always(name.lower() == "true")
        return self._field(name)

    def _field(self, name: str) -> Reader:
        def field(group: Sequence[Record]) -> Value:
            return group[0].get(name) if group else None

        if name == "@message":
            self._messages.add(field)
        return field

    def _call(self, name: str, start: int, depth: int) -> Reader:
        key, end = name.lower(), start + len(name)
        arguments = self._arguments(depth, star=key == "count")
        if key == "bin" and len(arguments) == 1:
            floor, period = FUNCTIONS["datefloor"][0], arguments[0]
            return lambda group: floor(group[0].get("@timestamp") if group else None, period(group))
        if key == "now" and not arguments:
            return _always(float(int(time.time())))
        known = FUNCTIONS.get(key) or AGGREGATES.get(key)
        if known is None:
            raise QueryError(f"{name} is not a function", start, end)
        if not known[1] <= len(arguments) <= known[2]:
            raise QueryError(f"{name} does not take {len(arguments)} arguments", start, end)
        if key in FUNCTIONS:
            function = FUNCTIONS[key][0]
            return lambda group: function(*[read(group) for read in arguments])
        self.aggregates = True
        aggregate = AGGREGATES[key][0]
        reads = [_of_one(read) for read in arguments]
        return lambda group: aggregate(group, reads)

    def _arguments(self, depth: int, star: bool) -> list[Reader]:
        if star and self.scanner.sign("*"):
            self.scanner.expect(")")
            return []
        if self.scanner.sign(")"):
            return []
        arguments = [self.either(depth + 1)]
        while self.scanner.sign(","):
            arguments.append(self.either(depth + 1))
        self.scanner.expect(")")
        return arguments

    def _check(self, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise QueryError("the query is nested too deeply", self.scanner.place, self.scanner.place + 1)


def _always(value: Value) -> Reader:
    return lambda _: value


def _of_one(read: Reader) -> Callable[[Record], Value]:
    return lambda record: read((record,))


def _comparison(sign: str, left: Reader, right: Reader) -> Reader:
    if sign in ("=", "!="):
        return lambda group: equal(left(group), right(group)) == (sign == "=")
    order = ORDERS[sign]

    def compare(group: Sequence[Record]) -> Value:
        a, b = left(group), right(group)
        if a is None or b is None:
            return False
        numbers = number(a), number(b)
        return order(text(a), text(b)) if None in numbers else order(*numbers)

    return compare
