"""One trace for a reader, as wide as there is room, and compact JSON for scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from shopfast_obs.analysis.traces.part_statistics import PartStatistic, part_statistics
from shopfast_obs.analysis.traces.tree import FUNCTION, SERVICE
from shopfast_obs.analysis.traces.waterfall import Row, Waterfall
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs import platform
from shopfast_obs.report.json import document, headed
from shopfast_obs.report.layout import common_beginning, fitted, legend, paragraph, without
from shopfast_obs.report.logs import told
from shopfast_obs.report.text import EIGHTHS, flat, percent, seconds, shortened
from shopfast_obs.report.view import NARROW

NUMBERS = 29  # columns of start, duration and own time, with the blanks before them
NAMES = 0.65  # of the other columns at most are for names
ROOM = 14  # characters that the deepest name has
STATISTICS = 8  # kinds of parts in a text
LINE = 110  # characters of a log line
NOTICEABLE = 0.001  # seconds after the answer
ENVIRONMENT = "(environment)"  # Lambda makes one
_KINDS = {SERVICE: " (Lambda)", FUNCTION: " (function)"}  # both parts have the function's name
_FLAGS = {"ok": "", "error": " 4xx", "throttle": " 429", "fault": " 5xx"}


@record
class _Page:
    """Where on its line everything stands: columns of the names and of the bars, the seconds of a bar, the moment of
    the answer (None: it is the end), how the names begin that are shown without it, and the blanks for each depth."""

    width: int
    names: int
    bars: int
    total: float
    answer: float | None
    beginning: str
    step: int = 2

    def indent(self, row: Row) -> int:
        """The blanks before a name."""
        return max(0, min(row.depth * self.step, self.names - 2 - ROOM))

    def place(self, moment: float) -> int:
        """The column in the bars where a moment is."""
        return max(0, min(self.bars - 1, int(moment / self.total * self.bars) if self.total > 0 else 0))


def waterfall_lines(fall: Waterfall, limit: int, width: int = NARROW) -> Iterator[str]:
    """The trace as lines of text, at most `limit` parts: those that matter least are left out, and counted."""
    summary = fall.summary
    yield f"{summary.entry_point or 'a trace without segments'}  {summary.outcome}  {seconds(summary.duration)}"
    yield from (line for said in _about(fall) for line in paragraph(said, width))
    shown = chosen(fall, limit)
    rows = list(_with_environments(shown))
    page = _page(fall, rows, width)
    if page.beginning:
        yield legend(page.beginning)
    yield f"{'':{page.names}} {_axis(page)}  {'start':>8} {'takes':>8} {'own':>8}"
    names = _names(rows, page)
    for row in rows:
        yield from _row(row, names[page.indent(row), _name(row, page)], page)
    if len(shown) < len(fall.rows):
        yield f"({len(fall.rows) - len(shown)} of {len(fall.rows)} parts left out: short, and not on the path. --all)"
    if fall.logs:
        yield "Log lines of no part of the trace:"
        yield from (line for event in fall.logs for line in _said(event.message, "  ", page))
    yield from _statistics(part_statistics(fall.rows), page)
    yield from (f"linked: shopfast-obs trace {link}" for link in fall.links)


def _about(fall: Waterfall) -> Iterator[str]:
    summary = fall.summary
    if summary.duration - summary.response > NOTICEABLE:
        rest = "asynchronous" if _goes_on(fall) else "overhead of the runtime and extensions"
        yield f"answered after {seconds(summary.response)}; the rest is {rest}"
    yield from (f"! {warning}" for warning in summary.warnings)
    total = sum(summary.breakdown.values()) or 1.0
    spent = sorted(summary.breakdown.items(), key=lambda item: -item[1])
    shares = [f"{name.replace('_', ' ')} {percent(value / total)}" for name, value in spent[:3] if value > 0]
    yield f"mostly {', '.join(shares)}"


def _goes_on(fall: Waterfall) -> bool:
    """True where something but overhead, and what it lies in, ends after the answer."""
    end = 0.0
    for row in reversed(fall.rows):  # those in a part come after it
        ended = row.offset + row.duration
        if ended <= fall.summary.response + NOTICEABLE:
            continue
        if row.category == "overhead":
            end = max(end, ended)
        elif ended > end + NOTICEABLE:
            return True
    return False


def _page(fall: Waterfall, rows: Sequence[Row], width: int) -> _Page:
    """The names have the room that they need, but not all of it; where it is too little they lose the beginning that
    they have in common."""
    summary = fall.summary
    room = max(width - NUMBERS, 2 * ROOM)
    most = max(ROOM + 2, int(room * NAMES))
    answer = summary.response if summary.duration - summary.response > NOTICEABLE else None
    page = _Page(width, most, room - most, summary.duration, answer, "")
    if _widest(rows, page) > most:
        page = replace(page, beginning=common_beginning(_name(row, page) for row in rows))
        page = replace(page, step=1 if _widest(rows, page) > most else 2)
    names = max(ROOM + 2, min(most, _widest(rows, page)))
    return replace(page, names=names, bars=room - names)


def _widest(rows: Iterable[Row], page: _Page) -> int:
    """The columns that the names and what stands before them would take."""
    return max((2 + row.depth * page.step + len(_name(row, page)) for row in rows), default=0)


def _name(row: Row, page: _Page) -> str:
    return f"{_of_kind(row, page)}{_FLAGS[row.outcome]}"


def _of_kind(part: Row | PartStatistic, page: _Page) -> str:
    return f"{without(flat(part.name), page.beginning)}{_KINDS.get(part.kind, '')}"


def _names(rows: Iterable[Row], page: _Page) -> dict[tuple[int, str], str]:
    """The names on lines of the columns that they have, by what is before them and whole."""
    found: dict[tuple[int, str], str] = {}
    for indent in {page.indent(row) for row in rows}:
        inside = list(dict.fromkeys(_name(row, page) for row in rows if page.indent(row) == indent))
        lines = fitted(inside, page.names - 2 - indent)
        found |= {(indent, name): fit for name, fit in zip(inside, lines, strict=True)}
    return found


def _with_environments(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows with one for each new environment: from the beginning of Lambda's part to that of the initialization in
    it, which nothing else shows."""
    for place, row in enumerate(rows):
        yield row
        init = _cold_start(rows, place) if row.kind == SERVICE else None
        if init is not None and init.offset - row.offset > 0:
            takes = init.offset - row.offset
            path = takes if row.on_path is not None else None
            part = replace(row, depth=row.depth + 1, name=ENVIRONMENT, kind="", outcome="ok", notes=(), logs=())
            yield replace(part, duration=takes, own=takes, on_path=path)


