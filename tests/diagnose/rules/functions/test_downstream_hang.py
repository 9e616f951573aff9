"""Rule lambda-downstream-hang."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions import timeout_kills
from shopfast_obs.diagnose.rules.functions.downstream_hang import RULE
from tests.diagnose.builders import (
    aws_call,
    calling,
    clear,
    found,
    function,
    guard,
    killed,
    observed,
    speaking,
    undecided,
    written,
)

WEB = function(MemorySize=512, TracingConfig={"Mode": "Active"})
SIZE = {"memory_mb": 512}


def test_found_when_the_guard_saw_an_idle_process_in_a_call() -> None:
    """2.7 of 3 s in one call, and hardly any CPU: told apart from a timeout at work."""
    log = written(WEB, speaking(killed(1, **SIZE), guard("dynamodb.GetItem", 2.7)), killed(2, **SIZE))
    context = observed(WEB, logs=log)
    finding = found(RULE.check(WEB, context))
    assert "web is killed while it waits for dynamodb.GetItem: 1 of 2 invocations (50 %), 2.7 s" in finding.title
    assert finding.confidence == "certain"
    assert "(1 of 2)" in found(timeout_kills.RULE.check(WEB, context)).title


def test_found_in_a_trace_with_an_open_call() -> None:
    """Without a guard the trace in progress tells, as likely."""
    trace = calling("web", aws_call("payments", "Charge", 0.1, None))
    log = written(WEB, killed(1, 2.0, **SIZE, trace_id=trace.id))
    slow = function(MemorySize=512, Timeout=2, TracingConfig={"Mode": "Active"})
    finding = found(RULE.check(slow, observed(slow, logs=log, traces=[trace])))
    assert "payments Charge" in finding.title
    assert (finding.confidence, finding.evidence[0].traces) == ("likely", (trace.id,))


def test_clear_when_the_process_was_busy() -> None:
    """The SDK parses inside the call: CPU tells work from waiting."""
    log = written(WEB, speaking(killed(1, **SIZE), guard("dynamodb.Scan", 2.7, cpu=0.8)))
    assert "no call was open" in clear(RULE.check(WEB, observed(WEB, logs=log)))


def test_no_data_when_nobody_says_what_was_open() -> None:
    """A timeout without guard and trace."""
    log = written(WEB, killed(1, **SIZE))
    assert "neither a trace nor" in undecided(RULE.check(WEB, observed(WEB, logs=log)))
