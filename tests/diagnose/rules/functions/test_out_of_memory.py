"""Rule lambda-out-of-memory."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.out_of_memory import RULE
from tests.diagnose.builders import clear, died, finished, found, function, killed, observed, written


def test_found_when_the_process_is_killed_with_its_memory_full() -> None:
    """The runtime's exit and the REPORT agree."""
    web = function()
    finding = found(RULE.check(web, observed(web, logs=written(web, died(1), finished(2)))))
    assert finding.title == "web runs out of its 128 MB in 50 % of its invocations (1 of 2)"
    assert finding.confidence == "certain"
    assert [(c.property, c.after) for c in finding.remedy.changes] == [("MemorySize", 256)]


def test_found_where_it_is_reported_as_a_timeout() -> None:
    """127 of 128 MB and a timeout is lack of memory, likely."""
    web = function()
    finding = found(RULE.check(web, observed(web, logs=written(web, killed(1, used_mb=127)))))
    assert finding.confidence == "likely"
    assert "1 of them reported as timeouts" in finding.title


def test_clear_when_memory_was_left() -> None:
    """A timeout or an exit with memory to spare is something else."""
    web = function()
    context = observed(web, logs=written(web, killed(1, used_mb=70), died(2, used_mb=60)))
    assert clear(RULE.check(web, context)) == "at most 70 of 128 MB in use"
