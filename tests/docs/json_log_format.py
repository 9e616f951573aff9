"""Lines of a function whose log format is text, as Lambda writes them where it is JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal, cast

from shopfast_obs.localcloud.lambdahost.invocation.platform_logs import InitReport, JsonLog, Report, iso
from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs import platform, powertools
from tests.localcloud.lambdahost.support import function

LOG = JsonLog(function("", log_format="JSON"))


def in_json(events: Sequence[LogEvent]) -> list[LogEvent]:
    """The same facts as records; what has none in JSON (END, a timeout's own line) is left out."""
    found: list[LogEvent] = []
    request = ""
    for event in events:
        request = platform.started(event.message) or request
        found += [replace(event, message=message) for message in _messages(event, request) if message]
    return found


def _messages(event: LogEvent, request: str) -> Iterator[str]:
    message, now = event.message, event.timestamp
    if platform.init_start(message, event):
        yield LOG.init_start(now, "init")
    elif platform.started(message):
        yield LOG.start(now, request)
    elif init := platform.init_report(message, event):
        phase = cast("Literal['init', 'invoke']", init.phase)
        yield LOG.init_report(now, InitReport(phase, init.duration * 1000, init.status, init.error_type))
    elif report := _report(event):
        yield LOG.end(now, report)
        yield LOG.report(now, report)
    elif message.startswith("{"):
        yield message
    elif not platform.is_platform(message) and not platform.timeout(message) and not platform.runtime_exit(message):
        yield json.dumps(_written(message, request, iso(now))) + "\n"


def _report(event: LogEvent) -> Report | None:
    said = platform.report(event.message, event)
    if said is None:
        return None
    init, billed = said.init and said.init * 1000, int(said.billed * 1000)
    size = billed, said.memory_size_mb, said.max_memory_mb
    return Report(said.request_id, said.duration * 1000, *size, init, said.status, said.error_type, said.trace_id)


def _written(message: str, request: str, time: str) -> dict[str, object]:
    """What the runtime makes of an exception, and of a line that the function prints."""
    known = powertools.record(message)
    if known.exception is None or not known.exception.type:
        return {"timestamp": time, "level": known.level or "INFO", "message": known.message, "requestId": request}
    stack = [f'  File "{path}", line {line}, in {name}\n' for path, line, name in known.exception.stack]
    error = {"errorMessage": known.exception.message, "errorType": known.exception.type, "stackTrace": stack}
    return {"timestamp": time, "log_level": "ERROR", "requestId": request, **error}
