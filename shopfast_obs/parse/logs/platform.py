"""The lines that Lambda itself writes into a function's log, in the text and in the JSON format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import orjson

from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import InitStart, InvocationReport, LogEvent
from shopfast_obs.parse import numbers
from shopfast_obs.patterns import late

_UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_REQUEST_ID = late(rf"(?:RequestId: |\"requestId\": ?\"|\"function_request_id\": ?\"|\"aws_request_id\": ?\")({_UUID})")
_ANY_UUID = late(_UUID)
_TRACE_ID = late(r"\b(1-[0-9a-f]{8}-[0-9a-f]{24})\b")
_FIELD = late(r"(?:^|\t|\n)\s*([A-Z][A-Za-z ]*?): ([^\t\n]*)")
_TIMEOUT = late(rf"(?:({_UUID}) )?Task timed out after ([0-9.]+) seconds")
# A logger's own lines have tabs where the client of Python has a space, and what people print has no traceback.
_RAISED = late(
    r"\[ERROR\] ([A-Za-z_][\w.]*)(?::|\r?\n)(?=(?s:.*)Traceback \(most recent call last\))"
    r'|\S+\t\S+\tERROR\tInvoke Error\s+\{"errorType":"([\w.]+)"'
)
_RAISED_KEYS = frozenset(("errorType", "errorMessage", "stackTrace", "requestId"))
_EXIT = late(rf"(?:RequestId: ({_UUID}) )?Error: Runtime exited (?:with error: ([^\n\"]*)|without providing a reason)")
# What else the platform says of a request that its environment could not serve.
_BROKEN = late(
    rf"RequestId: ({_UUID}) (?:Error: ([^\n]*)\r?\n((?:Runtime|Extension|Sandbox|Function|Init)\.\w+)"
    r"|(Process exited before completing request))\s*"
)
_OWN = (
    "START RequestId:",
    "END RequestId:",
    "REPORT RequestId:",
    "INIT_START",
    "INIT_REPORT",
    "RESTORE_START ",
    "RESTORE_REPORT ",
    "EXTENSION\tName:",
    "TELEMETRY\tName:",
    "LOGS\tName:",
    "XRAY TraceId",
)
_STATUS: Mapping[str, Literal["success", "error", "timeout"]] = {
    "success": "success",
    "timeout": "timeout",
    "error": "error",
    "failure": "error",
}


@record
class InitReport:
    """One INIT_REPORT: an init phase that stood alone, failed or timed out. `duration` in seconds."""

    timestamp: float
    duration: float
    phase: str = ""
    status: Literal["success", "error", "timeout"] = "success"
    error_type: str = ""


@record
class End:
    """A bad end of an invocation, by a record that stands before its report or instead of it."""

    request_id: str
    status: Literal["success", "error", "timeout"]
    error_type: str
    reason: str = ""  # of a platform.fault


@record
class Timeout:
    """`Task timed out after 3.00 seconds`."""

    request_id: str
    seconds: float


@record
class RuntimeExit:
    """The runtime process ended, or could not begin: `reason` is what the platform says (`signal: killed`,
    `exit status 1`), `error_type` what it calls that where it is more than an exit."""

    request_id: str
    reason: str
    error_type: str = ""

    @property
    def killed(self) -> bool:
        """True when the kernel ended it, as it does when memory runs out."""
        return "signal: killed" in self.reason


def report(message: str, event: LogEvent) -> InvocationReport | None:
    """The platform's report on one invocation that the message carries, or None when it carries none."""
    if message.startswith("REPORT RequestId:"):
        return _text_report(message, event)
    if '"platform.report"' in message:
        return _json_report(message, event)
    return None


def init_start(message: str, event: LogEvent) -> InitStart | None:
    """With which version of the runtime an execution environment begins, or None when the message does not say so."""
    if message.startswith("INIT_START"):
        fields = dict(_FIELD.findall(message.replace("INIT_START ", "", 1)))
        runtime = fields.get("Runtime Version", "")
    else:
        record = _record(message, "platform.initStart")
        runtime = str(record.get("runtimeVersion", "")) if record is not None else ""
    return InitStart(event.timestamp, runtime, event.group, event.stream) if runtime else None


