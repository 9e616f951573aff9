"""Keeps the spans that are open and those that have ended, and sends these to the X-Ray daemon, as ADOT does: a header
line, `T1S` or `T1U`, and base64 of OTLP's message. Nothing waits for the daemon, and nothing is raised where it is
absent."""

from __future__ import annotations

import base64
import os
import socket
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.trace import Status, StatusCode

from shopfast_obs.runtime.otel import encoding, notes

HEADER = b'{"format":"json","version":1}\n'
SAMPLED, UNSAMPLED = b"T1S", b"T1U"
LARGEST = 45_000  # bytes of a message; the daemon takes datagrams of 64 KB, and base64 makes a third more of it
MOST_KEPT = 100  # ended spans, before they are sent without waiting for the handler's end
ADDRESS = "AWS_XRAY_DAEMON_ADDRESS"


class Collector(SpanProcessor):
    """The span processor of this road."""

    def __init__(self, resource: Mapping[str, Any]) -> None:
        self._resource = resource
        self._ended: list[ReadableSpan] = []
        self._socket: socket.socket | None = None
        self.open: dict[int, Span] = {}  # by span id, in the order of their start

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Keep it as open, and annotate it with the id of the work at hand."""
        with suppress(Exception):
            self.open[span.context.span_id] = span
            notes.correlate(span, parent_context)

    def on_end(self, span: ReadableSpan) -> None:
        """Keep it until the handler ends; many are sent at once."""
        with suppress(Exception):
            self.open.pop(span.context.span_id, None)
            self._ended.append(span)
            if len(self._ended) >= MOST_KEPT:
                self.force_flush()

    def force_flush(self, timeout_millis: int = 0) -> bool:
        """Send what has ended."""
        ended, self._ended = self._ended, []
        self.send(ended)
        return True

    def send(self, spans: Iterable[Any]) -> None:
        """Send these, the sampled ones apart from the others."""
        kinds: dict[bytes, list[Any]] = {}
        for span in spans:
            kinds.setdefault(SAMPLED if span.context.trace_flags.sampled else UNSAMPLED, []).append(span)
        with suppress(Exception):
            for mark, group in kinds.items():
                for message in encoding.requests(group, self._resource, LARGEST):
                    self._send(HEADER + mark + base64.b64encode(message))

    def send_open(self, message: str, told: Mapping[str, Any]) -> None:
        """Send what has ended, and copies of the open spans, failed and ended now. The originals stay open: should one
        end in time after all, it is sent again, and X-Ray keeps the later one."""
        self.force_flush()
        now = time.time_ns()
        self.send([_Copy(span, now, message, told) for span in list(self.open.values())])

    def _send(self, datagram: bytes) -> None:
        if self._socket is None:
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._socket.setblocking(False)  # a full buffer must not hold up the function
        with suppress(OSError):
            self._socket.sendto(datagram, _address(os.environ.get(ADDRESS, "")))


class _Copy:
    """What the encoder reads of an open span, as it is now."""

    def __init__(self, span: Span, now: int, message: str, told: Mapping[str, Any]) -> None:
        self.context, self.parent, self.name, self.kind = span.context, span.parent, span.name, span.kind
        self.start_time, self.end_time = span.start_time, now
        self.attributes = {**dict(span.attributes or {}), **told}
        self.events, self.links = list(span.events), list(span.links)
        self.status = Status(StatusCode.ERROR, message)
        self.instrumentation_scope = span.instrumentation_scope


def _address(setting: str) -> tuple[str, int]:
    """`host:port`, or X-Ray's `tcp:host:port udp:host:port`."""
    for part in setting.split():
        kind, _, rest = part.partition(":")
        if kind != "tcp":
            host, _, port = (rest if kind == "udp" else part).rpartition(":")
            if port.isdigit():
                return host or "127.0.0.1", int(port)
    return "127.0.0.1", 2000
