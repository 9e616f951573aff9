"""Rule event-source-stream-retries."""

from __future__ import annotations

import pytest

from shopfast_obs.diagnose.rules.messages.stream_retries import RULE
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, QUEUE, TABLE, Resource
from tests.diagnose.builders import clear, declared, found, undecided

ARN = "arn:aws:kinesis:eu-west-1:1:stream/clicks"
BOUNDED = {"MaximumRetryAttempts": 3}
DESTINATION = {"DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:x:1:dead"}}}


def feed(**properties: object) -> Resource:
    """A mapping of the stream."""
    return Resource(EVENT_SOURCE_MAPPING, "m", properties={"EventSourceArn": ARN, **properties})


@pytest.mark.parametrize(
    "source",
    [
        ARN,
        "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/t/stream/1",
        {"Fn::GetAtt": ["Orders", "StreamArn"]},
        {"Ref": "Orders"},
    ],
)
def test_found_when_it_retries_for_ever(source: object) -> None:
    """As it does by default."""
    table = Resource(TABLE, "Orders", "Orders")
    finding = found(RULE.check(feed(EventSourceArn=source), declared(table)))
    assert finding.title == "m retries without an end: one bad record holds up its shard until it expires"
    assert finding.severity is Severity.MEDIUM


@pytest.mark.parametrize(
    "properties",
    [
        {"EventSourceArn": "arn:aws:kafka:eu-west-1:1:cluster/orders/0-1"},
        {"EventSourceArn": None, "SelfManagedEventSource": {"Endpoints": {}}},
    ],
)
def test_found_for_kafka_whatever_its_cluster_is_called(properties: dict[str, object]) -> None:
    """A partition waits as a shard does."""
    assert "holds up its partition" in found(RULE.check(feed(**properties), declared())).title


def test_found_less_grave_when_what_fails_is_dropped() -> None:
    """With a bound nothing is held up: the record is lost, and its batch unless that is split."""
    finding = found(RULE.check(feed(**BOUNDED), declared()))
    assert finding.title.endswith("hands what failed to nobody: the record and its whole batch are lost")
    assert finding.severity is Severity.LOW
    aged = feed(MaximumRecordAgeInSeconds=120, FunctionResponseTypes=["ReportBatchItemFailures"])
    assert (
        "gives up after 120 s and hands what failed to nobody: the record is lost"
        in found(RULE.check(aged, declared())).title
    )


@pytest.mark.parametrize(
    "source", ["arn:aws:sqs:x:1:work", "arn:${AWS::Partition}:sqs:${AWS::Region}:1:StreamJobs", {"Ref": "StreamJobs"}]
)
def test_clear_when_it_is_no_stream(source: object) -> None:
    """A queue has a redrive policy instead, also one that is called after streams."""
    queue = Resource(QUEUE, "StreamJobs", "StreamJobs")
    assert clear(RULE.check(feed(EventSourceArn=source), declared(queue))) == "its source is no stream"


def test_clear_when_bounded_with_a_destination() -> None:
    """What fails is somewhere."""
    assert clear(RULE.check(feed(**BOUNDED, **DESTINATION), declared())).startswith("it gives up after 3 retries")


def pipe(**parameters: object) -> Resource:
    """A pipe that reads the stream."""
    properties = {"Source": ARN, "SourceParameters": {"KinesisStreamParameters": parameters}}
    return Resource("AWS::Pipes::Pipe", "p", properties=properties)


def test_a_pipe_from_a_stream_is_judged_as_a_mapping() -> None:
    """Retries without an end, a bound without a queue, and both as they should be."""
    assert found(RULE.check(pipe(), declared())).title.startswith("p retries without an end")
    split = pipe(MaximumRetryAttempts="3", OnPartialBatchItemFailure="AUTOMATIC_BISECT")
    assert found(RULE.check(split, declared())).title.endswith("hands what failed to nobody: the record is lost")
    sound = pipe(MaximumRetryAttempts=3, DeadLetterConfig={"Arn": "arn:aws:sqs:x:1:dead"})
    assert clear(RULE.check(sound, declared())).startswith("it gives up after 3 retries")
    queue = Resource("AWS::Pipes::Pipe", "q", properties={"Source": "arn:aws:sqs:x:1:work"})
    assert clear(RULE.check(queue, declared())) == "its source is no stream"


def test_no_data_when_a_parameter_decides() -> None:
    """The number of retries, or the source."""
    assert "parameter" in undecided(RULE.check(feed(MaximumRetryAttempts={"Ref": "N"}), declared()))
    assert "cannot be told" in undecided(RULE.check(feed(EventSourceArn={"Ref": "DbStreamArn"}), declared()))
