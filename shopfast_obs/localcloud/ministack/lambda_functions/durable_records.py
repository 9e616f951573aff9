"""Records of durable executions as MiniStack keeps them, and what of them is not as on AWS: timers, attempts, sizes.

A record has keys of ours beside MiniStack's: `_Seen` is what the function knows of each operation's status, `_Open`
that an invocation is under way, `_NotBefore` when the next may begin, `_Failures` how many have failed in a row,
`_Written` the bytes that were checkpointed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from shopfast_obs.localcloud.ministack.untyped import Untyped

Record = dict[str, Untyped]
MARK = "CheckpointToken"  # of the event that a function is invoked with


def is_invocation(event: Untyped) -> bool:
    """Whether an event is of an execution that has begun."""
    return isinstance(event, dict) and MARK in event and "DurableExecutionArn" in event


def statuses(record: Record) -> dict[str, str]:
    """The status of each operation."""
    return {operation["Id"]: operation["Status"] for operation in record["Operations"]}


def is_due(record: Record, now: float) -> bool:
    """Whether the function has to be invoked: for the first time, after a failure, or for what it does not know yet."""
    if record["Status"] != "RUNNING" or now < record.get("_NotBefore", 0.0):
        return False
    return bool(record.get("_Open", True)) or record.get("_Seen") != statuses(record)


def settle(record: Record, now: float, ledger: Untyped) -> None:
    """What time has done: waits are over, attempts ready, callbacks and the execution itself timed out."""
    if record["Status"] != "RUNNING":
        return
    for operation in record["Operations"]:
        kind, status = operation["Type"], operation["Status"]
        if kind == "WAIT" and status == "STARTED" and _is_past(operation, "WaitDetails", "ScheduledEndTimestamp", now):
            _end(record, operation, "SUCCEEDED", ledger, {"Duration": 0})
        elif kind == "STEP" and status == "PENDING" and _is_past(operation, "StepDetails", "NextAttemptTimestamp", now):
            operation["Status"] = "READY"
        elif kind == "CALLBACK" and status == "STARTED":
            for limit, why in (("TimeoutDeadline", "Callback.Timeout"), ("HeartbeatDeadline", "Callback.Heartbeat")):
                if operation["Status"] == "STARTED" and _is_past(operation, "CallbackDetails", limit, now):
                    error = {"ErrorType": why, "ErrorMessage": f"Callback timed out: {why}"}
                    operation["CallbackDetails"]["Error"] = error
                    _end(record, operation, "TIMED_OUT", ledger, {"Error": {"Payload": error, "Truncated": False}})
    deadline = record.get("_TimeoutDeadline")
    if deadline is not None and now >= deadline:
        ledger._time_out_execution(record)


def _is_past(operation: Record, details: str, name: str, now: float) -> bool:
    stamp = (operation.get(details) or {}).get(name)
    return stamp is not None and stamp <= now


def _end(record: Record, operation: Record, status: str, ledger: Untyped, details: Record) -> None:
    operation["Status"], operation["EndTimestamp"] = status, time.time()
    event = {"WAIT": "Wait", "CALLBACK": "Callback"}[operation["Type"]] + status.title().replace("_O", "O")
    ledger._emit_history_event(
        record, event, f"{event}Details", details, event_id=operation.get("Id"), name=operation.get("Name")
    )


def applied(apply: Callable[[Record, Record], None], ledger: Untyped) -> Callable[[Record, Record], None]:
    """An update of an operation; a step that is tried again waits as PENDING, and its attempts are counted."""

    def apply_update(record: Record, update: Record) -> None:
        known = next((each for each in record["Operations"] if each.get("Id") == update.get("Id")), None)
        attempts = ((known or {}).get("StepDetails") or {}).get("Attempt", 0)
        apply(record, update)
        said = [update.get("Payload") or "", json.dumps(update["Error"]) if update.get("Error") else ""]
        record["_Written"] = record.get("_Written", 0) + sum(len(text.encode()) for text in said)
        if update["Type"] == "STEP":
            operation = next(each for each in record["Operations"] if each["Id"] == update["Id"])
            _tell_step(record, operation, update, attempts, ledger)
        elif update["Type"] == "CALLBACK" and update["Action"] == "START":
            operation = next(each for each in record["Operations"] if each["Id"] == update["Id"])
            for name in ("Timeout", "HeartbeatTimeout"):  # the SDK says 0 where the application says nothing
                if not (update.get("CallbackOptions") or {}).get(f"{name}Seconds"):
                    operation["CallbackDetails"].pop(f"{name.removesuffix('Timeout') or 'Timeout'}Deadline", None)
        elif update["Type"] == "EXECUTION":  # a result too large for the function's answer
            record["_Result"], record["_Error"] = update.get("Payload"), update.get("Error")

    return apply_update


def _tell_step(record: Record, operation: Record, update: Record, attempts: int, ledger: Untyped) -> None:
    details, action = operation["StepDetails"], update["Action"]
    details["Attempt"] = attempts if action == "START" else attempts + 1
    if action == "RETRY":
        operation["Status"] = "PENDING"
        if update.get("Payload") is not None:  # what a poll has come to
            details["Result"] = update["Payload"]
        delay = (update.get("StepOptions") or {}).get("NextAttemptDelaySeconds", 0)
        told = {
            "Error": {"Payload": update.get("Error") or {}, "Truncated": False},
            "RetryDetails": {"CurrentAttempt": attempts + 1, "NextAttemptDelaySeconds": delay},
        }
        name, parent = update.get("Name"), update.get("ParentId")
        ledger._emit_history_event(
            record, "StepFailed", "StepFailedDetails", told, name=name, parent_id=parent, event_id=update["Id"]
        )
    else:
        details.pop("NextAttemptTimestamp", None)


def arn_of(function_arn: str, version: str, name: str, identity: str) -> str:
    """The execution's ARN: its name and its own id below the function's version."""
    base = ":".join(function_arn.split(":")[:7])
    return f"{base}:{version or '$LATEST'}/durable-execution/{name}/{identity}"
