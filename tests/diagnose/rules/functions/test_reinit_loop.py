"""Rule lambda-reinit-loop."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.reinit_loop import RULE
from tests.diagnose.builders import clear, finished, found, function, killed, observed, speaking, written

WEB = function()
INIT = "INIT_REPORT Init Duration: 3000.11 ms\tPhase: invoke\tStatus: timeout\n"


def test_found_when_the_init_inside_an_invocation_timed_out() -> None:
    """Lambda says so in INIT_REPORT."""
    log = written(WEB, killed(1), [INIT], killed(2), [INIT], killed(3))
    finding = found(RULE.check(WEB, observed(WEB, logs=log)))
    assert "2 of 3 invocations (67 %) were killed before the handler began" in finding.title
    assert "up to 2 in a row" in finding.evidence[0].summary


def test_found_likely_when_the_handler_never_said_a_word() -> None:
    """After a kill in the same environment, where it speaks otherwise."""
    log = written(WEB, speaking(finished(1), "GET /\n"), speaking(killed(2), "GET /\n"), killed(3))
    assert found(RULE.check(WEB, observed(WEB, logs=log))).evidence[0].numbers["reinit"] == 1


def test_clear_when_the_handler_began() -> None:
    """A timeout at work is another rule's."""
    log = written(WEB, speaking(killed(1), "GET /\n"), speaking(killed(2), "GET /\n"))
    assert "no invocation of 2 died" in clear(RULE.check(WEB, observed(WEB, logs=log)))
