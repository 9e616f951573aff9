"""What the rules about invocations share: when there is nothing to judge, and exemplars."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from shopfast_obs.model.findings import Evidence
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import Resource
from shopfast_obs.model.telemetry import InvocationReport, TimeRange

EXEMPLARS = 3
FULL = 0.98  # a function that uses this share of its memory ran out of it


@record
class Configured:
    """The size of a function in force."""

    memory_mb: int
    timeout: int

    @classmethod
    def of(cls, function: Resource) -> Configured | None:
        """The size; None when a template leaves it to a parameter."""
        memory, timeout = function.effective("MemorySize"), function.effective("Timeout")
        try:
            return cls(int(memory), int(timeout))
        except (TypeError, ValueError, OverflowError):
            return None

    @classmethod
    def known(cls, function: Resource) -> Configured:
        """The size, for who has looked whether the invocations can be judged (`lacking.invocations`)."""
        size = cls.of(function)
        assert size is not None
        return size


def during(window: TimeRange | None) -> str:
    """` between 10:00:00 and 10:15:00 UTC`."""
    if window is None:
        return ""
    start, end = (datetime.fromtimestamp(moment, UTC) for moment in (window.start, window.end))
    day = "" if start.date() == end.date() else "%Y-%m-%d "
    return f" between {start:{day}%H:%M:%S} and {end:{day}%H:%M:%S} UTC"


def out_of_memory(report: InvocationReport) -> bool:
    """True when the invocation ended badly with its memory full."""
    full = report.memory_size_mb > 0 and report.max_memory_mb >= FULL * report.memory_size_mb
    killed = report.status == "timeout" or report.error_type == "Runtime.ExitError"
    return report.error_type == "Runtime.OutOfMemory" or (full and killed)


def exemplars(reports: Sequence[InvocationReport], what: str, window: TimeRange | None) -> tuple[Evidence, ...]:
    """The latest of the invocations, each with its log stream and request id."""
    return tuple(
        Evidence(
            "logs",
            f"{what} after {report.duration:.2f} s, {report.max_memory_mb} of {report.memory_size_mb} MB used",
            f"{report.group} {report.stream} RequestId {report.request_id}",
            {"duration": report.duration, "max_memory_mb": report.max_memory_mb, "timestamp": report.timestamp}
            | ({"trace_id": report.trace_id} if report.trace_id else {}),
            window,
        )
        for report in sorted(reports, key=lambda r: -r.timestamp)[:EXEMPLARS]
    )
