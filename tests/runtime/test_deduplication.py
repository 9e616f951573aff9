"""FIFO queues and topics take a retry for what it is: no id is in anything that they hash."""

import hashlib
import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from shopfast_obs.runtime import correlation, observed, outgoing_calls

ORDER = '{"order": "o-1", "total": 10.50}'
FIFO = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
CONTEXT = SimpleNamespace(aws_request_id="r-1", client_context=None)


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS, as moto has it, and the layer's hooks."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    handlers = sys.modules["botocore.handlers"].BUILTIN_HANDLERS
    before = list(handlers)
    outgoing_calls.install()
    with mock_aws():
        yield
    handlers[:] = before
    correlation.begin("")


def asked_twice(send: Callable[[], object]) -> None:
    """Two requests, each with an id of its own, in which the same is sent."""
    for caller in ("caller-1", "caller-2"):
        observed(lambda event, context: send() and None)(
            {"requestContext": {"http": {}}, "headers": {"x-correlation-id": caller}}, CONTEXT
        )


def received(queue: Any) -> list[tuple[str, dict[str, Any] | None]]:
    """What is in the queue: bodies and attributes."""
    found = queue.receive_messages(MaxNumberOfMessages=10, MessageAttributeNames=["All"])
    return [(message.body, message.message_attributes) for message in found]


def carrying(value: str) -> dict[str, Any]:
    """The attribute with that id."""
    return {"correlation_id": {"StringValue": value, "DataType": "String"}}


def test_a_queue_drops_the_retry() -> None:
    """Its hash is the body's alone; what is kept is the first message, with the id of who asked for that."""
    queue = boto3.resource("sqs").create_queue(QueueName="orders.fifo", Attributes=FIFO)
    client = boto3.client("sqs")
    asked_twice(lambda: client.send_message(QueueUrl=queue.url, MessageBody=ORDER, MessageGroupId="g"))
    assert received(queue) == [(ORDER, carrying("caller-1"))]


def test_so_it_is_with_the_resource_api() -> None:
    """A message, and several at once."""
    queue = boto3.resource("sqs").create_queue(QueueName="orders.fifo", Attributes=FIFO)
    asked_twice(lambda: queue.send_message(MessageBody=ORDER, MessageGroupId="g"))
    entries = [{"Id": name, "MessageBody": f'{{"order": "{name}"}}', "MessageGroupId": name} for name in ("o-2", "o-3")]
    asked_twice(lambda: queue.send_messages(Entries=entries))
    assert sorted(received(queue), key=str) == sorted(
        [(ORDER, carrying("caller-1")), *((entry["MessageBody"], carrying("caller-1")) for entry in entries)], key=str
    )
    assert all("MessageAttributes" not in entry for entry in entries)


def test_an_id_for_deduplication_of_its_own_stays() -> None:
    """The application's, with another body."""
    queue = boto3.resource("sqs").create_queue(QueueName="orders.fifo", Attributes=FIFO)
    bodies = iter([ORDER, "again"])
    asked_twice(
        lambda: queue.send_message(MessageBody=next(bodies), MessageGroupId="g", MessageDeduplicationId="order-o-1")
    )
    assert received(queue) == [(ORDER, carrying("caller-1"))]


def test_a_topic_gets_the_same_text_to_hash() -> None:
    """By the resource API, and in a batch."""
    sent: list[dict[str, Any]] = []
    topic = boto3.resource("sns").create_topic(
        Name="orders.fifo", Attributes={"FifoTopic": "true", "ContentBasedDeduplication": "true"}
    )
    for call in ("Publish", "PublishBatch"):  # the events of the layer's hooks, so that it comes behind them
        topic.meta.client.meta.events.register_last(
            f"before-parameter-build.sns.{call}", lambda params, **_: sent.append(dict(params))
        )
    asked_twice(lambda: topic.publish(Message=ORDER, MessageGroupId="g"))
    entry = {"Id": "1", "Message": ORDER, "MessageGroupId": "g"}
    asked_twice(lambda: topic.meta.client.publish_batch(TopicArn=topic.arn, PublishBatchRequestEntries=[entry]))
    messages = [each for params in sent for each in params.get("PublishBatchRequestEntries", [params])]
    assert len(messages) == 4
    assert {hashlib.sha256(each["Message"].encode()).hexdigest() for each in messages} == {
        hashlib.sha256(ORDER.encode()).hexdigest()
    }
    assert not any("MessageDeduplicationId" in each for each in messages)
    ids = [each["MessageAttributes"]["correlation_id"]["StringValue"] for each in messages]
    assert ids == ["caller-1", "caller-2"] * 2
