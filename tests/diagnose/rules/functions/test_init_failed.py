"""Rule lambda-init-failed."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.init_failed import RULE
from tests.diagnose.builders import clear, declared, finished, found, function, observed, undecided, written

WEB = function()


def test_found_when_the_handler_cannot_be_imported() -> None:
    """The runtime's own line names the module."""
    line = "[ERROR] Runtime.ImportModuleError: Unable to import module 'app': No module named 'requests'\nTraceback\n"
    finding = found(RULE.check(WEB, observed(WEB, logs=written(WEB, [line]))))
    assert finding.title.startswith("web does not start: Runtime.ImportModuleError: Unable to import module 'app'")


def test_found_when_an_init_report_says_error() -> None:
    """An exception at module level."""
    line = "INIT_REPORT Init Duration: 90.00 ms\tPhase: init\tStatus: error\tError Type: Runtime.Unknown\n"
    assert "Runtime.Unknown (1 failed init)" in found(RULE.check(WEB, observed(WEB, logs=written(WEB, [line])))).title


def test_clear_when_it_starts() -> None:
    """No failed init."""
    assert clear(RULE.check(WEB, observed(WEB, logs=written(WEB, finished(1))))) == "no init failed"


def test_no_data_without_a_log() -> None:
    """Nothing was written, or a template."""
    assert undecided(RULE.check(WEB, observed(WEB))).startswith("its log has no line")
    assert undecided(RULE.check(WEB, declared(WEB))) == "a template shows no logs"
