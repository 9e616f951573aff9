"""Rule dynamodb-full-scan."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.calls.full_scan import RULE
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.sources import Call, Source
from tests.diagnose.builders import aws_call, calling, clear, declared, finished, found, function, observed, written

WEB = function(TracingConfig={"Mode": "Active"})
SCAN = calling("web", aws_call("DynamoDB", "Scan", 0.0, 1.5, "products"))
SOURCE = {"web": Source((), (Call("scan", "store.py", 19),))}


def test_found_in_traces_and_graver_when_slow() -> None:
    """With the place in the source."""
    context = observed(WEB, traces=[SCAN], logs=written(WEB, finished(1, 2.6)), sources=SOURCE)
    finding = found(RULE.check(WEB, context))
    assert "web reads all of products to answer a request: 1.50 s in 1 of 1 trace" in finding.title
    assert [e.locator for e in finding.evidence] == [SCAN.id, "store.py:19"]
    assert finding.severity is Severity.MEDIUM
    quick = observed(WEB, traces=[SCAN], logs=written(WEB, finished(1, 0.2)))
    assert found(RULE.check(WEB, quick)).severity is Severity.INFO


def test_found_in_the_source_alone() -> None:
    """Likely, for nobody knows whether the line runs."""
    assert found(RULE.check(WEB, declared(WEB, sources=SOURCE))).confidence == "likely"


def test_clear_when_nothing_scans() -> None:
    """A read by key."""
    read = calling("web", aws_call("DynamoDB", "GetItem", 0.0, 0.1, "products"))
    assert clear(RULE.check(WEB, observed(WEB, traces=[read]))).startswith("neither")