def init_report(message: str, event: LogEvent) -> InitReport | None:
    """The platform's report on an init phase or on the restore of a snapshot (a phase of its own), or None when the
    message carries none."""
    if message.startswith("INIT_REPORT"):
        fields = dict(_FIELD.findall(message.replace("INIT_REPORT ", "", 1)))
        return InitReport(
            event.timestamp,
            _milliseconds(fields.get("Init Duration")),
            fields.get("Phase", "").strip(),
            _status(fields.get("Status")),
            fields.get("Error Type", "").strip(),
        )
    if message.startswith("RESTORE_REPORT"):
        fields = dict(_FIELD.findall(message.replace("RESTORE_REPORT ", "", 1)))
        said = _status(fields.get("Status")), fields.get("Error Type", "").strip()
        return InitReport(event.timestamp, _milliseconds(fields.get("Restore Duration")), "restore", *said)
    restore = _record(message, "platform.restoreReport")
    record = _record(message, "platform.initReport") if restore is None else {"phase": "restore", **restore}
    if record is None:
        return None
    duration = _float(_mapping(record.get("metrics")).get("durationMs")) / 1000
    phase, kind = str(record.get("phase", "")), str(record.get("errorType", ""))
    return InitReport(event.timestamp, duration, phase, _status(record.get("status")), kind)


def end(message: str) -> End | None:
    """What a platform.runtimeDone or platform.fault record says of an invocation that failed; None for other lines."""
    record = _record(message, "platform.runtimeDone")
    if record is not None:
        status = _status(record.get("status"))
        request = str(record.get("requestId", ""))
        return End(request, status, str(record.get("errorType", ""))) if status != "success" else None
    if '"platform.fault"' not in message:
        return None
    told = _any_record(message, "platform.fault")
    text = told if isinstance(told, str) else ""
    return End(request_id(text or message), "error", "", text.rpartition(f"{request_id(text)} ")[2].strip() or "fault")


def started(message: str) -> str:
    """The request id of a START line or a platform.start record; empty when the message is neither."""
    if message.startswith("START RequestId:") or '"platform.start"' in message:
        return request_id(message)
    return ""


def timeout(message: str) -> Timeout | None:
    """The timeout that the message tells of, or None."""
    if "Task timed out after" not in message:
        return None
    # A function may print the words itself: only what is followed by a number is the platform's.
    found = _TIMEOUT.search(message)
    seconds = numbers.number(found[2].rstrip(".")) if found else None
    return Timeout(found[1] or request_id(message), seconds) if found and seconds is not None else None


def runtime_exit(message: str) -> RuntimeExit | None:
    """The end of the runtime process that the message tells of, or None."""
    if "Runtime exited" in message and (found := _EXIT.search(message)):
        return RuntimeExit(found[1] or request_id(message), (found[2] or "without providing a reason").strip())
    if message.startswith("RequestId: ") and (found := _BROKEN.fullmatch(message)):
        return RuntimeExit(found[1], (found[2] or found[4]).strip(), found[3] or "")
    return None


def raised(message: str) -> str:
    """The type of the exception that ended an invocation, as the runtime clients of Python and Node.js write it into
    logs in text, and Python's into logs in JSON; empty for every other line. It stands between START and END of its
    stream, in text not always with an id."""
    if message.startswith("{"):
        return _raised_record(message)
    found = _RAISED.match(message)
    return found[1] or found[2] or "" if found else ""


def _raised_record(message: str) -> str:
    """The same from a record. What a function logs of an exception that it caught has a message beside it."""
    if '"errorType"' not in message or '"stackTrace"' not in message:
        return ""
    try:
        record = orjson.loads(message)
    except orjson.JSONDecodeError:
        return ""
    own = isinstance(record, dict) and record.keys() >= _RAISED_KEYS and "message" not in record
    return str(record["errorType"]) if own else ""


