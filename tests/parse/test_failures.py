"""What a function's log says went wrong."""

from __future__ import annotations

import json

import pytest

from shopfast_obs.model.failures import Failure
from shopfast_obs.parse.failures import LogFailures, failures
from shopfast_obs.testing import log_events, report_line

ID = "8f507cfc-1234-4697-b07a-ac58fc914c95"
TRACE = "1-5e34a614-10bd1234f1fb44f07bc535a1"
GROUP = "/aws/lambda/web"
START, END = f"START RequestId: {ID} Version: $LATEST", f"END RequestId: {ID}"


def read(*lines: str) -> LogFailures:
    """The failures of a log of these lines, a second apart."""
    return failures(log_events(GROUP, [(100.0 + n, line) for n, line in enumerate(lines)]))


def only(*lines: str) -> Failure:
    """The one failure of a log of these lines."""
    (failure,) = read(*lines).failures
    return failure


def test_a_timeout_knows_its_request_its_trace_and_what_came_before() -> None:
    """One failure from the sentence and the report; the report's own status is not a second one."""
    report = report_line(ID, 3000, used_mb=66, init_ms=200, status="timeout", trace_id=TRACE)
    found = read(
        START, "GET /products", f"2026-01-01T00:00:03.003Z {ID} Task timed out after 3.00 seconds", END, report
    )
    (failure,) = found.failures
    assert (failure.kind, failure.where, failure.request_id, failure.trace_id) == ("timeout", "web", ID, TRACE)
    assert failure.timestamp == 102.0
    assert failure.detail == "last line before: GET /products; used 66 of 128 MB"
    assert found.traces == {ID: TRACE}


@pytest.mark.parametrize(("used", "kind"), [(128, "out_of_memory"), (60, "runtime_exit")])
def test_a_killed_runtime_ran_out_of_memory_only_when_it_was_full(used: int, kind: str) -> None:
    """The signal alone does not say why."""
    report = report_line(ID, 500, used_mb=used, status="error")
    failure = only(START, f"RequestId: {ID} Error: Runtime exited with error: signal: killed", END, report)
    assert failure.kind == kind
    assert failure.message == "signal: killed"


def test_an_exception_of_the_runtime_client_has_the_request_of_its_stream() -> None:
    """The line itself names none."""
    line = "[ERROR] KeyError: 'sku'\nTraceback (most recent call last):\n  File \"/var/task/h.py\", line 3, in handler"
    failure = only(START, line, END, report_line(ID, 5, status="error"))
    assert (failure.kind, failure.type, failure.message, failure.request_id) == ("exception", "KeyError", "'sku'", ID)
    assert failure.frames == (("/var/task/h.py", 3, "handler"),)
    assert failure.line == line


def test_an_error_that_was_only_logged_is_one_too() -> None:
    """A structured line of level ERROR, and nothing of level INFO that mentions an ERROR."""
    error = json.dumps({"level": "ERROR", "message": "no stock", "function_request_id": ID, "xray_trace_id": TRACE})
    failure = only(START, '{"level":"INFO","message":"no ERROR"}', error, END)
    assert (failure.kind, failure.message, failure.trace_id) == ("logged", "no stock", TRACE)


def test_every_attempt_of_a_request_is_counted() -> None:
    """Lambda tries an asynchronous event again with the same request id."""
    line = f"2026-01-01T00:00:03.003Z {ID} Task timed out after 3.00 seconds"
    found = read(START, line, END, report_line(ID, 3000), START, line, END, report_line(ID, 3000)).failures
    assert [failure.attempt for failure in found] == [1, 2]


def test_a_failed_init_is_named() -> None:
    """Import errors and slow inits, in both formats."""
    text = only("INIT_REPORT Init Duration: 9999.86 ms\tPhase: init\tStatus: timeout")
    assert (text.kind, text.message) == ("init", "init timed out after 10.00 s")
    record = {
        "phase": "init",
        "status": "error",
        "errorType": "Runtime.ImportModuleError",
        "metrics": {"durationMs": 1},
    }
    told = only(json.dumps({"type": "platform.initReport", "record": record}))
    assert (told.kind, told.type) == ("init", "Runtime.ImportModuleError")


def test_a_healthy_log_has_none() -> None:
    """Platform lines, talk and warnings are no failures."""
    lines = [
        START,
        "all good",
        '{"level":"WARNING","message":"slow"}',
        "INIT_REPORT Init Duration: 5.00 ms\tPhase: init",
        END,
    ]
    assert read(*lines, report_line(ID, 5)).failures == ()