def _cold_start(rows: Sequence[Row], place: int) -> Row | None:
    """The initialization in Lambda's part at this place."""
    for row in rows[place + 1 :]:
        if row.depth <= rows[place].depth or row.kind == SERVICE:
            return None
        if "cold start" in row.notes:
            return row
    return None


def _axis(page: _Page) -> str:
    """The line above the bars: where the answer came."""
    if page.answer is None:
        return " " * page.bars
    at, said = page.place(page.answer), f"answered {seconds(page.answer)}"
    if at + 2 + len(said) <= page.bars:
        return f"{'':{at}}│ {said}".ljust(page.bars)
    return f"{said} │".rjust(at + 1)[-page.bars :].ljust(page.bars) if len(said) + 2 <= at + 1 else _mark("", page)


def _mark(bar: str, page: _Page) -> str:
    """The bar with a line where the answer came, unless it is over it."""
    whole = bar.ljust(page.bars)
    at = page.place(page.answer) if page.answer is not None else -1
    return f"{whole[:at]}│{whole[at + 1 :]}" if at >= 0 and whole[at] == " " else whole


def _statistics(found: Sequence[PartStatistic], page: _Page) -> Iterator[str]:
    """What is there several times, that takes most by itself; nothing where every part is one of its kind."""
    several = [one for one in found if one.count > 1][:STATISTICS]
    if not several:
        return
    names = [_of_kind(one, page) for one in several]
    width = min(page.width - 34, max(len("parts of one kind"), *map(len, names)))
    yield ""
    yield f"{'parts of one kind':{width}} {'n':>6} {'together':>8} {'longest':>8} {'own':>8}"
    for one, name in zip(several, fitted(names, width), strict=True):
        first, *rest = name.split("\n")
        times = (one.total, one.longest, one.own)
        yield f"{first:{width}} {one.count:>6} {' '.join(f'{seconds(value):>8}' for value in times)}"
        yield from rest


