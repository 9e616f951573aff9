"""Rule lambda-debug-level."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.debug_level import RULE
from tests.diagnose.builders import clear, declared, finished, found, function, observed, speaking, written


def test_found_by_configuration_or_by_the_lines() -> None:
    """Variable, Lambda's own setting, or what is written."""
    by_variable = function(Environment={"Variables": {"POWERTOOLS_LOG_LEVEL": "debug"}})
    assert found(RULE.check(by_variable, declared(by_variable))).title == "web logs at DEBUG"
    by_setting = function(LoggingConfig={"LogFormat": "JSON", "ApplicationLogLevel": "TRACE"})
    found(RULE.check(by_setting, declared(by_setting)))
    web = function()
    log = written(web, speaking(finished(1), '{"level":"DEBUG","message":"x"}\n', '{"level":"INFO","message":"y"}\n'))
    assert "50 % of its lines" in found(RULE.check(web, observed(web, logs=log))).title


def test_clear_at_info() -> None:
    """Also without a word about it."""
    assert clear(RULE.check(function(), declared())) == "its log level is not DEBUG"
