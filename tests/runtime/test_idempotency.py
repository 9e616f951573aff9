"""The same order twice, by a producer that retries with another id: paid once, no error, one id in all lines."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent,
    idempotent_function,
)
from aws_lambda_powertools.utilities.parser import envelopes, event_parser
from aws_lambda_powertools.utilities.parser import parse as parse_event
from moto import mock_aws
from pydantic import BaseModel, ConfigDict

from shopfast_obs.runtime import current_id, observed, outgoing_calls
from tests.runtime.deliveries import DOORS, FUNCTION, Delivery, Integration, order_of, sent

ORDER = '{"order": "o-1", "total": 10.50}'
ROOT = "1-5759e988-bd862e3fe1be46a994272793"
STREAMED = "1-6869e988-bd862e3fe1be46a994272793"  # of a receiver that a stream calls
SWITCH = "SHOPFAST_OBS_CORRELATION_PAYLOADS"
CONTEXT = SimpleNamespace(
    function_name="pay",
    memory_limit_in_mb="128",
    invoked_function_arn=FUNCTION,
    aws_request_id="r-1",
    client_context=None,
    get_remaining_time_in_millis=lambda: 30_000,
)

Handler = Callable[..., Any]


class Order(BaseModel):
    """What the receiver takes, and nothing else."""

    model_config = ConfigDict(extra="forbid")
    order: str
    total: float


@dataclass
class Plain:
    """The same, of the standard library."""

    order: str
    total: float


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    """The environment of two functions, and an account; boto3's session lives as long, for it reads AWS's models."""
    handlers = sys.modules["botocore.handlers"].BUILTIN_HANDLERS
    before = list(handlers)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (
            ("AWS_ACCESS_KEY_ID", "testing"),
            ("AWS_SECRET_ACCESS_KEY", "testing"),
            ("AWS_DEFAULT_REGION", "eu-west-1"),
            ("AWS_LAMBDA_FUNCTION_NAME", "pay"),
            ("POWERTOOLS_TRACE_DISABLED", "1"),
        ):
            patch.setenv(name, value)
        outgoing_calls.install()
        with mock_aws():
            yield boto3.client("dynamodb")
    handlers[:] = before


@pytest.fixture(autouse=True)
def _table(dynamodb: Any) -> Iterator[None]:
    """The table behind Powertools' idempotency."""
    dynamodb.create_table(
        TableName="paid",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    yield
    dynamodb.delete_table(TableName="paid")


def whole(door: Integration, pay: Handler) -> Handler:
    """Powertools' default key: all that the function is given."""
    store = DynamoDBPersistenceLayer(table_name="paid")
    if door.place == "@":
        return idempotent(persistence_store=store)(lambda event, context: pay(**event))
    once = idempotent_function(data_keyword_argument="order", persistence_store=store)(lambda order: pay(**order))
    return lambda event, context: once(order=order_of(door, event))


def keyed(door: Integration, pay: Handler) -> Handler:
    """A key by JMESPath, with the whole payload compared to the first one."""
    config = IdempotencyConfig(
        event_key_jmespath=door.key or "[order, total]", payload_validation_jmespath=door.key, use_local_cache=True
    )
    store = DynamoDBPersistenceLayer(table_name="paid")
    return idempotent(config=config, persistence_store=store)(lambda event, context: pay(**order_of(door, event)))


def once(pay: Handler) -> Handler:
    """Idempotent by the order's own number."""
    seen: dict[str, Any] = {}

    def paying(order: str, total: float) -> Any:
        if order not in seen:
            seen[order] = pay(order=order, total=total)
        return seen[order]

    return paying


def model(door: Integration, pay: Handler) -> Handler:
    """A strict pydantic model."""
    paying = once(pay)
    return lambda event, context: paying(**Order.model_validate(order_of(door, event)).model_dump())


def constructor(door: Integration, pay: Handler) -> Handler:
    """`Order(**detail)`."""
    paying = once(pay)
    return lambda event, context: paying(**vars(Plain(**order_of(door, event))))


def keywords(door: Integration, pay: Handler) -> Handler:
    """A function that takes the payload's keys as its parameters, and no others."""
    paying = once(pay)

    def work(**order: Any) -> Any:
        assert list(order) == ["order", "total"]
        return paying(**order)

    return lambda event, context: work(**order_of(door, event))


def parsed(door: Integration, pay: Handler) -> Handler:
    """Powertools' parser, with the envelope of the service."""
    paying = once(pay)
    envelope: Any = {
        "events": envelopes.EventBridgeEnvelope,
        "sqs": envelopes.SqsEnvelope,
        "kinesis": envelopes.KinesisDataStreamEnvelope,
    }.get(door.service)
    if envelope is not None:

        def enveloped(event: Any, context: Any) -> Any:
            found: Any = parse_event(event=event, model=Order, envelope=envelope)
            return paying(**(found[0] if isinstance(found, list) else found).model_dump())

        return enveloped

    @event_parser(model=Order)
    def handler(event: Order, context: Any) -> Any:
        return paying(**event.model_dump())

    return handler


def produced(door: Integration, caller: str) -> Delivery:
    """What an instrumented producer, asked by somebody with an id, sends."""
    found: list[Delivery] = []

    @observed
    def producer(event: Any, context: Any) -> None:
        assert current_id() == caller
        found.append(sent(door, ORDER))

    producer({"requestContext": {"http": {}}, "headers": {"x-correlation-id": caller}}, CONTEXT)
    return found[0]


@pytest.mark.parametrize("payloads", ["", "all"])
@pytest.mark.parametrize("receiver", [whole, keyed, model, constructor, keywords, parsed])
@pytest.mark.parametrize("name", DOORS)
def test_a_retried_order_is_paid_once(
    name: str, receiver: Callable[[Integration, Handler], Handler], payloads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the receiver hashes, compares or refuses; each of its lines has the id of who asked.

    Of a stream only where the payload may carry it."""
    monkeypatch.setenv(SWITCH, payloads)
    door, paid, ids = DOORS[name], [], []

    def pay(order: str, total: float) -> str:
        paid.append((order, total, current_id()))
        return "receipt"

    work = receiver(door, pay)

    @observed
    def handler(event: Any, context: Any) -> Any:
        ids.append(current_id())
        return work(event, context)

    for caller in ("caller-1", "caller-2"):
        monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1")
        delivery = produced(door, caller)
        header = f"Root={STREAMED};Sampled=1" if name == "kinesis" else delivery.header
        monkeypatch.setenv("_X_AMZN_TRACE_ID", header)
        for again in (delivery.event, json.loads(json.dumps(delivery.event))):  # services deliver at least once
            assert handler(again, CONTEXT) == "receipt"
    told = ["caller-1", "caller-1", "caller-2", "caller-2"]
    if name == "kinesis" and not payloads:  # a stream has no carrier but the data
        told = [STREAMED] * 4
    assert ids == told
    assert paid == [("o-1", 10.5, ids[0])]


@pytest.mark.parametrize("name", ["eventbridge", "stepfunctions", "lambda"])
def test_where_a_service_drops_our_field_the_trace_is_what_both_sides_share(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS does not document that a further field of the header is handed on."""
    monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1")
    delivery = produced(DOORS[name], "caller-1")
    kept = [part for part in delivery.header.split(";") if not part.startswith("CorrelationId=")]
    assert f"Root={ROOT}" in kept and ";".join(kept) != delivery.header
    monkeypatch.setenv("_X_AMZN_TRACE_ID", ";".join(kept))
    assert observed(lambda event, context: current_id())(delivery.event, CONTEXT) == ROOT


@pytest.mark.parametrize("headers", [{"x-correlation-id": "caller-1"}, {}])
@pytest.mark.parametrize("name", ["eventbridge", "stepfunctions", "lambda"])
def test_one_search_finds_the_lines_of_both_sides_without_our_field(
    name: str, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the trace's id: it is the id of both where nobody sent one, else the producer's lines have it beside."""
    monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1")
    found: list[Delivery] = []
    output = StringIO()
    logger = Logger(service=f"sides-{name}", stream=output, level="INFO")
    logger.handlers[0].setStream(output)  # type: ignore[attr-defined]

    def produce(event: Any, context: Any) -> None:
        logger.info("sending")
        found.append(sent(DOORS[name], ORDER))

    observed(produce)({"requestContext": {"http": {}}, "headers": headers}, CONTEXT)
    kept = [part for part in found[0].header.split(";") if not part.startswith("CorrelationId=")]
    monkeypatch.setenv("_X_AMZN_TRACE_ID", ";".join(kept))
    observed(lambda event, context: logger.info("received"))(found[0].event, CONTEXT)
    producer, receiver = [json.loads(line) for line in output.getvalue().splitlines()]
    assert producer["correlation_id"] == headers.get("x-correlation-id", ROOT)
    assert producer["xray_trace_id"] == receiver["correlation_id"] == receiver["xray_trace_id"] == ROOT
