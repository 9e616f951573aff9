"""Batches: the work on each record goes by the record's own id."""

import base64
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

from shopfast_obs.runtime import correlation, current_id, observed
from shopfast_obs.runtime.sources import of_record

CONTEXT = SimpleNamespace(aws_request_id="request-1", client_context=None)


def message(value: str, message_id: str = "m") -> dict[str, Any]:
    """An SQS record with an id."""
    return {
        "messageId": message_id,
        "body": "x",
        "messageAttributes": {"correlation_id": {"stringValue": value}} if value else {},
        "eventSource": "aws:sqs",
    }


@pytest.fixture(autouse=True)
def _no_request() -> Iterator[None]:
    """Each test begins and ends outside of a request."""
    correlation.begin("")
    yield
    correlation.begin("")


def test_each_record_has_its_id_while_it_is_worked_on_and_the_batch_s_own_afterwards() -> None:
    """A record without one goes by that of the batch."""

    @observed
    def handler(event: Any, context: object) -> list[str]:
        seen = [current_id() for _ in event["Records"]]
        return [*seen, current_id()]

    assert handler({"Records": [message("a"), message("b"), message("")]}, CONTEXT) == [
        "a",
        "b",
        "request-1",
        "request-1",
    ]


def test_powertools_batch_processor_works_under_each_id() -> None:
    """It walks the list that it was given."""
    seen = []

    def work(record: Any) -> None:
        seen.append((record.message_id, current_id()))

    @observed
    def handler(event: Any, context: Any) -> Any:
        processor = BatchProcessor(event_type=EventType.SQS)
        return process_partial_response(event=event, record_handler=work, processor=processor, context=context)

    result = handler({"Records": [message("a", "1"), message("b", "2")]}, CONTEXT)
    assert seen == [("1", "a"), ("2", "b")]
    assert result == {"batchItemFailures": []}


def test_stream_records_bring_theirs_in_their_data() -> None:
    """Kinesis in the producer's JSON, DynamoDB in the item; other data is no error."""
    data = base64.b64encode(b'{"_correlation_id": "abc", "n": 1}').decode()
    assert of_record({"kinesis": {"data": data}}) == "abc"
    assert of_record({"dynamodb": {"NewImage": {"_correlation_id": {"S": "abc"}}}}) == "abc"
    for data in ("%%", base64.b64encode(b"\xff\xfe").decode(), base64.b64encode(b"correlation_id").decode()):
        assert of_record({"kinesis": {"data": data}}) == ""
    assert of_record({"dynamodb": {"NewImage": None}}) == ""
