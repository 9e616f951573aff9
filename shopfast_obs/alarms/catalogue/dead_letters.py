"""A dead-letter queue that is not empty."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from shopfast_obs.alarms.interface import NotNeeded, define, single
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import QUEUE, Inventory, Resource

# Where CloudFormation's resource types name their dead-letter or failure destination.
_TARGETS = {"deadLetterTargetArn", "DeadLetterConfig", "DeadLetterArn", "OnFailure"}


class DeadLetters:
    """Messages lie in a dead-letter queue: work that was given up, and that nobody else counts as an error."""

    id = "dead-letters"
    title = "A dead-letter queue is not empty"
    resource_type = QUEUE

    def derive(self, resource: Resource, inventory: Inventory) -> AlarmDefinition | NotNeeded:
        """An alarm on the first message: one dead letter is one customer who waits."""
        if not any(_names(target, resource) for item in inventory.resources for target in _targets(item.properties)):
            return NotNeeded(resource.name, self.id, "nothing sends its dead letters there")
        watched = single("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", {"QueueName": resource.name})
        properties = {
            **watched,
            "Threshold": 0,
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,  # the queue holds the message for days: one look is enough
            "DatapointsToAlarm": 1,
        }
        return define(self, resource, f"Messages were given up and lie in {resource.name}.", properties)


def _targets(value: Any) -> Iterator[Any]:  # noqa: ANN401 - any JSON value
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            for key, child in item.items():
                if key in _TARGETS:
                    yield child
                else:
                    stack.append(child)
        elif isinstance(item, (list, tuple)):
            stack.extend(item)
        elif isinstance(item, str) and "deadLetterTargetArn" in item:  # live APIs give the policy as JSON text
            try:
                stack.append(json.loads(item))
            except ValueError:
                continue


def _names(target: Any, queue: Resource) -> bool:  # noqa: ANN401 - an ARN or an intrinsic
    words = set(json.dumps(target, default=str).replace('"', ":").split(":"))
    return queue.name in words or (bool(queue.logical_id) and queue.logical_id in words)


KIND = DeadLetters()
