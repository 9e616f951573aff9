"""The platform's events in both formats."""

import json

import pytest

from shopfast_obs.localcloud.lambdahost.invocation.platform_logs import (
    InitReport,
    Report,
    iso,
    platform_log,
    runtime_version,
)
from tests.localcloud.lambdahost.support import function

REPORT = Report("id", 12.345, 13, 128, 60, init=210.11, status="error", error_type="Runtime.ExitError")
FAILED = InitReport("init", 10000.0, "timeout")


def test_text() -> None:
    """As they are on AWS, tabs included."""
    log = platform_log(function(""))
    assert log.init_start(0, "init").startswith("INIT_START Runtime Version: python:3.11.v")
    assert log.start(0, "id") == "START RequestId: id Version: $LATEST\n"
    assert log.init_report(0, FAILED) == "INIT_REPORT Init Duration: 10000.00 ms\tPhase: init\tStatus: timeout\n"
    assert log.init_report(0, InitReport("init", 1.0, "success")) == ""
    assert log.report(0, REPORT) == (
        "REPORT RequestId: id\tDuration: 12.35 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\t"
        "Max Memory Used: 60 MB\t"
        "Init Duration: 210.11 ms\tStatus: error\tError Type: Runtime.ExitError\t\n"
    )
    assert log.fate(0, "id", "Runtime exited with error: exit status 1", "Runtime.ExitError") == (
        "RequestId: id Error: Runtime exited with error: exit status 1\nRuntime.ExitError\n"
    )


def test_json() -> None:
    """The same facts as records."""
    event = json.loads(platform_log(function("", log_format="JSON")).report(1.5, REPORT))
    assert event == {
        "time": "1970-01-01T00:00:01.500Z",
        "type": "platform.report",
        "record": {
            "requestId": "id",
            "metrics": {
                "durationMs": 12.345,
                "billedDurationMs": 13,
                "memorySizeMB": 128,
                "maxMemoryUsedMB": 60,
                "initDurationMs": 210.11,
            },
            "status": "error",
            "errorType": "Runtime.ExitError",
        },
    }


@pytest.mark.parametrize(
    ("level", "written"),
    [
        ("DEBUG", [True, True, True, True, True]),
        ("", [True, True, False, False, True]),
        ("INFO", [True, True, False, False, True]),
        ("WARN", [False, False, False, False, False]),
    ],
)
def test_system_log_level(level: str, written: list[bool]) -> None:
    """The level decides which events of a success are written."""
    log = platform_log(function("", log_format="JSON", system_log_level=level))
    done = Report("id", 1.0, 1, 128, 20)
    events = [log.init_start(0, "init"), log.start(0, "id"), log.init_report(0, InitReport("init", 1.0, "success"))]
    assert [bool(event) for event in (*events, log.end(0, done), log.report(0, done))] == written
    assert log.report(0, REPORT)
    assert log.init_report(0, FAILED)


def test_times_and_versions() -> None:
    """Milliseconds are not rounded up into the next second; a runtime's version never changes."""
    assert iso(1.9999) == "1970-01-01T00:00:01.999Z"
    assert runtime_version(function("")) == runtime_version(function(""))
    assert runtime_version(function("", runtime="nodejs20.x"))[0] == "nodejs20.x.v1"
