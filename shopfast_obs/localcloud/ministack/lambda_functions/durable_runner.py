"""Runs durable executions: the function is invoked again whenever a wait, an attempt or a callback has come to its end.

MiniStack keeps the records and answers the API; its own engine knows neither asynchronous invocations nor retries, so
that is here. Records are part of the state on disk: what was running when the cloud was killed goes on.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable

from shopfast_obs.localcloud.gateway import call, trace_header
from shopfast_obs.localcloud.interface import Scope
from shopfast_obs.localcloud.ministack.lambda_functions import durable_records as records
from shopfast_obs.localcloud.ministack.lambda_functions.durable_records import Record
from shopfast_obs.localcloud.ministack.untyped import Untyped
from shopfast_obs.localcloud.observer import Observer

_LOG = logging.getLogger(__name__)
_NAMESPACE = "AWS/Lambda"
LOOK_EVERY = 0.1  # seconds, while an execution is running
LONGEST_BACKOFF = 60.0  # seconds between invocations that fail
LONGEST_CALL = 900.0  # seconds for which a synchronous caller waits
METRIC_OF = {"SUCCEEDED": "Succeeded", "FAILED": "Failed", "TIMED_OUT": "TimedOut", "STOPPED": "Stopped"}
Invoke = Callable[[Record, Untyped, str], Record]


class DurableExecutions:
    """The executions of all durable functions."""

    def __init__(self, lambda_svc: Untyped, ledger: Untyped, observer: Observer, touch: Callable[[], None]) -> None:
        self._svc, self._ledger, self._observer, self._touch = lambda_svc, ledger, observer, touch
        self._driven: set[str] = set()
        self._changed = threading.Condition()
        self._invoke: Invoke | None = None

    def install(self, invoke: Invoke) -> None:
        """Take MiniStack's engine's place; `invoke` runs a function once."""
        ledger, self._invoke = self._ledger, invoke
        ledger.schedule_resume = self._wake
        ledger._resume_execution = self._wake
        ledger._apply_update = records.applied(ledger._apply_update, ledger)
        ledger.handle_checkpoint = self._checkpoint(ledger.handle_checkpoint)
        ledger.handle_stop = self._stopped(ledger.handle_stop)
        threading.Thread(target=self._watch, name="durable executions", daemon=True).start()

    @staticmethod
    def concerns(config: Record, event: Untyped) -> bool:
        """Whether an event begins an execution of a durable function."""
        return bool(config.get("DurableConfig")) and not records.is_invocation(event)

    def begin(self, config: Record, event: Untyped, request_id: str) -> str:
        """The ARN of the execution that an event begins, or has begun before under the same name."""
        now = call.current.get()
        name = (now.take_durable_name() if now else "") or str(uuid.uuid4())
        known = _named(self._ledger, config["FunctionName"], name)
        arn: str = known["DurableExecutionArn"] if known else self._begun(config, event, name, request_id)
        if now:
            now.durable_arn = arn
        return arn

    def _begun(self, config: Record, event: Untyped, name: str, request_id: str) -> str:
        version = config.get("Version") or "$LATEST"
        function = ":".join(config["FunctionArn"].split(":")[:7])
        header = call.trace_header() or f"Root={trace_header.new_root()}"
        record: Record = self._ledger.create_execution_for_invoke(function, version, _text(event), name, header, None)
        del self._ledger._executions[record["DurableExecutionArn"]]
        identity = str(uuid.uuid4())
        record["DurableExecutionArn"] = records.arn_of(function, version, name, identity)
        record["Operations"][0]["Id"] = identity
        record["_RequestId"] = request_id
        if timeout := config["DurableConfig"].get("ExecutionTimeout"):
            record["_TimeoutDeadline"] = record["StartTimestamp"] + int(timeout)
        self._ledger._executions[record["DurableExecutionArn"]] = record
        self._count(record, "DurableExecutionStarted")
        self._tell_running(record)
        self._wake()
        return str(record["DurableExecutionArn"])

    def finish(self, arn: str) -> Record:
        """What MiniStack knows an invocation by, once the execution has come to its end."""
        record, deadline = self._ledger._executions.get(arn), time.monotonic() + LONGEST_CALL
        with self._changed:
            while record["Status"] == "RUNNING" and time.monotonic() < deadline:
                self._changed.wait(1.0)
        if record["Status"] == "SUCCEEDED":
            return {"body": (record.get("Result") or "null").encode(), "log": ""}
        error = record.get("Error") or {"ErrorType": "Timeout", "ErrorMessage": "The execution is still running."}
        body = {
            "errorMessage": error.get("ErrorMessage") or "",
            "errorType": error.get("ErrorType") or "",
            "stackTrace": error.get("StackTrace") or [],
        }
        return {"body": json.dumps(body).encode(), "error": True, "function_error": "Unhandled", "log": ""}

    def _wake(self, *_: Untyped) -> bool:
        """Something may have come to its end."""
        with self._changed:
            self._changed.notify_all()
        return True

    def _watch(self) -> None:
        while True:
            try:
                busy = self._look()
            except Exception:
                _LOG.exception("the durable executions could not be looked through")
                busy = True
            with self._changed:
                self._changed.wait(LOOK_EVERY if busy else 5.0)

    def _look(self) -> bool:
        """Begin what is due; whether anything is running."""
        running = [r for r in list(self._ledger._executions.to_dict().values()) if r["Status"] == "RUNNING"]
        for record in running:
            arn = record["DurableExecutionArn"]
            if arn in self._driven:
                continue
            records.settle(record, time.time(), self._ledger)
            if record["Status"] != "RUNNING":
                self._ended(record)
            elif records.is_due(record, time.time()):
                self._driven.add(arn)
                threading.Thread(target=self._drive, args=(record,), name=f"durable-{arn[-12:]}", daemon=True).start()
        return bool(running)

    def _drive(self, record: Record) -> None:
        from ministack.core.responses import request_scope

        account, region = self._ledger._scope_from_execution_arn(record["DurableExecutionArn"], "000000000000")
        try:
            with request_scope(account, region):
                self._once(record)
        except Exception as problem:
            _LOG.exception("durable execution %s could not go on", record["DurableExecutionArn"])
            self._later(record, str(problem))
        finally:
            self._driven.discard(record["DurableExecutionArn"])
            self._touch()
            self._wake()

    def _once(self, record: Record) -> None:
        """One invocation of the handler."""
        arn, began = record["DurableExecutionArn"], time.time()
        record["CheckpointToken"] = self._ledger.new_checkpoint_token()
        record["_Open"], record["_Seen"] = True, records.statuses(record)
        operations = self._ledger._serialize_operations(record["Operations"], for_event=True)
        event = {
            "DurableExecutionArn": arn,
            "CheckpointToken": record["CheckpointToken"],
            "InitialExecutionState": {"Operations": operations, "NextMarker": ""},
        }
        request_id = record.pop("_RequestId", "") or str(uuid.uuid4())
        call.current.set(call.Call(trace_header=(record.get("TraceHeader") or {}).get("XAmznTraceId", "")))
        assert self._invoke is not None
        outcome = self._invoke(self._function(record), event, request_id)
        error = outcome.get("body") if outcome.get("error") else None
        told = {"ErrorMessage": json.dumps(error, default=str)} if error is not None else None
        self._ledger.record_invocation_completed(arn, began, request_id, told)
        if outcome.get("error") or outcome.get("throttle"):
            self._later(record, "")
        else:
            self._answered(record, outcome.get("body"))

    def _answered(self, record: Record, answer: Untyped) -> None:
        status = answer.get("Status") if isinstance(answer, dict) else None
        record["_Failures"], record["_Open"] = 0, False
        if status == "PENDING":
            self._measure(record)
            return
        arn, error = record["DurableExecutionArn"], None
        if status == "SUCCEEDED":
            result = answer.get("Result") or record.get("_Result") or answer.get("Result")
            self._ledger.mark_execution_completed(arn, result, None)
        else:
            given = answer.get("Error") if status == "FAILED" else None
            error = given or record.get("_Error")
            unknown = {"ErrorType": "InvalidInvocationOutput", "ErrorMessage": "The answer is not the SDK's."}
            self._ledger.mark_execution_completed(arn, None, error or unknown)
        self._ended(record)

    def _later(self, record: Record, why: str) -> None:
        """An invocation that fails is tried again, each time later."""
        record["_Failures"] = record.get("_Failures", 0) + 1
        record["_NotBefore"] = time.time() + min(2.0 ** (record["_Failures"] - 1), LONGEST_BACKOFF)
        if why:
            record["_Open"] = True

    def _function(self, record: Record) -> Record:
        """The function in the version that the execution has begun with."""
        name = record["FunctionArn"].rpartition(":")[2]
        version = record["Version"]
        reference = name if version == "$LATEST" else f"{name}:{version}"
        func, config, _ = self._svc._get_func_record_for_ref(reference)
        if func is None:
            raise ValueError(f"there is no function {reference} any more")
        chosen: Record = self._svc._execution_record_for_config(func, config)
        return chosen

    def _checkpoint(self, handle: Callable[[str, bytes], Untyped]) -> Callable[[str, bytes], Untyped]:
        """Checkpoints whose answers tell what time has done meanwhile."""

        def handled(path: str, body: bytes) -> Untyped:
            record = self._ledger._executions.get(self._ledger._parse_execution_arn(path))
            if record is not None:
                records.settle(record, time.time(), self._ledger)
            answer = handle(path, body)
            if record is not None and answer[0] == 200:
                record["_Seen"] = records.statuses(record)
                self._touch()
            return answer

        return handled

    def _stopped(self, handle: Callable[[str, bytes], Untyped]) -> Callable[[str, bytes], Untyped]:
        def handled(path: str, body: bytes) -> Untyped:
            answer = handle(path, body)
            record = self._ledger._executions.get(self._ledger._parse_execution_arn(path))
            if record is not None and answer[0] == 200:
                self._ended(record)
            return answer

        return handled

    def _ended(self, record: Record) -> None:
        took = ((record.get("EndTimestamp") or time.time()) - record["StartTimestamp"]) * 1000
        self._count(record, f"DurableExecution{METRIC_OF[record['Status']]}")
        self._metric(record, "DurableExecutionDuration", took, "Milliseconds")
        self._measure(record)
        self._tell_running(record)
        self._wake()

    def _measure(self, record: Record) -> None:
        self._metric(record, "DurableExecutionOperations", float(len(record["Operations"]) - 1), "Count")
        self._metric(record, "DurableExecutionStorageWrittenBytes", float(record.get("_Written", 0)), "Bytes")

    def _tell_running(self, record: Record) -> None:
        every = self._ledger._executions.to_dict().values()
        running = [r for r in list(every) if r["Status"] == "RUNNING" and r["FunctionArn"] == record["FunctionArn"]]
        self._metric(record, "ApproximateRunningDurableExecutions", float(len(running)), "Count")

    def _count(self, record: Record, name: str) -> None:
        self._metric(record, name, 1.0, "Count")

    def _metric(self, record: Record, name: str, value: float, unit: str) -> None:
        account, region = self._ledger._scope_from_execution_arn(record["DurableExecutionArn"], "000000000000")
        dimensions = {"FunctionName": record["FunctionArn"].rpartition(":")[2]}
        self._observer.within(Scope(account, region)).metric(_NAMESPACE, name, dimensions, value, unit)


def is_taken(function: str, name: str, payload: bytes) -> bool:
    """Whether an execution of that name of the function has another input."""
    from ministack.services import lambda_durable

    known = _named(lambda_durable, function, name)
    return known is not None and known["InputPayload"] != _text(json.loads(payload or b"{}"))


def _named(ledger: Untyped, function: str, name: str) -> Record | None:
    every: list[Record] = list(ledger._executions.values())
    wanted = f":function:{function}"
    return next((r for r in every if r["DurableExecutionName"] == name and r["FunctionArn"].endswith(wanted)), None)


def _text(event: Untyped) -> str:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))
