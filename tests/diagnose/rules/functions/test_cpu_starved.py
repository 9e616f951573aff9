"""Rule lambda-cpu-starved."""

from __future__ import annotations

import pytest

from shopfast_obs.diagnose.rules.functions.cpu_starved import RULE
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.telemetry import Segment
from shopfast_obs.testing import function_trace
from tests.diagnose.builders import (
    START,
    clear,
    finished,
    found,
    function,
    killed,
    observed,
    refused,
    speaking,
    written,
)


def test_found_where_memory_is_plenty_and_time_is_not() -> None:
    """Little CPU, memory to spare, and the timeout hit."""
    web = function()
    lines = [finished(0, 0.2, init_ms=600, used_mb=60), *(killed(n, used_mb=73) for n in range(1, 6))]
    finding = found(RULE.check(web, observed(web, logs=written(web, *lines))))
    assert "128 MB come with 7 % of a vCPU" in finding.title
    assert (finding.severity, finding.confidence, finding.harm) == (Severity.HIGH, "likely", 5)
    assert "73 of 128 MB" in finding.misleads
    init = next(item for item in finding.evidence if "init" in item.numbers)
    assert round(float(init.numbers["init_at_share"]), 1) == 8.3


def test_found_with_certainty_when_traces_show_computing() -> None:
    """A trace whose time passes in the function itself decides it."""
    web = function(TracingConfig={"Mode": "Active"})
    call = Segment("c", "DynamoDB", START + 1, START + 1.2, namespace="aws")
    trace = function_trace("1-00000000-000000000000000000000001", START + 1, name="web", duration=2.0, calls=[call])
    context = observed(web, logs=written(web, finished(1, 2.0, used_mb=70)), traces=[trace])
    finding = found(RULE.check(web, context))
    assert finding.confidence == "certain"
    assert finding.severity is Severity.MEDIUM
    assert any(item.source == "traces" and item.numbers["computing"] == pytest.approx(0.9) for item in finding.evidence)


def test_clear_when_its_calls_were_throttled() -> None:
    """It waited between the retries."""
    web = function()
    line = refused("ThrottlingException", "PutItem", "Rate exceeded")
    log = written(web, speaking(finished(1, 2.9), line), finished(2))
    assert "0.05 s" in clear(RULE.check(web, observed(web, logs=log)))


def test_clear_when_fast_or_large_or_full_or_waiting() -> None:
    """Nothing slow, CPU enough, memory as the first problem, or time spent elsewhere."""
    fast, large, full = function(), function(MemorySize=1024), function()
    waiting = function(MemorySize=512, TracingConfig={"Mode": "Active"})
    assert "0.05 s" in clear(RULE.check(fast, observed(fast, logs=written(fast, finished(1)))))
    lines = written(large, killed(1, memory_mb=1024))
    assert "1024 MB" in clear(RULE.check(large, observed(large, logs=lines)))
    assert "nearly full" in clear(RULE.check(full, observed(full, logs=written(full, finished(1, 2.9, used_mb=124)))))
    call = Segment("c", "payments", START + 1, START + 2.9, namespace="remote")
    trace = function_trace("1-00000000-000000000000000000000001", START + 1, name="web", duration=2.0, calls=[call])
    lines = written(waiting, finished(1, 2.0, memory_mb=512))
    assert "95 %" in clear(RULE.check(waiting, observed(waiting, logs=lines, traces=[trace])))