def waterfall_document(fall: Waterfall, limit: int) -> dict[str, Any]:
    """The compact JSON document; `parts_left_out` says how much of a large trace is missing."""
    summary = fall.summary
    shown = chosen(fall, limit)
    body = {
        "id": summary.id,
        "entry_point": summary.entry_point,
        "outcome": summary.outcome,
        "start": summary.start,
        "duration": summary.duration,
        "response": summary.response,
        "breakdown": {name: value for name, value in summary.breakdown.items() if value > 0},
        "critical_path": list(summary.critical_path[:limit]),
        "cold_starts": summary.cold_starts,
        "warnings": list(summary.warnings),
        "parts": [_part(row) for row in shown],
        "parts_left_out": len(fall.rows) - len(shown),
        "requests": list(fall.requests),
        "links": list(fall.links),
        "statistics": document(part_statistics(fall.rows)[:limit]),
        "logs": [{"time": event.timestamp, "line": event.message} for event in fall.logs],
    }
    return headed("trace", body)


def _part(row: Row) -> dict[str, Any]:
    part: dict[str, Any] = {
        "depth": row.depth,
        "name": row.name,
        "offset": round(row.offset, 6),
        "duration": round(row.duration, 6),
        "own": round(row.own, 6),
    }
    if row.on_path is not None:
        part["on_path"] = round(row.on_path, 6)
    extras = {"kind": row.kind, "outcome": row.outcome if row.outcome != "ok" else "", "notes": list(row.notes)}
    extras["logs"] = [event.message for event in row.logs]
    return part | {key: value for key, value in extras.items() if value}


def chosen(fall: Waterfall, limit: int) -> list[Row]:
    """The rows in order, without those that matter least: fast, on no path, with nothing to tell."""
    if len(fall.rows) <= limit:
        return list(fall.rows)
    ranked = sorted(range(len(fall.rows)), key=lambda number: _weight(fall.rows[number]), reverse=True)
    return [fall.rows[number] for number in sorted(ranked[:limit])]


def _weight(row: Row) -> tuple[bool, bool, bool, float]:
    return row.depth == 0, row.outcome != "ok" or bool(row.logs), row.on_path is not None, row.duration


def _row(row: Row, name: str, page: _Page) -> Iterator[str]:
    mark = "*" if row.on_path is not None else " "
    indent = " " * page.indent(row)
    first, *rest = name.split("\n")
    times = " ".join(f"{seconds(value):>8}" for value in (row.offset, row.duration, row.own))
    yield f"{f'{mark} {indent}{first}':{page.names}} {_mark(_bar(row, page), page)}  {times}".rstrip()
    yield from (f"{f'  {indent}{line}':{page.names}} {_mark('', page)}".rstrip() for line in rest)
    for note in row.notes:
        said = f"! {shortened(flat(note), page.width - 6 - len(indent))}" if row.outcome != "ok" else flat(note)
        yield f"  {indent}  {said}"
    for event in filter(_tells, row.logs):
        yield from _said(event.message, f"  {indent}  | ", page)


def _bar(row: Row, page: _Page) -> str:
    """Where in the trace the part ran, in eighths of a character."""
    eighths = page.bars * 8
    scale = eighths / page.total if page.total > 0 else 0.0
    begin = max(0, min(eighths - 1, round(row.offset * scale)))
    length = max(1, min(eighths - begin, round(row.duration * scale)))
    left, full = begin // 8, (begin + length) // 8 - begin // 8
    rest = (begin + length) % 8
    bar = "█" * full + (EIGHTHS[rest - 1] if rest else "")
    return f"{' ' * left}{bar or EIGHTHS[0]}"[: page.bars]


def _said(message: str, start: str, page: _Page) -> Iterator[str]:
    """A log line in short, with the lines that it has, none of them too long."""
    most = max(LINE, page.width - len(start))
    for line in told(message):
        yield f"{start}{line if len(line) <= most else f'{line[:most]}…'}"


def _tells(event: LogEvent) -> bool:
    """False for Lambda's own lines, but for its report: the waterfall itself says when something began and ended."""
    return not platform.is_platform(event.message) or platform.report(event.message, event) is not None
