"""Rule event-source-stream-retries."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.messages.stream_retries import RULE
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, Resource
from tests.diagnose.builders import clear, declared, found, undecided

ARN = "arn:aws:kinesis:eu-west-1:1:stream/clicks"
BOUNDED = {"MaximumRetryAttempts": 3, "BisectBatchOnFunctionError": True}
DESTINATION = {"DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:x:1:dead"}}}


def feed(**properties: object) -> Resource:
    """A mapping of the stream."""
    return Resource(EVENT_SOURCE_MAPPING, "m", properties={"EventSourceArn": ARN, **properties})


def test_found_when_it_retries_for_ever() -> None:
    """As it does by default; with a bound it is less grave."""
    finding = found(RULE.check(feed(), declared(feed())))
    assert "m retries without an end, never splits a batch, hands what fails to nobody" in finding.title
    assert finding.severity is Severity.MEDIUM
    assert found(RULE.check(feed(**BOUNDED), declared())).severity is Severity.LOW


def test_clear_when_bounded_or_no_stream() -> None:
    """A queue has a redrive policy instead."""
    assert clear(RULE.check(feed(**BOUNDED, **DESTINATION), declared())).startswith("it bounds its retries")
    queue = feed(EventSourceArn="arn:aws:sqs:x:1:work")
    assert clear(RULE.check(queue, declared())) == "its source is no stream"


def test_no_data_when_a_parameter_decides() -> None:
    """The number of retries."""
    assert "parameter" in undecided(RULE.check(feed(MaximumRetryAttempts={"Ref": "N"}), declared()))
