"""Step Functions: every change of an execution's status is measured."""

from __future__ import annotations

from datetime import datetime

from shopfast_obs.localcloud.ministack.untyped import Untyped
from shopfast_obs.localcloud.observer import Observer

_NAMESPACE = "AWS/States"
_METRICS = {
    "RUNNING": "ExecutionsStarted",
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "TIMED_OUT": "ExecutionsTimedOut",
    "ABORTED": "ExecutionsAborted",
}


class Workflows:
    """Wraps the status events of `services.stepfunctions`."""

    def __init__(self, stepfunctions: Untyped, observer: Observer) -> None:
        self._emit = stepfunctions._emit_execution_status_event
        self._observer = observer

    def emit(self, execution: dict[str, Untyped]) -> None:
        """Measure the new status, then let MiniStack tell EventBridge."""
        dimensions = {"StateMachineArn": str(execution["stateMachineArn"])}
        status = execution["status"]
        if status in _METRICS:
            self._observer.count(_NAMESPACE, _METRICS[status], dimensions)
        if execution.get("stopDate"):
            took = _seconds(execution["stopDate"]) - _seconds(execution["startDate"])
            self._observer.metric(_NAMESPACE, "ExecutionTime", dimensions, took * 1000, "Milliseconds")
        self._emit(execution)


def _seconds(moment: str | float) -> float:
    return datetime.fromisoformat(moment).timestamp() if isinstance(moment, str) else float(moment)
