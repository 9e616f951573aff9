"""One thing that went wrong once, wherever it was seen."""

from __future__ import annotations

from typing import Literal, NamedTuple

FailureKind = Literal[
    "exception", "timeout", "out_of_memory", "runtime_exit", "init", "throttle", "logged", "server_error"
]
Frame = tuple[str, int, str]  # (path, line, function)


class Failure(NamedTuple):
    """One failure of one request. `where` is the function or service, `line` the log line that told of it, `way` the
    services from there to the customer; `suppressed` when the customer got a good answer all the same."""

    kind: FailureKind
    type: str
    message: str
    timestamp: float
    where: str
    source: Literal["logs", "traces"]
    request_id: str = ""
    trace_id: str = ""
    attempt: int = 0  # 1 for the first, as far as the log tells
    frames: tuple[Frame, ...] = ()  # outermost first
    line: str = ""
    group: str = ""
    stream: str = ""
    detail: str = ""  # what is known about the cause
    entry_point: str = ""
    way: tuple[str, ...] = ()
    suppressed: bool = False
    user: str = ""  # whom it hit, where the trace says so
