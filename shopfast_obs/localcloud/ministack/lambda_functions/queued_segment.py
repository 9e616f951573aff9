"""The AWS::Lambda segment of an asynchronous invocation, as recorded traces have it: it ends when the event is accepted
(202), and holds the time in the queue and every attempt, which come after that."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from shopfast_obs.localcloud.gateway import trace_header
from shopfast_obs.localcloud.gateway.trace_header import TraceContext
from shopfast_obs.localcloud.ministack.untyped import Untyped

Record = dict[str, Untyped]
_BREAKDOWNS = ("Sandbox.", "Runtime.")  # what kind of error is the platform's: a fault, where exceptions are errors


@dataclass(slots=True)
class QueuedSegment:
    """What is known of it so far. `accepted` is when the caller had its answer."""

    context: TraceContext
    config: Record
    request_id: str
    received: float
    accepted: float
    id: str = field(default_factory=trace_header.new_id)
    begun: float | None = None  # the first attempt that was not throttled
    attempts: list[Record] = field(default_factory=list)

    @property
    def document(self) -> Record:
        """The segment as it is now; a later one replaces it."""
        waited = self.received if self.begun is None else self.begun
        dwell = {"id": f"{int(self.id, 16) ^ 1:016x}", "name": "Dwell Time", "start_time": self.received}
        document: Record = {
            "id": self.id,
            "trace_id": self.context.root,
            "name": self.config["FunctionName"],
            "origin": "AWS::Lambda",
            "resource_arn": self.config["FunctionArn"],
            "start_time": self.received,
            "end_time": self.accepted,
            "http": {"response": {"status": 202}},
            "aws": {"request_id": self.request_id},
            "subsegments": [{**dwell, "end_time": waited}, *self.attempts],
        }
        return {**document, "parent_id": self.context.parent} if self.context.parent else document

    def ended(self, attempt: str, started: float, outcome: Record) -> None:
        """Take note of an attempt that ran."""
        self.begun = started if self.begun is None else self.begun
        name = f"Attempt #{len(self.attempts) + 1}"
        times = {"start_time": started, "end_time": time.time()}
        answer = {"http": {"response": {"status": 200}}}
        self.attempts.append({"id": attempt, "name": name, **times, **answer, **_flags(outcome)})


def begin(config: Record, header: str, request_id: str, received: float) -> QueuedSegment | None:
    """The segment of an event for a function; None when its trace is not sampled."""
    active = (config.get("TracingConfig") or {}).get("Mode") == "Active"
    context = trace_header.decide(header, active)
    if not context.sampled:
        return None
    return QueuedSegment(context, config, request_id, received, time.time())


def _flags(outcome: Record) -> Record:
    if not outcome.get("error"):
        return {}
    body = outcome.get("body")
    kind = str(body.get("errorType", "")) if isinstance(body, dict) else ""
    return {"fault": True} if kind.startswith(_BREAKDOWNS) else {"error": True}
