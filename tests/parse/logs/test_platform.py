"""Lambda's own lines, as Lambda writes them in both log formats."""

import json

import pytest

from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs import platform
from shopfast_obs.testing import report_line

ID = "8f507cfc-xmpl-4697-b07a-ac58fc914c95".replace("xmpl", "1234")
TRACE = "1-5e34a614-10bdxmplf1fb44f07bc535a1".replace("xmpl", "1234")
EVENT = LogEvent(5.0, "", "/aws/lambda/web", "stream")


def test_a_text_report_with_every_field() -> None:
    """A cold, traced, failed invocation: all fields, in seconds and MB."""
    line = (
        f"REPORT RequestId: {ID}\tDuration: 3000.00 ms\tBilled Duration: 3162 ms\tMemory Size: 128 MB\t"
        f"Max Memory Used: 74 MB\tInit Duration: 161.55 ms\tStatus: error\tError Type: Runtime.ExitError\t\n"
        f"XRAY TraceId: {TRACE}\tSegmentId: 4a6b1c2d3e4f5a6b\tSampled: true\t\n"
    )
    found = platform.report(line, EVENT)
    assert found is not None
    assert (found.request_id, found.duration, found.billed) == (ID, 3.0, 3.162)
    assert (found.memory_size_mb, found.max_memory_mb, found.init) == (128, 74, pytest.approx(0.16155))
    assert (found.status, found.error_type, found.trace_id) == ("error", "Runtime.ExitError", TRACE)
    assert (found.timestamp, found.group, found.stream) == (5.0, "/aws/lambda/web", "stream")


def test_a_warm_success_has_no_init_and_no_status() -> None:
    """What the line leaves out is a success on a warm environment."""
    found = platform.report(report_line(ID, 12.5), EVENT)
    assert found is not None
    assert (found.status, found.init, found.trace_id) == ("success", None, "")


def test_a_restored_snapshot_counts_its_restore_as_init() -> None:
    """SnapStart's `Restore Duration` is what the customer waits for."""
    line = report_line(ID, 12.5).replace(
        "Max Memory", "Restore Duration: 270.09 ms\tBilled Restore Duration: 4 ms\tMax Memory"
    )
    found = platform.report(line, EVENT)
    assert found is not None
    assert found.init == pytest.approx(0.27009)
    assert found.duration == pytest.approx(0.0125)


def test_a_json_report() -> None:
    """The JSON format says the same in `record`."""
    record = {
        "requestId": ID,
        "metrics": {
            "durationMs": 101.51,
            "billedDurationMs": 300,
            "memorySizeMB": 512,
            "maxMemoryUsedMB": 33,
            "initDurationMs": 116.67,
        },
        "tracing": {"spanId": "1", "type": "X-Amzn-Trace-Id", "value": f"Root={TRACE};Parent=1;Sampled=1"},
        "status": "timeout",
    }
    line = json.dumps({"time": "2026-01-01T00:00:00Z", "type": "platform.report", "record": record})
    found = platform.report(line, EVENT)
    assert found is not None
    assert (found.request_id, found.trace_id, found.status) == (ID, TRACE, "timeout")
    assert (found.duration, found.billed, found.init) == (pytest.approx(0.10151), 0.3, pytest.approx(0.11667))
    assert (found.memory_size_mb, found.max_memory_mb) == (512, 33)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "REPORT of the day",
        "REPORT RequestId: x",
        'the text "platform.report" in a message',
        '{"type": "platform.start", "record": {"x": "platform.report"}}',
        '["platform.report"]',
    ],
)
def test_other_lines_are_no_report(line: str) -> None:
    """Lines that only look like one give None, not an error."""
    assert platform.report(line, EVENT) is None


def test_init_reports() -> None:
    """Text and JSON, with phase and status."""
    text = "INIT_REPORT Init Duration: 9999.86 ms\tPhase: invoke\tStatus: timeout"
    found = platform.init_report(text, EVENT)
    assert found == platform.InitReport(5.0, pytest.approx(9.99986), "invoke", "timeout")  # type: ignore[arg-type]
    record = {
        "phase": "init",
        "status": "error",
        "errorType": "Runtime.ImportModuleError",
        "metrics": {"durationMs": 125.33},
    }
    found = platform.init_report(json.dumps({"type": "platform.initReport", "record": record}), EVENT)
    assert found is not None
    assert (found.duration, found.status, found.error_type) == (0.12533, "error", "Runtime.ImportModuleError")
    assert platform.init_report("INIT_START Runtime Version: python:3.11.v1", EVENT) is None


