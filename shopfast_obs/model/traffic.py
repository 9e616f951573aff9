"""What shoppers sent and met."""

from __future__ import annotations

from shopfast_obs.model.records import record


@record
class Sample:
    """One request: when it was sent (epoch seconds), how long the answer took, and its status (0: no answer).

    `request_id` and `trace_id` are what the answer's headers call it; a function's REPORT line has one of them.
    """

    route: str
    status: int
    started: float
    seconds: float
    request_id: str = ""
    trace_id: str = ""

    @property
    def ok(self) -> bool:
        """True unless the server failed or did not answer; a 4xx is the shopper's own mistake."""
        return 0 < self.status < 500


@record
class Machine:
    """How busy this machine was: its cores, and the share of their time that was used."""

    cores: int
    busy: float
