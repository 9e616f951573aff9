"""Rule event-source-batch-whole."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.messages.batch_whole import RULE
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, QUEUE, Resource
from tests.diagnose.builders import clear, declared, found, function, undecided

WORK = Resource(QUEUE, "work", "Work")


def feed(**properties: object) -> Resource:
    """A mapping of the queue."""
    return Resource(
        EVENT_SOURCE_MAPPING, "m", properties={"EventSourceArn": {"Ref": "Work"}, "FunctionName": "web", **properties}
    )


def test_found_when_a_batch_fails_as_a_whole() -> None:
    """Ten messages by default."""
    finding = found(RULE.check(feed(), declared(feed(), WORK, function())))
    assert "web gets up to 10 messages of work at once" in finding.title


def test_clear_with_single_failures_or_single_messages() -> None:
    """A stream is another rule's."""
    partial = feed(FunctionResponseTypes=["ReportBatchItemFailures"])
    assert clear(RULE.check(partial, declared(partial, WORK))) == "it reports the failures of single messages"
    one = feed(BatchSize=1)
    assert clear(RULE.check(one, declared(one, WORK))) == "it hands over one message at a time"
    assert clear(RULE.check(feed(), declared(feed()))) == "its source is no queue of the inventory"


def test_no_data_when_a_parameter_decides() -> None:
    """The size of the batch."""
    left = feed(BatchSize={"Ref": "Size"})
    assert "parameter" in undecided(RULE.check(left, declared(left, WORK)))
