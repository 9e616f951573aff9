"""Why a resource is none of a rule's business, as several rules ask; empty where it is."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.event_fed import fed_by
from shopfast_obs.diagnose.functions.managed_instances import is_managed
from shopfast_obs.diagnose.interface import Reason
from shopfast_obs.model.resources import Resource, is_durable


def managed(reason: str) -> Reason:
    """A function on Managed Instances, for this reason."""
    return lambda function, _: reason if is_managed(function) else ""


def not_durable(function: Resource, _: Context) -> str:
    """A function whose executions are not durable."""
    return "" if is_durable(function) else "it is no durable function"


def not_fed(function: Resource, context: Context) -> str:
    """A function that no topic, bus, queue or workflow hands work to."""
    return "" if fed_by(function, context) else "no topic, bus, queue or workflow hands work to it"


def not_dead_letters(queue: Resource, context: Context) -> str:
    """A queue that nobody names as its dead-letter queue."""
    return "" if queue.name in context.dead_letter_queues else "it is no dead-letter queue"


def not_consumed(queue: Resource, context: Context) -> str:
    """A queue that no function reads."""
    return "" if context.consumers(queue) else "no function consumes it"
