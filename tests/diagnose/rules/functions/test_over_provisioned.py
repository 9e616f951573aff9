"""Rule lambda-over-provisioned."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.over_provisioned import RULE
from tests.diagnose.builders import aws_call, calling, clear, finished, found, function, observed, undecided, written

WEB = function(MemorySize=1024, Timeout=30, TracingConfig={"Mode": "Active"})
LOG = written(WEB, *(finished(n, 2.0, memory_mb=1024, used_mb=80) for n in range(30)))
WAITING = calling("web", aws_call("payments", "Charge", 0.02, 1.98))


def test_found_when_it_waits_for_others() -> None:
    """Traces say that memory does not make it faster; the estimate is a range."""
    finding = found(RULE.check(WEB, observed(WEB, logs=LOG, traces=[WAITING])))
    assert "web has 1024 MB and uses 80 MB: 512 MB would cost" in finding.title
    assert finding.remedy.changes == ()  # an estimate is measured first, never applied
    assert finding.remedy.command == "shopfast-obs tune web"
    assert finding.usd_a_month > 0


def test_clear_when_it_may_need_the_cpu() -> None:
    """Without traces a smaller size may be slower."""
    assert "no smaller size is cheaper for certain" in clear(RULE.check(WEB, observed(WEB, logs=LOG)))


def test_no_data_from_a_handful() -> None:
    """At least twenty invocations."""
    few = written(WEB, finished(1, 2.0, memory_mb=1024))
    assert "at least 20" in undecided(RULE.check(WEB, observed(WEB, logs=few)))
