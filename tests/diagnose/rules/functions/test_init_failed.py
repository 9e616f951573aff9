"""Rule lambda-init-failed."""

from __future__ import annotations

import json

from shopfast_obs.diagnose.rules.functions.init_failed import RULE
from tests.diagnose.builders import clear, finished, found, function, observed, written

WEB = function()


def test_found_when_the_handler_cannot_be_imported() -> None:
    """The runtime's own line names the module."""
    line = "[ERROR] Runtime.ImportModuleError: Unable to import module 'app': No module named 'requests'\nTraceback\n"
    finding = found(RULE.check(WEB, observed(WEB, logs=written(WEB, [line]))))
    assert finding.title.startswith("web does not start: Runtime.ImportModuleError: Unable to import module 'app'")


def test_the_module_is_named_where_logs_are_json() -> None:
    """The record has it in a field of its own."""
    said = {
        "errorMessage": "Unable to import module 'app': No module named 'x'",
        "errorType": "Runtime.ImportModuleError",
    }
    finding = found(RULE.check(WEB, observed(WEB, logs=written(WEB, [json.dumps({"level": "ERROR", **said})]))))
    assert "Runtime.ImportModuleError: Unable to import module 'app': No module named 'x' (" in finding.title


def test_found_when_an_init_report_says_error() -> None:
    """An exception at module level."""
    line = "INIT_REPORT Init Duration: 90.00 ms\tPhase: init\tStatus: error\tError Type: Runtime.Unknown\n"
    assert "Runtime.Unknown (1 failed start)" in found(RULE.check(WEB, observed(WEB, logs=written(WEB, [line])))).title


def test_an_init_that_is_tried_again_is_one_failed_start() -> None:
    """Lambda writes four lines about each: of the init, and of the one inside the invocation."""
    line = "[ERROR] Runtime.ImportModuleError: Unable to import module 'app': No module named 'x'\nTraceback\n"
    report = "INIT_REPORT Init Duration: 90.00 ms\tPhase: {}\tStatus: error\tError Type: Runtime.ImportModuleError\n"
    starts = [
        [line, report.format("init"), line, report.format("invoke"), *finished(n, status="error")] for n in range(1, 4)
    ]
    finding = found(RULE.check(WEB, observed(WEB, logs=written(WEB, *starts))))
    assert "No module named 'x' (3 failed starts)" in finding.title
    assert finding.harm == 3


def test_clear_when_it_starts() -> None:
    """No failed init."""
    assert clear(RULE.check(WEB, observed(WEB, logs=written(WEB, finished(1))))) == "no init failed"
