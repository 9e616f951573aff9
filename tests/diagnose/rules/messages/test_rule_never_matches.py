"""Rule event-rule-never-matches."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.messages.rule_never_matches import RULE
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import EVENT_RULE, Resource
from shopfast_obs.model.telemetry import MetricSeries
from tests.diagnose.builders import aws_call, calling, clear, found, function, metric, observed, undecided


def rule(name: str) -> Resource:
    """A rule of the bus."""
    return Resource(EVENT_RULE, name, properties={"EventBusName": "bus", "EventPattern": {"source": ["shop"]}})


ONE, OTHER = rule("one"), rule("other")
WEB = function(TracingConfig={"Mode": "Active"})
PUT = calling("web", aws_call("Events", "PutEvents", 0.0, 0.1))


def matched(name: str) -> MetricSeries:
    """Four events that a rule matched."""
    return metric("AWS/Events", "MatchedEvents", 4, EventBusName="bus", RuleName=name)


def test_found_when_events_are_put_and_no_rule_matches() -> None:
    """All of them are lost; a rule for rare events beside others is an information."""
    finding = found(RULE.check(ONE, observed(ONE, OTHER, WEB, traces=[PUT])))
    assert finding.title == "one matched no event, and traces show 1 PutEvents call"
    assert (finding.severity, finding.evidence[-1].traces) == (Severity.HIGH, (PUT.id,))
    beside = found(RULE.check(ONE, observed(ONE, OTHER, metrics=[matched("other")])))
    assert (beside.severity, beside.confidence) == (Severity.INFO, "possible")


def test_clear_when_it_matched() -> None:
    """Anything."""
    assert clear(RULE.check(ONE, observed(ONE, metrics=[matched("one")]))) == "it matched 4 events"


def test_no_data_when_nothing_shows_that_events_were_put() -> None:
    """Silence may be right."""
    assert undecided(RULE.check(ONE, observed(ONE))).startswith("nothing shows that events were put on its bus")