def request_id(message: str) -> str:
    """The request id that a platform line, a structured log or a line in Lambda's log format names, or nothing."""
    found = _REQUEST_ID.search(message)
    if found:
        return found[1]
    # Lambda's text format puts it as a field of its own: `[INFO]\t2026-01-01T00:00:00.000Z\t<id>\tmessage`.
    any_id = _ANY_UUID.search(message, 0, 120)
    if (
        any_id
        and message[any_id.end() : any_id.end() + 1] in ("\t", " ", "")
        and _in_own_field(message, any_id.start())
    ):
        return any_id[0]
    return ""


def trace_id(message: str) -> str:
    """The X-Ray trace id that the message names; empty when none."""
    found = _TRACE_ID.search(message)
    return found[1] if found else ""


def is_platform(message: str) -> bool:
    """True for a line that the platform wrote, not the function."""
    if message.startswith("{"):
        return '"platform.' in message and '"type":"platform.' in message.replace(": ", ":")
    return message.startswith(_OWN)


def _in_own_field(message: str, start: int) -> bool:
    return message[start - 1 : start] == "\t" or (start > 0 and message[start - 2 : start] == "Z ")


def _text_report(message: str, event: LogEvent) -> InvocationReport | None:
    fields = dict(_FIELD.findall(message.replace("REPORT ", "", 1)))
    if "Duration" not in fields:
        return None
    start_up = fields.get("Init Duration") or fields.get("Restore Duration")
    return InvocationReport(
        request_id=fields.get("RequestId", "").strip(),
        timestamp=event.timestamp,
        duration=_milliseconds(fields["Duration"]),
        billed=_milliseconds(fields.get("Billed Duration")),
        memory_size_mb=int(_float(fields.get("Memory Size"))),
        max_memory_mb=int(_float(fields.get("Max Memory Used"))),
        init=_milliseconds(start_up) if start_up else None,
        status=_status(fields.get("Status")),
        error_type=fields.get("Error Type", "").strip(),
        trace_id=fields.get("XRAY TraceId", "").strip(),
        group=event.group,
        stream=event.stream,
    )


def _json_report(message: str, event: LogEvent) -> InvocationReport | None:
    record = _record(message, "platform.report")
    if record is None:
        return None
    metrics = _mapping(record.get("metrics"))
    start_up = metrics.get("initDurationMs", metrics.get("restoreDurationMs"))
    return InvocationReport(
        request_id=str(record.get("requestId", "")),
        timestamp=event.timestamp,
        duration=_float(metrics.get("durationMs")) / 1000,
        billed=_float(metrics.get("billedDurationMs")) / 1000,
        memory_size_mb=int(_float(metrics.get("memorySizeMB"))),
        max_memory_mb=int(_float(metrics.get("maxMemoryUsedMB"))),
        init=None if start_up is None else _float(start_up) / 1000,
        status=_status(record.get("status")),
        error_type=str(record.get("errorType", "")),
        trace_id=trace_id(str(_mapping(record.get("tracing")).get("value", ""))),
        group=event.group,
        stream=event.stream,
    )


def _record(message: str, kind: str) -> Mapping[str, Any] | None:
    """The `record` of a JSON platform event of this type, or None."""
    if f'"{kind}"' not in message:
        return None
    found = _any_record(message, kind)
    return None if found is None else _mapping(found)


def _any_record(message: str, kind: str) -> Any:  # noqa: ANN401
    """The same of any JSON type; of platform.fault it is a text."""
    try:
        entry = orjson.loads(message)
    except orjson.JSONDecodeError:
        return None
    return entry.get("record", {}) if isinstance(entry, dict) and entry.get("type") == kind else None


def _status(value: Any) -> Literal["success", "error", "timeout"]:  # noqa: ANN401
    # A status that we do not know is no success: Lambda names only what went wrong.
    return _STATUS.get(str(value).strip().lower(), "error") if value else "success"


def _milliseconds(text: str | None) -> float:
    return _float(text) / 1000


def _float(value: Any) -> float:  # noqa: ANN401
    return numbers.number(value.split(" ", 1)[0] if isinstance(value, str) else value) or 0.0


def _mapping(value: Any) -> Mapping[str, Any]:  # noqa: ANN401
    return value if isinstance(value, dict) else {}
