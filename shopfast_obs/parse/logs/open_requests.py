"""Which invocation a line of a log stream belongs to. An execution environment serves one request at a time, START to
REPORT, and every line between is of that request; on Managed Instances it serves several at once, and only the request
id that a line itself names tells them apart. Their logs are in JSON, so a START in text always stands alone."""

from __future__ import annotations

from shopfast_obs.parse.logs import platform


class OpenRequests:
    """The requests that one stream has open, while its lines are read in the order of time."""

    def __init__(self) -> None:
        self._open: dict[str, None] = {}

    @property
    def several(self) -> bool:
        """True while the environment serves more than one request."""
        return len(self._open) > 1

    @property
    def only(self) -> str:
        """The request that is served alone; empty while there is none, or more than one."""
        return next(iter(self._open)) if len(self._open) == 1 else ""

    def take(self, message: str) -> str:
        """The request that the line belongs to, empty where nothing tells; a line that starts or ends one is its own
        request's."""
        started = platform.started(message)
        if started:
            if not message.startswith("{"):
                self._open.clear()
            self._open[started] = None
            return started
        if message.startswith("REPORT RequestId:") or (message.startswith("{") and '"platform.report"' in message):
            ended = self.only or platform.request_id(message)
            self.close(platform.request_id(message))
            return ended
        return self.of(message)

    def of(self, message: str) -> str:
        """The request of a line that starts and ends none."""
        return self.only or platform.request_id(message)

    def close(self, request: str) -> None:
        """The request is over; one that the log does not name is the only one."""
        if request in self._open:
            del self._open[request]
        elif not self.several:
            self._open.clear()
