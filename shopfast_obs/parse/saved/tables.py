"""Rows of Logs Insights and of the console: CSV, and tables with bars as Markdown and terminals have them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

from shopfast_obs.model.records import record

Row = Mapping[str, str]
HEADERS_WITHIN = 30  # lines from the start in which the names of the columns stand: exports say first what was asked
_MESSAGES = ("@message", "message")
_TIMES = ("@timestamp", "timestamp", "time", "date", "ingestionTime")
_RULE = re.compile(r"[|+:\s-]*-{3}[|+:\s-]*")
_WITHOUT = re.compile(r'"?(\d{13}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3})"?([,;])')
_USUAL = ("@timestamp", "@message", "@logStream", "@log")  # fields of the query that the console proposes
_BAR = re.compile(r"(?<!\\)\|")
_GROUP = re.compile(r"log-group-names?: *(\S+)\s*$", re.M)


@record
class CsvHeader:
    """Where the rows of a CSV begin (`line`, counted from 0), its columns, and what is between them."""

    line: int
    columns: tuple[str, ...]
    delimiter: str


def csv_header(lines: Sequence[str]) -> CsvHeader | None:
    """The header of a CSV with log events or with rows of Logs Insights; None for any other text."""
    for number, line in enumerate(lines[:HEADERS_WITHIN]):
        for delimiter in (",", ";", "\t"):
            columns = _cells(line, delimiter)
            if _is_header(columns):
                return CsvHeader(number, columns, delimiter)
    without = [found for line in lines[:HEADERS_WITHIN] if (found := _WITHOUT.match(line))]
    if without:  # cut at the front
        known = ("timestamp", "message") if without[0][1].isdigit() else _USUAL
        return CsvHeader(-1, known, without[0][2])
    return None


def _cells(line: str, delimiter: str) -> tuple[str, ...]:
    if delimiter not in line and "@message" not in line:
        return ()
    return tuple(cell.strip().strip('"') for cell in line.split(delimiter))


def _is_header(columns: Sequence[str]) -> bool:
    if "@message" in columns or "startTimeUnixNano" in columns:
        return True
    return "message" in columns and any(time in columns for time in _TIMES)


def csv_rows(text: str) -> Iterator[Row]:
    """The rows of a CSV, each by the names of its columns; messages may have several lines."""
    lines = [line for line in text.splitlines()[: 4 * HEADERS_WITHIN] if line.strip()]
    header = csv_header(lines)
    if header is None:
        return
    stream = io.StringIO(text, newline="")
    if header.line >= 0:
        passed = -1
        while passed < header.line:
            passed += bool(stream.readline().strip())
    else:
        text = text[_start_of_row(text) :]
        stream = io.StringIO(text, newline="")
    csv.field_size_limit(1 << 24)
    reader = csv.reader((line.replace("\0", "") for line in stream), delimiter=header.delimiter)
    try:
        for cells in reader:
            if cells:
                yield dict(zip(header.columns, cells, strict=False))
    except csv.Error:  # a field beyond every bound
        return


def _start_of_row(text: str) -> int:
    place = 0
    for line in text.splitlines(keepends=True):
        if _WITHOUT.match(line):
            return place
        place += len(line)
    return place


def is_table(lines: Sequence[str]) -> bool:
    """True for a table with bars in which one column is of messages, or of the fields of spans."""
    return _table_header(lines) is not None


def _table_header(lines: Sequence[str]) -> tuple[int, tuple[str, ...]] | None:
    for number, line in enumerate(lines[:HEADERS_WITHIN]):
        if line.lstrip().startswith("|"):
            columns = tuple(cell.strip(" `*") for cell in line.strip().strip("|").split("|"))
            if _is_header(columns):
                return number, columns
    return None


def table_rows(text: str) -> Iterator[Row]:
    """The rows of a table with bars. A line that begins with none goes on with the last cell of the row before."""
    lines = [line for line in text.splitlines() if line.strip()]
    header = _table_header(lines)
    if header is None:
        return
    start, columns = header
    named = _GROUP.search(text, 0, 4096)
    group = {"@log": named[1]} if named else {}
    row: str | None = None
    for line in lines[start + 1 :]:
        if line.lstrip().startswith("|") or _RULE.fullmatch(line):
            if row is not None:
                yield {**group, **_row(row, columns)}
            row = None if _RULE.fullmatch(line) else line
        elif row is not None:
            row += f"\n{line}"
    if row is not None:
        yield {**group, **_row(row, columns)}


def _row(line: str, columns: Sequence[str]) -> Row:
    """The cells of a row; where a message has bars itself, there are more cells than columns, and they are its own."""
    cells = _BAR.split(line.strip().removeprefix("|").removesuffix("|"))
    surplus = len(cells) - len(columns)
    if surplus > 0:
        place = next((columns.index(name) for name in _MESSAGES if name in columns), len(columns) - 1)
        cells[place : place + surplus + 1] = ["|".join(cells[place : place + surplus + 1])]
    whole = (cell.strip().replace("\\|", "|").replace("<br>", "\n") for cell in cells)
    return dict(zip(columns, whole, strict=False))
