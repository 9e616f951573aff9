"""Rule lambda-sdk-timeouts."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.sdk_timeouts import RULE
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.sources import Client, Source
from tests.diagnose.builders import (
    clear,
    declared,
    found,
    function,
    guard,
    killed,
    observed,
    speaking,
    undecided,
    written,
)

WEB = function(Timeout=10, MemorySize=512)
DEFAULT = Source((Client("dynamodb", "store.py", 7),))
QUICK = Source((Client("dynamodb", "store.py", 7, connect=1, read=2, attempts=2),))


def test_found_when_the_client_outwaits_the_function() -> None:
    """The SDK's defaults are 60 s and three attempts; an information until a request hung."""
    finding = found(RULE.check(WEB, declared(WEB, sources={"web": DEFAULT})))
    assert (
        "may run 10 s, and its client of dynamodb waits up to 180 s for one answer (60 s an attempt)" in finding.title
    )
    assert finding.evidence[0].locator == "store.py:7"
    assert finding.severity is Severity.INFO
    log = written(WEB, speaking(killed(1, 10, memory_mb=512), guard("dynamodb.GetItem", 9.7)))
    assert found(RULE.check(WEB, observed(WEB, logs=log, sources={"web": DEFAULT}))).severity is Severity.MEDIUM


def test_clear_when_all_attempts_fit() -> None:
    """Two of 2 s."""
    assert clear(RULE.check(WEB, declared(WEB, sources={"web": QUICK}))) == "1 client give up within 10 s"


def test_no_data_without_the_source() -> None:
    """It is not here."""
    assert undecided(RULE.check(WEB, declared(WEB))) == "its source is not here"
