"""What is known about one execution environment while its log is read."""

from __future__ import annotations

from dataclasses import dataclass, field

from shopfast_obs.model.failures import Failure
from shopfast_obs.parse.logs.open_requests import OpenRequests

# What a process says last of all, whatever its stack prints after it.
LAST_WORDS = ("panic: ", "fatal error: ", "thread '", "Unhandled exception. ", "Unhandled exception:")


@dataclass(slots=True)
class StreamState:
    """`nameless` are failures that no line names a request for, `early` those of the init before the request that is
    served; `inits` are inits that the platform calls failed. `dying` is the request whose process an error ends,
    `stopped` says that the error was the line before."""

    served: OpenRequests = field(default_factory=OpenRequests)
    nameless: list[int] = field(default_factory=list)
    early: list[int] = field(default_factory=list)
    inits: list[Failure] = field(default_factory=list)
    dying: str | None = None
    stopped: bool = False
    _last_line: str = ""

    @property
    def said_last(self) -> str:
        """The line before; of several requests at once nobody knows whose it is."""
        return "" if self.served.several else self._last_line

    def say(self, message: str) -> None:
        """A line that tells of no failure."""
        if not self._last_line.startswith(LAST_WORDS):
            self._last_line = message
        if not self.stopped:
            self.dying = None

    def start(self, message: str) -> None:
        """A request begins; what failed before it may have been its init."""
        self.served.take(message)
        self.early, self.nameless = self.nameless, []
        self._last_line, self.dying = "", None

    def die(self, request: str, *, fatal: bool) -> None:
        """An error was told; the process may end with it."""
        self.dying, self.stopped = request, fatal

    def died(self, request: str) -> bool:
        """True where an error was told already that ended the process of the request."""
        if self.dying and request:
            return self.dying == request
        return self.dying is not None and self.stopped  # nobody names whose it is: only what was surely fatal
