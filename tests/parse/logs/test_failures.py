"""What a function's log says went wrong."""

import json

import pytest

from shopfast_obs.model.failures import Failure
from shopfast_obs.parse.logs.failures import LogFailures, failures
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


def platform_line(kind: str, record: object) -> str:
    """A record as logs in JSON have it."""
    return json.dumps({"time": "2026-03-02T10:00:03.101Z", "type": f"platform.{kind}", "record": record})


def report(status: str, error_type: str = "") -> str:
    """platform.report."""
    told = {"requestId": ID, "status": status, "metrics": {"durationMs": 3000.0, "memorySizeMB": 128}}
    return platform_line("report", told | ({"errorType": error_type} if error_type else {}))


@pytest.mark.parametrize(
    ("line", "kind", "type_"),
    [
        (report_line(ID, 3000, status="timeout"), "timeout", "Timeout"),
        (
            report_line(ID, 3000, status="error") + "\tError Type: Runtime.OutOfMemory",
            "out_of_memory",
            "Runtime.OutOfMemory",
        ),
        (
            report_line(ID, 3000, status="error") + "\tError Type: Runtime.ExitError",
            "runtime_exit",
            "Runtime.ExitError",
        ),
        (report("timeout"), "timeout", "Timeout"),
        (report("error", "KeyError"), "exception", "KeyError"),
        (report("failure"), "exception", "Error"),
        (platform_line("runtimeDone", {"requestId": ID, "status": "error"}), "exception", "Error"),
        (platform_line("fault", f"RequestId: {ID} Process exited before completing request"), "exception", "Error"),
    ],
)
def test_what_only_the_platforms_record_tells_is_a_failure(line: str, kind: str, type_: str) -> None:
    """With and without the rest of the invocation's lines."""
    for lines in ([line], [START, "working", line]):
        failure = only(*lines)
        assert (failure.kind, failure.type, failure.request_id) == (kind, type_, ID)


def test_a_failure_is_counted_once_whoever_tells_of_it() -> None:
    """By a line of the function, by the platform's sentence, by two records."""
    done = platform_line("runtimeDone", {"requestId": ID, "status": "error", "errorType": "KeyError"})
    line = "[ERROR] KeyError: 'sku'\nTraceback (most recent call last):\n  File \"/var/task/h.py\", line 3, in handler"
    assert only(START, done, report("error", "KeyError")).type == "KeyError"
    assert only(START, line, END, report("error", "KeyError")).message == "'sku'"
    assert only(line, report("error", "KeyError")).message == "'sku'"  # the log begins after START
    late = f"2026-01-01T00:00:03.003Z {ID} Task timed out after 3.00 seconds"
    assert only(START, END, report_line(ID, 3000, status="timeout"), late).kind == "timeout"


def test_two_attempts_that_only_reports_tell_of_are_two() -> None:
    """Also where the log has no START lines."""
    once = report_line(ID, 3000, status="timeout")
    assert len(read(once, once).failures) == 2
    assert [failure.attempt for failure in read(START, once, START, once).failures] == [1, 2]


def test_a_fault_says_what_the_platform_says() -> None:
    """Without the request's id, by which it would be a group of its own."""
    line = platform_line("fault", f"RequestId: {ID} Process exited before completing request")
    assert only(START, line).message == "Process exited before completing request"
