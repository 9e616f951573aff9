"""A query: read once, run over records that come newest first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

from shopfast_obs.analysis.logs.insights.commands import (
    Columns,
    Command,
    Dedup,
    Fields,
    Filter,
    Limit,
    Named,
    Parse,
    Pattern,
    Sort,
    Stats,
)
from shopfast_obs.analysis.logs.insights.expressions import Expression, read_expression, read_operand
from shopfast_obs.analysis.logs.insights.interface import QueryError, Record, text
from shopfast_obs.analysis.logs.insights.needed_texts import Needed
from shopfast_obs.analysis.logs.insights.scanner import Scanner
from shopfast_obs.analysis.text.bounded_regex import RegexError, compiled
from shopfast_obs.model.records import record

MOST = 100_000  # rows of a result
ELSEWHERE = ("anomaly", "diff", "join", "lookup", "unmask", "unnest", "source")
GROUP = re.compile(r"\(\?P?<([A-Za-z]\w*)>")


@record
class Row:
    """One row of a result: its columns with their values as text, and the pointer of the log event that it shows."""

    values: tuple[tuple[str, str], ...]
    pointer: str = ""


@record
class Query:
    """A query that was read."""

    commands: tuple[Command, ...]

    def run(
        self, records: Iterable[Record], limit: int = MOST, matched: Callable[[], None] = lambda: None
    ) -> list[Row]:
        """The result, of at most so many rows. `matched` is called for each record that the filters let through."""
        columns = Columns()
        rows = records
        filtering = self._filtering()
        for n, command in enumerate(self.commands):
            rows = command.run(_tallied(rows, matched) if n == filtering else rows)
            columns = command.columns(columns)
        rows = _tallied(rows, matched) if filtering == len(self.commands) else rows
        return [_row(row, columns) for row in Limit(min(limit, MOST)).run(rows)]

    @property
    def needed(self) -> Needed:
        """Texts without which no message passes the filters that stand before everything else."""
        found: list[tuple[str, ...]] = []
        for command in self.commands[: self._filtering()]:
            if isinstance(command, Filter):
                found += command.condition.needed
            elif "@message" in _set_by(command):
                break
        return tuple(found)

    def _filtering(self) -> int:
        """How many commands at the beginning only choose and extend records."""
        others = (n for n, c in enumerate(self.commands) if not isinstance(c, Fields | Filter | Parse))
        return next(others, len(self.commands))


def _set_by(command: Command) -> tuple[str, ...]:
    """The fields that it gives a value."""
    if isinstance(command, Parse):
        return command.names
    return tuple(n.name for n in command.named if n.name != n.expression.text) if isinstance(command, Fields) else ()


def _tallied(rows: Iterable[Record], matched: Callable[[], None]) -> Iterator[Record]:
    for row in rows:
        matched()
        yield row


def _row(row: Record, columns: Columns) -> Row:
    values = ((name, row.get(name)) for name in columns.shown())
    shown = tuple((name, text(value)) for name, value in values if value is not None)
    return Row(shown, text(row.get("@ptr")) if columns.events else "")


@lru_cache(maxsize=256)
def read_query(query: str) -> Query:
    """The query that the text says; raises QueryError."""
    scanner = Scanner(query)
    commands = []
    scanner.sign("|")
    while True:
        commands.append(_command(scanner))
        if scanner.at_end():
            return Query(tuple(commands))
        if scanner.sign("|") is None:
            raise scanner.unexpected()


def _command(scanner: Scanner) -> Command:
    word = scanner.word(*READERS)
    if word is None:
        start = scanner.place
        unknown = scanner.word(*ELSEWHERE)
        if unknown:
            message = f"the local cloud does not have the command {unknown}"
            raise QueryError(message, start, start + len(unknown))
        raise scanner.unexpected()
    return READERS[word](scanner)


def _named(scanner: Scanner) -> Named:
    expression = read_expression(scanner)
    if scanner.word("as"):
        name = scanner.name()
        if name is None:
            raise scanner.unexpected()
        return Named(expression, name)
    return Named(expression, expression.text.strip("`"))


def _listed(scanner: Scanner) -> tuple[Named, ...]:
    found = [_named(scanner)]
    while scanner.sign(","):
        found.append(_named(scanner))
    return tuple(found)


def _plain(scanner: Scanner, read: Callable[[Scanner], tuple[Named, ...]] = _listed) -> tuple[Named, ...]:
    """Expressions without a function of a group, which only `stats` has."""
    start = scanner.place
    found = read(scanner)
    if any(named.expression.aggregates for named in found):
        raise QueryError("an aggregation can stand in stats only", start, scanner.place)
    return found


def _filter(scanner: Scanner) -> Filter:
    (condition,) = _plain(scanner, lambda s: (Named(read_expression(s), ""),))
    return Filter(condition.expression)


def _stats(scanner: Scanner) -> Stats:
    start = scanner.place
    named = _listed(scanner)
    if not all(n.expression.aggregates for n in named):
        raise QueryError("stats takes aggregations only", start, scanner.place)
    return Stats(named, _plain(scanner) if scanner.word("by") else ())


def _sort(scanner: Scanner) -> Sort:
    keys: list[tuple[Expression, bool]] = []
    while not keys or scanner.sign(","):
        expression = _as_column(scanner)
        keys.append((expression, scanner.word("asc", "desc") == "desc"))
    return Sort(tuple(keys))


def _as_column(scanner: Scanner) -> Expression:
    """An expression; one that `stats` computed is read from its column: `sort count(*) desc`."""
    expression = read_expression(scanner)
    name, read = expression.text, expression.read
    if not expression.aggregates and "(" not in name:
        return expression
    return Expression(name, lambda group: value if (value := group[0].own.get(name)) is not None else read(group))


def _limit(scanner: Scanner) -> Limit:
    start = scanner.place
    most = scanner.number()
    if most is None:
        raise scanner.unexpected()
    if not 1 <= most <= MOST or most != int(most):
        raise QueryError(f"limit must be between 1 and {MOST}", start, scanner.place)
    return Limit(int(most))


def _parse(scanner: Scanner) -> Parse:
    start = scanner.place
    source = Expression("@message", lambda group: group[0].get("@message"))
    glob, expression = scanner.text(), scanner.regex()
    if glob is None and expression is None:
        source = read_operand(scanner)
        glob, expression = scanner.text(), scanner.regex()
    if glob is None and expression is None:
        raise scanner.unexpected()
    names = _names(scanner) if scanner.word("as") else ()
    pattern = expression if expression is not None else _glob(glob or "")
    names = names or tuple(GROUP.findall(pattern))
    try:
        read = compiled(pattern)
    except RegexError as problem:
        raise QueryError(str(problem), start, scanner.place) from None
    if not names or read.groups != len(names):
        message = f"parse has {read.groups} wildcards or groups and {len(names)} names"
        raise QueryError(message, start, scanner.place)
    return Parse(source, read, names)


def _glob(glob: str) -> str:
    """`user=*, id=*` as a regular expression: each `*` takes as little as it can, the last one at the end all."""
    parts = [re.escape(part) for part in glob.split("*")]
    return "(.*?)".join(parts) + ("" if parts[-1] else "$") if len(parts) > 1 else parts[0]


def _names(scanner: Scanner) -> tuple[str, ...]:
    names: list[str] = []
    while not names or scanner.sign(","):
        name = scanner.name()
        if name is None:
            raise scanner.unexpected()
        names.append(name)
    return tuple(names)


READERS: Mapping[str, Callable[[Scanner], Command]] = {
    "fields": lambda scanner: Fields(_plain(scanner)),
    "display": lambda scanner: Fields(_plain(scanner), only=True),
    "filter": _filter,
    "where": _filter,
    "filterindex": _filter,
    "stats": _stats,
    "sort": _sort,
    "limit": _limit,
    "head": _limit,
    "parse": _parse,
    "dedup": lambda scanner: Dedup(tuple(named.expression for named in _plain(scanner))),
    "pattern": lambda scanner: Pattern(_plain(scanner, lambda s: (Named(read_expression(s), ""),))[0].expression),
}
