"""Rule lambda-telemetry-lost."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.telemetry_lost import RULE
from tests.diagnose.builders import (
    clear,
    emf,
    finished,
    found,
    function,
    killed,
    observed,
    speaking,
    undecided,
    written,
)

WEB = function()


def test_found_when_killed_invocations_say_nothing() -> None:
    """The finished ones do."""
    log = written(WEB, speaking(finished(1), emf(1, service="web")), killed(2), killed(3))
    finding = found(RULE.check(WEB, observed(WEB, logs=log)))
    assert "web loses the metrics of 100 % of its killed invocations (2 of 2)" in finding.title


def test_clear_when_the_guard_flushed() -> None:
    """Before the kill; or none was killed."""
    log = written(WEB, speaking(finished(1), emf(1, service="web")), speaking(killed(2), emf(1, service="web")))
    assert "metrics were written before the end in 1 killed" in clear(RULE.check(WEB, observed(WEB, logs=log)))
    assert clear(RULE.check(WEB, observed(WEB, logs=written(WEB, finished(1))))) == "no invocation was killed"


def test_no_data_when_it_writes_none_anyway() -> None:
    """Or was never called."""
    assert "no embedded metrics" in undecided(RULE.check(WEB, observed(WEB, logs=written(WEB, killed(1)))))
