"""What EventBridge Pipes measures: executions, and those that failed."""

from __future__ import annotations

from collections.abc import Callable

from shopfast_obs.localcloud.ministack.untyped import Untyped
from shopfast_obs.localcloud.observer import Observer

NAMESPACE = "AWS/EventBridge/Pipes"
Record = dict[str, Untyped]
Deliver = Callable[[Record, list[Record]], bool]


def measured(deliver: Deliver, sns: Untyped, observer: Observer) -> Deliver:
    """A batch on its way to a pipe's target. MiniStack takes a topic that is gone for one that heard it; here the batch
    stays on its stream, and the execution failed."""

    def wrapped(pipe: Record, batch: list[Record]) -> bool:
        target = str(pipe.get("Target", ""))
        gone = ":sns:" in target and sns._topic_by_arn_any_scope(target) is None
        delivered = not gone and deliver(pipe, batch)
        dimensions = {"PipeName": str(pipe.get("Name", ""))}
        observer.metric(NAMESPACE, "Invocations", dimensions, 1.0, "None")
        observer.metric(NAMESPACE, "EventCount", dimensions, float(len(batch)), "None")
        observer.metric(NAMESPACE, "ExecutionFailed", dimensions, float(not delivered), "None")
        return delivered

    return wrapped
