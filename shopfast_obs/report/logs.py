"""Log lines for a reader: one a line, the time first, or the fields that were asked for as columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs import powertools
from shopfast_obs.parse.logs.correlation import Line, at
from shopfast_obs.report.json import headed
from shopfast_obs.report.text import clock_ms, flat, is_of_days, shortened

GROUP = 24


def dated(lines: Sequence[Line], *moments: float) -> bool:
    """True where lines need their date: they are of several days, or of another than the moments."""
    ends = (lines[0].event.timestamp, lines[-1].event.timestamp) if lines else ()
    return is_of_days(*ends, *moments)


def text_line(line: Line, *, date: bool = False) -> str:
    """`12:00:00.123  web  ERROR cannot reserve`; a line that is only context begins with a dot."""
    mark = " " if line.belongs else "."
    where = shortened(source(line.event), GROUP)
    return f"{mark}{clock_ms(line.event.timestamp, date=date)}  {where:{GROUP}}  {said(line.event.message)}"


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


def row(line: Line, fields: Sequence[str], *, date: bool = False) -> tuple[str, ...]:
    """The time, where it was written, and the fields; of a line of free text only `message` and `level`."""
    return (
        clock_ms(line.event.timestamp, date=date),
        shortened(source(line.event), GROUP),
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
