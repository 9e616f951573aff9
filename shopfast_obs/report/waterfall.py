"""One trace for a reader in 80 columns, and compact JSON for scripts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from shopfast_obs.analysis.traces.part_statistics import PartStatistic, part_statistics
from shopfast_obs.analysis.traces.waterfall import Row, Waterfall
from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs import platform
from shopfast_obs.report.json import document, headed
from shopfast_obs.report.logs import said
from shopfast_obs.report.text import EIGHTHS, flat, percent, seconds, shortened

NAME, BAR = 33, 18
STATISTICS = 8  # kinds of parts in a text
LINE = 110  # characters of a log line


def waterfall_lines(fall: Waterfall, limit: int) -> Iterator[str]:
    """The trace as lines of text, at most `limit` parts: those that matter least are left out, and counted."""
    summary = fall.summary
    yield f"{summary.entry_point or 'a trace without segments'}  {summary.outcome}  {seconds(summary.duration)}"
    if abs(summary.duration - summary.response) > 0.001:
        yield f"answered after {seconds(summary.response)}; the rest is asynchronous"
    yield from (f"! {warning}" for warning in summary.warnings)
    total = sum(summary.breakdown.values()) or 1.0
    spent = sorted(summary.breakdown.items(), key=lambda item: -item[1])
    shares = [f"{name.replace('_', ' ')} {percent(value / total)}" for name, value in spent[:3] if value > 0]
    yield f"mostly {', '.join(shares)}"
    yield f"{'':{NAME}} {'':{BAR}}  {'start':>8} {'takes':>8} {'own':>8}"
    shown = chosen(fall, limit)
    for row in shown:
        yield from _row(row, summary.duration)
    if len(shown) < len(fall.rows):
        yield f"({len(fall.rows) - len(shown)} of {len(fall.rows)} parts left out: short, and not on the path. --all)"
    if fall.logs:
        yield "Log lines of no part of the trace:"
        yield from (f"  {_said(event.message)}" for event in fall.logs)
    yield from _statistics(part_statistics(fall.rows))
    yield from (f"linked: shopfast-obs trace {link}" for link in fall.links)


def _statistics(found: Sequence[PartStatistic]) -> Iterator[str]:
    """What is there several times, that takes most by itself; nothing where every part is one of its kind."""
    several = [one for one in found if one.count > 1][:STATISTICS]
    if not several:
        return
    yield ""
    yield f"{'parts of one kind':{NAME + 13}} {'n':>6} {'together':>8} {'longest':>8} {'own':>8}"
    for one in several:
        name = shortened(flat(one.name), NAME + 10)
        times = (one.total, one.longest, one.own)
        yield f"{name:{NAME + 13}} {one.count:>6} {' '.join(f'{seconds(value):>8}' for value in times)}"


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


def _row(row: Row, total: float) -> Iterator[str]:
    mark = "*" if row.on_path is not None else " "
    flag = {"ok": "", "error": " 4xx", "throttle": " 429", "fault": " 5xx"}[row.outcome]
    indent = min(row.depth, 12) * 2
    name = shortened(flat(row.name), NAME - indent - 2 - len(flag)) + flag
    yield (
        f"{mark} {' ' * indent}{name:{NAME - indent - 2}} {_bar(row, total)}  "
        f"{seconds(row.offset):>8} {seconds(row.duration):>8} {seconds(row.own):>8}"
    ).rstrip()
    for note in row.notes:
        yield (
            f"  {' ' * indent}  ! {shortened(flat(note), 74 - indent)}"
            if row.outcome != "ok"
            else f"  {' ' * indent}  {flat(note)}"
        )
    for event in filter(_tells, row.logs):
        yield f"  {' ' * indent}  | {_said(event.message)}"


def _bar(row: Row, total: float) -> str:
    """Where in the trace the part ran, in eighths of a character."""
    scale = BAR * 8 / total if total > 0 else 0.0
    begin = max(0, min(BAR * 8 - 1, round(row.offset * scale)))
    length = max(1, min(BAR * 8 - begin, round(row.duration * scale)))
    left, full = begin // 8, (begin + length) // 8 - begin // 8
    rest = (begin + length) % 8
    bar = "█" * full + (EIGHTHS[rest - 1] if rest else "")
    return f"{' ' * left}{bar or EIGHTHS[0]}"[:BAR].ljust(BAR)


def _said(message: str) -> str:
    """A log line in short, and not too long."""
    text = said(message)
    return text if len(text) <= LINE else f"{text[:LINE]}…"


def _tells(event: LogEvent) -> bool:
    """False for Lambda's own lines, but for its report: the waterfall itself says when something began and ended."""
    return not platform.is_platform(event.message) or platform.report(event.message, event) is not None
