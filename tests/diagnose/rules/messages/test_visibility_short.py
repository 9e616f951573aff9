"""Rule sqs-visibility-short."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.messages.visibility_short import RULE
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, QUEUE, Resource
from tests.diagnose.builders import clear, declared, found, function, undecided

FEED = Resource(
    EVENT_SOURCE_MAPPING,
    "m",
    properties={"EventSourceArn": {"Fn::GetAtt": ["Work", "Arn"]}, "FunctionName": {"Ref": "Web"}},
)


def queue(**properties: object) -> Resource:
    """The consumed queue, 30 s by default."""
    return Resource(QUEUE, "work", "Work", properties=properties)


def test_found_below_six_times_the_timeout() -> None:
    """Below the timeout itself it does harm, above it is advice."""
    web = function(Timeout=20)
    advice = found(RULE.check(queue(), declared(queue(), FEED, web)))
    assert (advice.severity, "120 s are advised" in advice.title) == (Severity.INFO, True)
    short = queue(VisibilityTimeout=10)
    assert found(RULE.check(short, declared(short, FEED, web))).severity is Severity.MEDIUM


def test_clear_when_long_enough_or_not_consumed() -> None:
    """30 s are six times 5 s."""
    web = function(Timeout=5)
    assert "at least 6 times" in clear(RULE.check(queue(), declared(queue(), FEED, web)))
    assert "no function" in clear(RULE.check(queue(), declared(queue(), web)))


def test_no_data_when_a_parameter_decides() -> None:
    """The timeout is not known."""
    web = function(Timeout={"Ref": "Seconds"})
    assert "parameter" in undecided(RULE.check(queue(), declared(queue(), FEED, web)))
