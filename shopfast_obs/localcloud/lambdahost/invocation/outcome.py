"""How an invocation can end, and what its caller, its log and its segments say then."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shopfast_obs.localcloud.lambdahost.invocation.platform_logs import Status
from shopfast_obs.localcloud.lambdahost.invocation.tracing import Verdict, cause_of
from shopfast_obs.localcloud.lambdahost.sandbox.protocol import SandboxEnd
from shopfast_obs.localcloud.lambdahost.sandbox.runtime_api import MAX_RESPONSE, Failed, Responded

TIMED_OUT, EXITED, OUT_OF_MEMORY = "Sandbox.Timedout", "Runtime.ExitError", "Runtime.OutOfMemory"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one invocation. `fate` is the log line of a sandbox that died, `reported` REPORT's error type."""

    payload: bytes
    function_error: str = ""
    status: Status = "success"
    reported: str = ""
    fate: str = ""
    fate_type: str = ""
    verdict: Verdict = field(default_factory=Verdict)


def answered(answer: Responded | Failed) -> Outcome:
    """The function returned or raised."""
    if isinstance(answer, Failed):
        verdict = Verdict(error=True, cause=cause_of(answer.cause))
        if answer.error_type.startswith("Runtime."):
            return Outcome(answer.body, "Unhandled", "error", answer.error_type, verdict=verdict)
        return Outcome(answer.body, "Unhandled", verdict=verdict)
    if answer.excess:
        kind = "Function.ResponseSizeTooLarge"
        allowed = f"maximum allowed payload size ({MAX_RESPONSE} bytes)"
        text = f"Response payload size ({answer.excess} bytes) exceeded {allowed}."
        return Outcome(_payload(kind, text), "Unhandled", "error", kind, verdict=_fault(kind, text))
    return Outcome(answer.body)


def init_failed(failure: Failed) -> Outcome:
    """The function's module could not be loaded."""
    kind = failure.error_type or "Runtime.Unknown"
    return Outcome(failure.body, "Unhandled", "error", kind, verdict=_fault(kind, _message(failure.body)))


def _message(body: bytes) -> str:
    """The message of an error that a runtime posted, whatever it posted."""
    try:
        error = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return str(error.get("errorMessage", "")) if isinstance(error, dict) else ""


def died(gone: SandboxEnd, request_id: str, timeout: int) -> Outcome:
    """The sandbox is gone: killed at its deadline or for its memory, or it ended by itself."""
    if gone.reason == "timeout":
        text = f"Task timed out after {timeout:.2f} seconds"
        payload = _payload(TIMED_OUT, f"RequestId: {request_id} Error: {text}")
        return Outcome(payload, "Unhandled", "timeout", TIMED_OUT, text, TIMED_OUT, _fault(TIMED_OUT, text))
    text = _exit_text(gone)
    reported = OUT_OF_MEMORY if gone.reason == "memory" else EXITED
    payload = _payload(EXITED, f"RequestId: {request_id} Error: {text}")
    return Outcome(payload, "Unhandled", "error", reported, text, EXITED, _fault(reported, text))


def cannot_start(message: str, request_id: str) -> Outcome:
    """There is no sandbox, because the function's package or a layer cannot be used."""
    kind = "Runtime.InvalidPackage"
    return Outcome(
        _payload(kind, f"RequestId: {request_id} Error: {message}"), "Unhandled", "error", kind, message, kind,
        _fault(kind, message),
    )  # fmt: skip


def _exit_text(gone: SandboxEnd) -> str:
    if gone.reason == "memory":
        return "Runtime exited with error: signal: killed"
    if gone.status < 0:
        names = {6: "aborted (core dumped)", 9: "killed", 11: "segmentation fault", 15: "terminated"}
        return f"Runtime exited with error: signal: {names.get(-gone.status, -gone.status)}"
    if gone.status > 0:
        return f"Runtime exited with error: exit status {gone.status}"
    return "Runtime exited without providing a reason"


def _payload(kind: str, message: str) -> bytes:
    return json.dumps({"errorType": kind, "errorMessage": message}, separators=(",", ":")).encode()


def _fault(kind: str, message: str) -> Verdict:
    cause: Mapping[str, Any] = {"exceptions": [{"message": message, "type": kind, "stack": []}]}
    return Verdict(fault=True, cause=cause)
