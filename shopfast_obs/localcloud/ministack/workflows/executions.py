"""Step Functions: every change of an execution's status is measured, timeouts end what they should, and executions of
traced state machines are segments."""

from __future__ import annotations

import contextvars
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from shopfast_obs.localcloud.ministack.untyped import Untyped
from shopfast_obs.localcloud.ministack.workflows import segment
from shopfast_obs.localcloud.observer import Observer

Record = dict[str, Untyped]
TIMEOUT = "States.Timeout"
_NAMESPACE = "AWS/States"
_METRICS = {
    "RUNNING": "ExecutionsStarted",
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "TIMED_OUT": "ExecutionsTimedOut",
    "ABORTED": "ExecutionsAborted",
}


class Workflows:
    """Wraps the life of an execution in `services.stepfunctions`."""

    def __init__(self, stepfunctions: Untyped, observer: Observer, touch: Callable[[], None]) -> None:
        self._touch = touch
        self._states = stepfunctions
        self._emit = stepfunctions._emit_execution_status_event
        self._run = stepfunctions._run_execution
        self._fail = stepfunctions._fail_execution
        self._add_event = stepfunctions._add_event
        self._observer = observer

    def emit(self, execution: Record) -> None:
        """Measure the new status, then let MiniStack tell EventBridge."""
        self._touch()
        dimensions = {"StateMachineArn": str(execution["stateMachineArn"])}
        status = execution["status"]
        if status in _METRICS:
            self._observer.count(_NAMESPACE, _METRICS[status], dimensions)
        if execution.get("stopDate"):
            took = _seconds(execution["stopDate"]) - _seconds(execution["startDate"])
            self._observer.metric(_NAMESPACE, "ExecutionTime", dimensions, took * 1000, "Milliseconds")
        self._emit(execution)

    def run(self, arn: str) -> None:
        """Run an execution to its end, or to the timeout of its definition."""
        execution = self._states._executions.get(arn)
        machine = self._states._state_machines.get(execution["stateMachineArn"]) if execution else None
        if execution is None or machine is None:
            self._run(arn)
            return
        with segment.execution(machine, execution, self._observer.segment):
            allowed = _allowed(machine["definition"])
            if allowed is None:
                self._run(arn)
            elif not _ends(lambda: self._run(arn), allowed) and execution["status"] == "RUNNING":
                self._time_out(execution)

    def _time_out(self, execution: Record) -> None:
        execution["status"] = "TIMED_OUT"
        execution["stopDate"] = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self._add_event(execution, "ExecutionTimedOut", {"executionTimedOutEventDetails": {}})
        self.emit(execution)

    def fail(self, execution: Record, error: str, cause: str) -> None:
        """An execution fails unless it has ended before: a state does not hear that its execution was stopped."""
        if execution["status"] == "RUNNING":
            self._fail(execution, error, "" if error == TIMEOUT else cause)

    def add_event(self, execution: Record, kind: str, details: Record | None = None) -> Untyped:
        """An event of the history, under the name that it has on AWS; nothing follows the end."""
        if execution["status"] != "RUNNING" and not kind.startswith("Execution"):
            return {}
        failed = (details or {}).get("taskFailedEventDetails") or {}
        if failed.get("error") == TIMEOUT:
            told = {key: value for key, value in failed.items() if key != "cause"}
            return self._add_event(execution, "TaskTimedOut", {"taskTimedOutEventDetails": told})
        return self._add_event(execution, kind, details)

    def tracing(self, write: Callable[[Record], Untyped]) -> Callable[[Record], Untyped]:
        """CreateStateMachine or UpdateStateMachine that keeps TracingConfiguration, which MiniStack forgets."""

        def wrapped(data: Record) -> Untyped:
            answer = write(data)
            arn = data.get("stateMachineArn") or json.loads(answer[2]).get("stateMachineArn", "")
            machine = self._states._state_machines.get(arn)
            wanted = data.get("tracingConfiguration")
            if answer[0] == 200 and machine is not None and (wanted or "tracingConfiguration" not in machine):
                machine["tracingConfiguration"] = {"enabled": bool((wanted or {}).get("enabled"))}
            return answer

        return wrapped

    def repeatable(self, start: Callable[[Record], Untyped]) -> Callable[[Record], Untyped]:
        """StartExecution that answers the same again to the same name and input while a standard execution runs;
        MiniStack refuses every second call."""

        def wrapped(data: Record) -> Untyped:
            answer = start(data)
            said = json.loads(answer[2])
            if not str(said.get("__type", "")).endswith("ExecutionAlreadyExists"):
                return answer
            first = self._states._executions.get(str(said.get("message", "")).rpartition("'")[0].partition("'")[2], {})
            machine = self._states._state_machines.get(first.get("stateMachineArn"), {})
            same = (first.get("status"), first.get("input")) == ("RUNNING", data.get("input", "{}"))
            if not same or machine.get("type") == "EXPRESS":
                return answer
            again = {"executionArn": first["executionArn"], "startDate": first["startDate"]}
            return 200, answer[1], json.dumps(again).encode()

        return wrapped

    def timed(self, execute: Callable[..., Untyped]) -> Callable[..., Untyped]:
        """A Task state that reads its timeout from its input where the definition says so; MiniStack knows numbers."""

        def wrapped(definition: Record, raw_input: Untyped, execution: Record, context: Record) -> Untyped:
            if "TimeoutSecondsPath" in definition:
                found = self._states._resolve_path_or_ctx(definition["TimeoutSecondsPath"], raw_input, context)
                definition = {**definition, "TimeoutSeconds": found}
            elif isinstance(definition.get("TimeoutSeconds"), str):
                found = self._states._jsonata_state_field(definition, "TimeoutSeconds", "number", raw_input, context)
                definition = {**definition, "TimeoutSeconds": found}
            return execute(definition, raw_input, execution, context)

        return wrapped


def _allowed(definition: str) -> float | None:
    """The seconds that a whole execution may take; None where the definition does not say."""
    try:
        seconds = json.loads(definition).get("TimeoutSeconds")
    except (ValueError, AttributeError):
        return None
    return float(seconds) if isinstance(seconds, int | float) and not isinstance(seconds, bool) else None


def _ends(work: Callable[[], None], seconds: float) -> bool:
    """Whether the work ends in time; it goes on in the background where it does not."""
    thread = threading.Thread(target=contextvars.copy_context().run, args=(work,), name="execution", daemon=True)
    thread.start()
    thread.join(seconds)
    return not thread.is_alive()


def _seconds(moment: str | float) -> float:
    return datetime.fromisoformat(moment).timestamp() if isinstance(moment, str) else float(moment)
