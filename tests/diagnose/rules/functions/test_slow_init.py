"""Rule lambda-slow-init."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.slow_init import RULE
from shopfast_obs.model.telemetry import LogEvent
from tests.diagnose.builders import clear, finished, found, function, observed, undecided, written

WEB = function()


def starts(seconds: float) -> dict[str, list[LogEvent]]:
    """Three cold starts and a warm one."""
    return written(WEB, *(finished(n, init_ms=seconds * 1000) for n in range(3)), finished(4))


def test_found_when_the_median_is_long() -> None:
    """And what a new one costs inside an invocation."""
    finding = found(RULE.check(WEB, observed(WEB, logs=starts(6.0))))
    assert finding.title == "web takes 6.0 s to start, in 75 % of its invocations"
    assert "82.9 s" in finding.evidence[0].summary


def test_clear_when_it_starts_quickly() -> None:
    """Half a second."""
    assert clear(RULE.check(WEB, observed(WEB, logs=starts(0.5)))) == "3 inits, median 0.50 s"


def test_no_data_without_a_cold_start() -> None:
    """Warm only."""
    assert undecided(RULE.check(WEB, observed(WEB, logs=written(WEB, finished(1))))) == "no cold start in the window"


def test_tenants_have_environments_of_their_own() -> None:
    """So each waits for one."""
    one = function(TenancyConfig={"TenantIsolationMode": "PER_TENANT"})
    log = written(one, *(finished(n, init_ms=6000) for n in range(3)))
    assert (
        "each tenant has environments of its own" in found(RULE.check(one, observed(one, logs=log))).evidence[0].summary
    )
    assert "tenant" not in found(RULE.check(WEB, observed(WEB, logs=starts(6.0)))).evidence[0].summary
