"""Log lines for a reader: the time first and tracebacks on lines of their own, or the fields that were asked for as
columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs import platform, powertools
from shopfast_obs.parse.logs.correlation import Line, at
from shopfast_obs.report.json import headed
from shopfast_obs.report.layout import INDENT, apart
from shopfast_obs.report.text import clock_ms, flat, is_of_days

SHARE, NAME = 5, 24  # of the columns for the name of who wrote a line, and how many it may have in any case
FIRST, LAST = 4, 12  # lines of one log event that are shown: a traceback ends with what was raised


def dated(lines: Sequence[Line], *moments: float) -> bool:
    """True where lines need their date: they are of several days, or of another than the moments."""
    ends = (lines[0].event.timestamp, lines[-1].event.timestamp) if lines else ()
    return is_of_days(*ends, *moments)


def names(lines: Sequence[Line], width: int) -> dict[str, str]:
    """How those are called who wrote the lines, by their full names: short ones, and no two alike."""
    known = list(dict.fromkeys(source(line.event) for line in lines))
    return dict(zip(known, apart(known, max(NAME, width // SHARE)), strict=True))


def text_line(line: Line, *, date: bool = False, called: Mapping[str, str] = MappingProxyType({})) -> str:
    """`12:00:00.123  web  ERROR cannot reserve`, the further lines of the event indented below; a line that is only
    context begins with a dot. `called` are the short names of those who wrote lines."""
    mark = " " if line.belongs else "."
    where = source(line.event)
    column = max(map(len, called.values()), default=NAME)
    first, *more = told(line.event.message)
    head = f"{mark}{clock_ms(line.event.timestamp, date=date)}  {called.get(where, where):{column}}  {first}"
    return "\n".join([head.rstrip(), *(f"{INDENT * 2}{one}" for one in more)])


def told(message: str) -> list[str]:
    """What a log event says on the lines that it has: of a structured one its message and traceback. Of many lines the
    first and the last, and how many are left out; at least one."""
    record = powertools.record(message)
    text = f"{record.level} {record.message}".strip() if record.message else ""
    printed = _printed(record.fields)
    if ("\n" not in text and not printed) or platform.is_platform(message):
        return [said(message)]
    lines = [line.rstrip() for line in f"{text or said(message)}\n{printed}".splitlines() if line.strip()]
    left_out = len(lines) - FIRST - LAST
    if left_out <= 1:
        return lines
    return [*lines[:FIRST], f"({left_out} lines left out)", *lines[-LAST:]]


def _printed(fields: Mapping[str, Any]) -> str:
    """The traceback that a structured line carries as text; empty where it has none."""
    for name in ("exception", "stackTrace", "stack_trace"):
        value = fields.get(name)
        if isinstance(value, list) and value:
            return "\n".join(str(line).rstrip("\n") for line in value)
        if isinstance(value, str) and "\n" in value:
            return value
    return ""


def said(message: str) -> str:
    """A log line in short: level and message of a structured one, type and result of Lambda's own, names of metrics."""
    record = powertools.record(message)
    if record.message:
        return flat(f"{record.level} {record.message}")
    inner = record.fields.get("record")
    kind = record.fields.get("type")
    if isinstance(kind, str) and isinstance(inner, Mapping):
        return flat(f"{kind} {inner.get('requestId', '')} {inner.get('status', '')}")
    metrics = metric_names(record.fields)
    return f"metrics {', '.join(metrics)}" if metrics else flat(f"{record.level} {message}")


def metric_names(fields: Mapping[str, Any]) -> list[str]:
    """The names of the metrics that a line carries in CloudWatch's embedded format, with their values."""
    aws = fields.get("_aws")
    directives = aws.get("CloudWatchMetrics") if isinstance(aws, Mapping) else None
    found = []
    for directive in directives if isinstance(directives, list) else ():
        metrics = directive.get("Metrics") if isinstance(directive, Mapping) else None
        for metric in metrics if isinstance(metrics, list) else ():
            name = metric.get("Name") if isinstance(metric, Mapping) else None
            if isinstance(name, str):
                found.append(f"{name}={fields.get(name)}")
    return found


def row(
    line: Line, fields: Sequence[str], *, date: bool = False, called: Mapping[str, str] = MappingProxyType({})
) -> tuple[str, ...]:
    """The time, who wrote it, and the fields; of a line of free text only `message` and `level`."""
    where = source(line.event)
    return (
        clock_ms(line.event.timestamp, date=date),
        called.get(where, where),
        *(_field(line, name) for name in fields),
    )


def logs_document(lines: Sequence[Line], warnings: Sequence[str] = ()) -> dict[str, Any]:
    """The JSON document: `lines[]` in the order of time, and `warnings[]` of what could not be read."""
    return headed("logs", {"lines": [line_document(line) for line in lines], "warnings": list(warnings)})


def source(event: LogEvent) -> str:
    """Who wrote it: the function, or the group."""
    return event.group.removeprefix("/aws/lambda/")


def line_document(line: Line) -> dict[str, Any]:
    """One line for scripts."""
    record = powertools.record(line.event.message)
    return {
        "time": line.event.timestamp,
        "group": line.event.group,
        "stream": line.event.stream,
        "request": line.request or record.request_id,
        "matched": line.matched,
        "context": not line.belongs,
        "level": record.level,
        "message": record.message,
        "fields": dict(record.fields),
    }


def _field(line: Line, name: str) -> str:
    record = powertools.record(line.event.message)
    known = {"message": record.message, "level": record.level, "request": line.request or record.request_id}
    value = at(record.fields, name)
    if value is None:
        value = known.get(name, "")
    return " ".join(str(value).split())
