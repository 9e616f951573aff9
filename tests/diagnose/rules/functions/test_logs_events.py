"""Rule lambda-logs-events."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.logs_events import RULE
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import PERMISSION, Resource
from shopfast_obs.model.sources import Source
from tests.diagnose.builders import clear, declared, found, function

WEB = function()


def test_found_when_the_source_dumps_events() -> None:
    """With the place."""
    finding = found(RULE.check(WEB, declared(WEB, sources={"web": Source(dumps=("app.py:3",))})))
    assert finding.evidence[0].locator == "app.py:3"
    assert (finding.severity, finding.title) == (
        Severity.LOW,
        "web logs whole events, with whatever they hold",
    )


def test_what_cloudformation_sends_is_no_customers() -> None:
    """The function of a custom resource that nothing else calls; with a permission for S3 it is one like any other."""
    made = Resource("Custom::Seed", "seed", properties={"ServiceToken": {"Fn::GetAtt": ["web", "Arn"]}})
    sources = {"web": Source(dumps=("app.py:3",))}
    finding = found(RULE.check(WEB, declared(WEB, made, sources=sources)))
    assert finding.severity is Severity.INFO and "CloudFormation" in finding.title
    let_in = Resource(PERMISSION, "p", properties={"FunctionName": {"Ref": "web"}, "Principal": "s3.amazonaws.com"})
    assert found(RULE.check(WEB, declared(WEB, made, let_in, sources=sources))).severity is Severity.LOW


def test_clear_when_it_does_not() -> None:
    """Fields only."""
    assert clear(RULE.check(WEB, declared(WEB, sources={"web": Source()}))) == "its source logs no whole event"
