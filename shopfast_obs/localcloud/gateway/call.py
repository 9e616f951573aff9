"""One call into the cloud, and what travels with it: the caller's trace, and what its answer will need to know."""

from __future__ import annotations

import contextvars
from dataclasses import dataclass
from typing import Literal

Front = Literal["api", "url", "rest", "http"]


@dataclass(slots=True)
class Call:
    """What one request from outside carries. `front` is the door: an AWS API, a Function URL, a REST or an HTTP API.
    `integration` is filled in by whoever runs the function behind that door."""

    trace_header: str = ""
    front: Front = "api"
    request_id: str = ""  # of the invocation that this call is, when it is one
    raw_payload: bool = False  # the caller wants the function's answer byte for byte
    integration: tuple[float, float] | None = None  # when that began and ended, epoch seconds
    function: str = ""  # the name of that function
    client_context: str = ""  # JSON, of the synchronous invocation that this call is
    http: tuple[str, str] | None = None  # method and address, of the Function URL request that this call is
    wants_log: bool = False  # of the invocation that this call is
    attempt: str = ""  # the id of the subsegment that this attempt of an asynchronous invocation is
    durable_name: str = ""  # of the execution that this invocation of a durable function begins
    durable_arn: str = ""  # of the one that it has begun
    links: tuple[str, ...] = ()  # the trace headers of the messages that this call is about

    def take_http(self) -> tuple[str, str] | None:
        """The request that the first invocation of this call answers; None for those that follow."""
        taken, self.http = self.http, None
        return taken

    def take_durable_name(self) -> str:
        """The name for the first execution that this call begins; empty for those that follow from it."""
        taken, self.durable_name = self.durable_name, ""
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
