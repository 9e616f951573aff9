"""What is running now (code, AWS call, open subsegments): said, flushed and sent before it is lost."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from types import FrameType
from typing import Any

from shopfast_obs.runtime import powertools
from shopfast_obs.runtime.correlation import ATTRIBUTE

MESSAGE = "The deadline is near: this invocation will time out"
LARGEST = 60_000  # bytes of a segment document in one datagram (the daemon takes 64 KB)
MOST_FRAMES = 8
MOST_OPEN = 50  # parts that are told, and documents that are sent


def describe(thread: int, remaining_ms: float, segment: Any, cpu_seconds: float = 0.0) -> dict[str, Any]:  # noqa: ANN401
    """The fields of the log line; `cpu_seconds` of this invocation tell work from waiting. What is open stands below
    the segment, of all tasks and threads."""
    frame = _busy(thread)
    now = time.time()
    fields: dict[str, Any] = {
        "remaining_ms": round(remaining_ms),
        "cpu_seconds": round(cpu_seconds, 3),
        "running": list(_frames(frame)),
    }
    if call := _aws_call(frame):
        fields["aws_call"] = call
    opened = [{"name": e.name, "seconds": round(now - e.start_time, 3)} for e in islice(_open(segment), MOST_OPEN)]
    if opened:
        fields["open_subsegments"] = opened
    return fields


def log(fields: dict[str, Any], correlation_id: str) -> None:
    """One structured error line, through the function's own logger where it has one."""
    for logger in powertools.loggers():
        logger.error(MESSAGE, extra=fields)
        return
    line = {"level": "ERROR", "message": MESSAGE, ATTRIBUTE: correlation_id, **fields}
    sys.stdout.write(json.dumps(line, default=str) + "\n")
    sys.stdout.flush()


def flush_metrics() -> None:
    """Write the metrics that were counted so far as EMF."""
    for metrics in powertools.metrics():
        if metrics.metric_set:
            metrics.flush_metrics()
            sys.stdout.flush()


def send_segments(segment: Any) -> None:  # noqa: ANN401
    """Send copies of the open subsegments of all tasks and threads, closed now and faulty. The originals stay open:
    should the function end in time after all, it sends them itself, and X-Ray keeps the later document."""
    sdk = sys.modules.get("aws_xray_sdk.core")
    if sdk is None or not getattr(segment, "sampled", False):
        return
    unsent = [top for top in list(segment.subsegments) if next(_open(top), None) or top.in_progress]
    for top in unsent[:MOST_OPEN]:
        with suppress(Exception):  # what others go on changing while it is read
            document = _closed(json.loads(top.serialize()), time.time())
            text = json.dumps(document)
            if len(text) > LARGEST:
                text = json.dumps(_without_details(document))
            sdk.xray_recorder.emitter.send_entity(_Document(text))


def _open(entity: Any) -> Iterator[Any]:  # noqa: ANN401
    """The open parts below one, outermost first; a part that has ended may hold open ones."""
    for part in list(getattr(entity, "subsegments", ())):
        if part.in_progress:
            yield part
        yield from _open(part)


def send_spans(thread: int) -> None:
    """The same of OpenTelemetry's open spans, of all tasks and threads, with what was running."""
    road = sys.modules.get("shopfast_obs.runtime.otel.provider")
    own = road.own() if road is not None else None
    if own is None:
        return
    frame = _busy(thread)
    told: dict[str, Any] = {"deadline.running": list(_frames(frame))}
    if call := _aws_call(frame):
        told["deadline.aws_call"] = call
    own.collector.send_open(MESSAGE, told)


class _Document:
    """What the SDK's emitter takes."""

    def __init__(self, text: str) -> None:
        self._text = text

    def serialize(self) -> str:
        """The document."""
        return self._text


def _closed(document: dict[str, Any], now: float) -> dict[str, Any]:
    if document.pop("in_progress", False) or "end_time" not in document:
        document["end_time"] = now
        document["fault"] = True
    document["subsegments"] = [_closed(child, now) for child in document.get("subsegments", [])]
    return document


def _without_details(document: dict[str, Any]) -> dict[str, Any]:
    """The document small enough to be sent: what is closed and faulty matters, what was recorded in it less."""
    children = [_without_details(child) for child in document.get("subsegments", [])[-50:]]
    dropped = ("metadata", "annotations", "cause")
    return {**{key: value for key, value in document.items() if key not in dropped}, "subsegments": children}


def _busy(thread: int) -> FrameType | None:
    """Where the handler's thread is; where none of that is the application's code, a thread that runs some for it, as
    durable functions have."""
    every = sys._current_frames()
    own = (frame for frame in (every.get(thread), *every.values()) if frame is not None and _runs_own(frame))
    return next(own, every.get(thread))


def _runs_own(frame: FrameType | None) -> bool:
    while frame is not None:
        if _is_own(frame.f_code.co_filename):
            return True
        frame = frame.f_back
    return False


def _frames(frame: FrameType | None) -> Iterator[str]:
    """`file:line function` of the application's own code, innermost first; of any code when none of it is running."""
    stack = []
    while frame is not None:
        stack.append(frame)
        frame = frame.f_back
    own = [item for item in stack if _is_own(item.f_code.co_filename)]
    root = os.environ.get("LAMBDA_TASK_ROOT", "")
    for item in (own or stack)[:MOST_FRAMES]:
        path = item.f_code.co_filename.removeprefix(root).lstrip("/") if root else item.f_code.co_filename
        yield f"{path}:{item.f_lineno} {item.f_code.co_name}"


def _is_own(path: str) -> bool:
    root = os.environ.get("LAMBDA_TASK_ROOT")
    foreign = ("site-packages", "/opt/", "shopfast_obs/runtime", "aws_lambda_powertools", "aws_xray_sdk", "<frozen")
    return not any(part in path for part in foreign) and (not root or path.startswith(root))


def _aws_call(frame: FrameType | None) -> str:
    """`dynamodb.Scan` when the thread is inside a botocore call."""
    while frame is not None:
        if frame.f_code.co_name == "_make_api_call" and frame.f_code.co_filename.endswith("botocore/client.py"):
            client, operation = frame.f_locals.get("self"), frame.f_locals.get("operation_name")
            return f"{client.meta.service_model.service_name}.{operation}" if client is not None else str(operation)
        frame = frame.f_back
    return ""
