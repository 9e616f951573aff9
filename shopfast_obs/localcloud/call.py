"""One call into the cloud, and what travels with it: the caller's trace, and what its answer will need to know."""

from __future__ import annotations

import contextvars
import os
import re
import time
from dataclasses import dataclass
from typing import Literal

Front = Literal["api", "url", "rest", "http"]
_ROOT = re.compile(r"(?:^|;)\s*Root=(1-[0-9a-f]{8}-[0-9a-f]{24})")


@dataclass(slots=True)
class Call:
    """What one request from outside carries. `front` is the door: an AWS API, a Function URL, a REST or an HTTP API.
    `integration_seconds` is filled in by whoever runs the function behind that door."""

    trace_header: str = ""
    front: Front = "api"
    request_id: str = ""  # of the invocation that this call is, when it is one
    raw_payload: bool = False  # the caller wants the function's answer byte for byte
    integration_seconds: float | None = None
    function: str = ""  # the name of that function
    client_context: str = ""  # JSON, of the synchronous invocation that this call is
    http: tuple[str, str] | None = None  # method and address, of the Function URL request that this call is
    wants_log: bool = False  # of the invocation that this call is

    def take_http(self) -> tuple[str, str] | None:
        """The request that the first invocation of this call answers; None for those that follow."""
        taken, self.http = self.http, None
        return taken

    def take_client_context(self) -> str:
        """What the caller told the first invocation of this call beside its event; empty for those that follow."""
        taken, self.client_context = self.client_context, ""
        return taken

    def take_request_id(self) -> str:
        """The request id for the first invocation of this call; empty for those that follow from it."""
        taken, self.request_id = self.request_id, ""
        return taken


current: contextvars.ContextVar[Call | None] = contextvars.ContextVar("shopfast_obs_call", default=None)


def trace_header() -> str:
    """The X-Amzn-Trace-Id that the current work belongs to, or empty."""
    call = current.get()
    return call.trace_header if call else ""


def new_root() -> str:
    """A trace header with a new root and no decision on sampling."""
    return f"Root=1-{int(time.time()):08x}-{os.urandom(12).hex()}"


def fields(header: str) -> dict[str, str]:
    """The fields of a trace header."""
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return {name: value for name, equals, value in pairs if equals}


def root_of(header: str) -> str:
    """The trace id in a trace header, or empty."""
    match = _ROOT.search(header)
    return match.group(1) if match else ""
