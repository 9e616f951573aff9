"""Rule lambda-client-in-handler."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.client_in_handler import RULE
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.sources import Client, Source
from tests.diagnose.builders import clear, declared, found, function

WEB = function()


def test_found_when_it_is_made_in_the_request() -> None:
    """With little CPU it costs the customer."""
    source = Source((Client("s3", "app.py", 4, in_function=True), Client("sqs", "app.py", 1)))
    finding = found(RULE.check(WEB, declared(WEB, sources={"web": source})))
    assert "web makes 1 client in the request, at 7 % of a vCPU" in finding.title
    assert finding.severity is Severity.LOW
    large = function(MemorySize=1024)
    assert found(RULE.check(large, declared(large, sources={"web": source}))).severity is Severity.INFO


def test_clear_when_it_is_made_once() -> None:
    """At module level."""
    source = Source((Client("sqs", "app.py", 1),))
    assert clear(RULE.check(WEB, declared(WEB, sources={"web": source}))) == "1 client made once an environment"