def test_timeouts_and_deaths() -> None:
    """The request id is found before or after the sentence."""
    assert platform.timeout(f"2026-01-01T00:00:03.003Z {ID} Task timed out after 3.00 seconds\n") == platform.Timeout(
        ID, 3.0
    )
    assert platform.timeout("the task timed out") is None
    killed = platform.runtime_exit(f"RequestId: {ID} Error: Runtime exited with error: signal: killed")
    assert killed == platform.RuntimeExit(ID, "signal: killed")
    assert killed.killed
    left = platform.runtime_exit(f"RequestId: {ID} Error: Runtime exited with error: exit status 1\nRuntime.ExitError")
    assert left is not None
    assert (left.reason, left.killed) == ("exit status 1", False)
    silent = platform.runtime_exit(f"RequestId: {ID} Error: Runtime exited without providing a reason")
    assert silent is not None
    assert silent.reason == "without providing a reason"


@pytest.mark.parametrize(
    "line",
    [
        f"START RequestId: {ID} Version: $LATEST",
        f"END RequestId: {ID}",
        f"[INFO]\t2026-01-01T00:00:00.000Z\t{ID}\thello",
        f"2026-01-01T00:00:03.003Z {ID} Task timed out after 3.00 seconds",
        f'{{"level":"INFO","function_request_id":"{ID}"}}',
        f'{{"requestId": "{ID}", "message": "x"}}',
    ],
)
def test_the_request_id_is_found_where_lambda_puts_it(line: str) -> None:
    """Platform lines, the text format's third field, structured fields."""
    assert platform.request_id(line) == ID


def test_an_id_of_something_else_is_no_request_id() -> None:
    """An order number in a message is not the request."""
    assert platform.request_id(f"stored order {ID} twice") == ""
    assert platform.started(f"START RequestId: {ID} Version: 1") == ID
    assert platform.started(f"END RequestId: {ID}") == ""


def test_platform_lines_are_known_from_the_functions_own() -> None:
    """Free text that mentions a report is the function's."""
    assert platform.is_platform(report_line(ID, 1.0))
    assert platform.is_platform('{"time":"t","type":"platform.start","record":{}}')
    assert not platform.is_platform("I wrote a REPORT RequestId: today")


@pytest.mark.parametrize(
    "line",
    [
        "RESTORE_START Runtime Version: python:3.13.v1\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:1\n",
        "RESTORE_REPORT Restore Duration: 485.21 ms\n",
        "TELEMETRY\tName: collector\tState: Subscribed\tTypes: [Platform, Function]\n",
        "LOGS\tName: collector\tState: Subscribed\tTypes: [Platform]\n",
        "EXTENSION\tName: collector\tState: Ready\tEvents: [SHUTDOWN, INVOKE]\n",
    ],
)
def test_lines_about_snapshots_and_extensions_are_the_platforms(line: str) -> None:
    """A function that begins a line with the same word wrote it itself."""
    assert platform.is_platform(line)
    assert not platform.is_platform(line.split(maxsplit=1)[0] + "ED by me")


@pytest.mark.parametrize("seconds", ["...", "1.2.3", "", ".", "9" * 5000, "٣"])
def test_words_that_a_function_prints_are_no_timeout(seconds: str) -> None:
    """Only a number is the platform's."""
    assert platform.timeout(f"Task timed out after {seconds} seconds") is None


@pytest.mark.parametrize("size", ["1e999 MB", "NaN MB", "9" * 400 + " MB", "x"])
def test_a_report_with_sizes_that_are_no_numbers_is_read(size: str) -> None:
    """With nothing in their place."""
    read = platform.report(f"REPORT RequestId: {ID}\tDuration: 1.00 ms\tMemory Size: {size}\t", EVENT)

    assert read is not None
    assert (read.duration, read.memory_size_mb) == (0.001, 0)


def test_an_exception_in_json_is_the_runtimes_without_a_message() -> None:
    """What the function logs of one that it caught has a message beside it, and its invocation succeeds."""
    record = {"level": "ERROR", "errorMessage": "'id'", "errorType": "KeyError", "requestId": ID, "stackTrace": []}
    assert platform.raised(json.dumps(record)) == "KeyError"
    assert platform.raised(json.dumps({**record, "log_level": "ERROR"})) == "KeyError"
    assert platform.raised(json.dumps({**record, "message": "no order"})) == ""
    assert platform.raised(json.dumps(record)[:-1]) == ""
