"""What Lambda itself says in log events: of invocations, and of the runtimes that environments begin with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shopfast_obs.model.deployments import Deployment
    from shopfast_obs.model.telemetry import InitStart, InvocationReport, LogEvent


class Platform:
    """What Lambda reports in log events: invocations by request id, and the runtimes that environments began with."""

    def __init__(self, events: Iterable[LogEvent] = ()) -> None:
        self.reports: dict[str, InvocationReport] = {}
        self.starts: list[InitStart] = []
        self.add(events)

    def add(self, events: Iterable[LogEvent]) -> None:
        """Take in these."""
        for _ in self.noting(events):
            pass

    def noting(self, events: Iterable[LogEvent]) -> Iterator[LogEvent]:
        """The same events, taken in on the way."""
        from shopfast_obs.parse.logs import platform

        for event in events:
            yield event
            if (report := platform.report(event.message, event)) is not None:
                self.reports[report.request_id] = report
            elif (start := platform.init_start(event.message, event)) is not None:
                self.starts.append(start)

    def deployments(self) -> tuple[Deployment, ...]:
        """What the lines tell of deployments."""
        from shopfast_obs.analysis.deployments.log_versions import seen

        return seen(self.reports.values(), self.starts)
