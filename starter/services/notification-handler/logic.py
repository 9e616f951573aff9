"""From an order event to a message for the customer."""

from __future__ import annotations

import json
import logging
from typing import Any

import messages
import store

logger = logging.getLogger()
logger.setLevel(logging.INFO)


class UnprocessableEventError(ValueError):
    """The message is no order event that a customer could be told about."""


def notify(text: str) -> str:
    """Publish the customer message for one order event; the id that SNS gave it."""
    kind, order = parse(text)
    message = messages.BUILDERS[kind](order)
    message_id = store.publish(message)
    logger.info("sent %s for order %s", message.kind, message.order_id)
    return message_id


def parse(text: str) -> tuple[str, dict[str, Any]]:
    """The detail-type and the order of an EventBridge event."""
    try:
        event = json.loads(text)
    except ValueError:
        raise UnprocessableEventError("The message is not JSON") from None
    if not isinstance(event, dict) or not isinstance(event.get("detail"), dict):
        raise UnprocessableEventError("The message is not an event with a detail")
    kind, order = event.get("detail-type"), event["detail"]
    if kind not in messages.BUILDERS:
        raise UnprocessableEventError(f"Nobody is told about events of type {kind!r}")
    for name in ("orderId", "customerId"):
        if not isinstance(order.get(name), str) or not order[name]:
            raise UnprocessableEventError(f"The event of type {kind} has no {name}")
    return kind, order
