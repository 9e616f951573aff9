"""Rule sns-filtered-out."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.messages.filtered_out import RULE
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import SUBSCRIPTION, TOPIC, Resource
from shopfast_obs.model.sources import Call, Source
from shopfast_obs.model.telemetry import MetricSeries
from tests.diagnose.builders import clear, declared, found, metric, observed, undecided

NEWS = Resource(TOPIC, "news", "News", arn="arn:aws:sns:x:1:news")
SUBSCRIBED = Resource(
    SUBSCRIPTION,
    "s",
    properties={"TopicArn": NEWS.arn, "Endpoint": "arn:aws:lambda:x:1:function:web", "FilterPolicy": {"kind": ["a"]}},
)
BARE = {"orders": Source((), (Call("publish", "out.py", 5, (), frozenset({"TopicArn", "Message"})),))}


def counted(name: str, value: float) -> MetricSeries:
    """A metric of the topic."""
    return metric("AWS/SNS", name, value, TopicName="news")


def test_found_when_every_message_is_filtered_out() -> None:
    """With the call that sends no attributes."""
    metrics = [counted("NumberOfMessagesPublished", 9), counted("NumberOfNotificationsFilteredOut", 9)]
    finding = found(RULE.check(SUBSCRIBED, observed(NEWS, SUBSCRIBED, metrics=metrics, sources=BARE)))
    assert "web gets nothing of news: its filter needs message attributes" in finding.title
    assert (finding.severity, finding.harm, finding.evidence[-1].locator) == (Severity.HIGH, 9, "orders out.py:5")


def test_found_in_a_template_from_the_source() -> None:
    """Without metrics: likely."""
    finding = found(RULE.check(SUBSCRIBED, declared(NEWS, SUBSCRIBED, sources=BARE)))
    assert (finding.severity, finding.confidence) == (Severity.MEDIUM, "likely")


def test_clear_when_some_pass_or_nothing_filters() -> None:
    """That is what filters are for."""
    metrics = [counted("NumberOfMessagesPublished", 9), counted("NumberOfNotificationsFilteredOut", 5)]
    assert clear(RULE.check(SUBSCRIBED, observed(NEWS, SUBSCRIBED, metrics=metrics))) == "5 of 9 messages filtered out"
    plain = Resource(SUBSCRIPTION, "s", properties={"TopicArn": NEWS.arn})
    assert clear(RULE.check(plain, declared(NEWS, plain))) == "it has no filter"


def test_no_data_when_nothing_was_published() -> None:
    """Or a template without a source."""
    assert "nothing was published" in undecided(RULE.check(SUBSCRIBED, observed(NEWS, SUBSCRIBED)))
    assert undecided(RULE.check(SUBSCRIBED, declared(NEWS, SUBSCRIBED))) == "a template shows no metrics"
