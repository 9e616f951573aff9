"""Rule lambda-sdk-timeouts."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.sdk_timeouts import RULE
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.sources import Client, Package, Source
from tests.diagnose.builders import clear, declared, found, function, guard, killed, observed, speaking, written

WEB = function(Timeout=10, MemorySize=512)
DEFAULT = Source((Client("dynamodb", "store.py", 7),))
QUICK = Source((Client("dynamodb", "store.py", 7, connect=1, read=2, attempts=2),))


def test_found_when_the_client_outwaits_the_function() -> None:
    """The SDK's default is 60 s an attempt; an information until a request hung."""
    finding = found(RULE.check(WEB, declared(WEB, sources={"web": DEFAULT})))
    assert (
        "may run 10 s, and its client of dynamodb waits 240 to 600 s for one answer (60 s an attempt)" in finding.title
    )
    assert "the runtime's boto3: 4 from boto3 1.44.0 on, 10 before" in finding.evidence[0].summary
    assert finding.evidence[0].locator == "store.py:7"
    assert finding.severity is Severity.INFO
    log = written(WEB, speaking(killed(1, 10, memory_mb=512), guard("dynamodb.GetItem", 9.7)))
    assert found(RULE.check(WEB, observed(WEB, logs=log, sources={"web": DEFAULT}))).severity is Severity.MEDIUM


def package(versions: str) -> Source:
    """The source of a function that waits 2 s for DynamoDB, with an SDK of its own."""
    client = Client("dynamodb", "store.py", 7, connect=1, read=2)
    return Source((client,), packages=(Package("boto3", versions, "src/requirements.txt"),))


def test_the_sdk_of_the_package_decides_how_often() -> None:
    """DynamoDB has 10 attempts before boto3 1.44.0, and 4 since."""
    web = function(Timeout=15, MemorySize=512)
    old = found(RULE.check(web, declared(web, sources={"web": package("==1.43.106")})))
    assert "waits up to 20 s for one answer (2 s an attempt)" in old.title
    assert "10 attempts by boto3 ==1.43.106 in src/requirements.txt" in old.evidence[0].summary
    assert "every client gives up within 15 s" in clear(
        RULE.check(web, declared(web, sources={"web": package("==1.44.8")}))
    )
    either = found(RULE.check(web, declared(web, sources={"web": package(">=1.26")})))
    assert (either.confidence, old.confidence) == ("possible", "likely")


def test_clear_when_all_attempts_fit() -> None:
    """Two of 2 s."""
    assert clear(RULE.check(WEB, declared(WEB, sources={"web": QUICK}))) == "every client gives up within 10 s"
