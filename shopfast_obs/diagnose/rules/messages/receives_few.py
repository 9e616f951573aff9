"""Queues that give a message up too early."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.setting import Setting, setting
from shopfast_obs.diagnose.values import number
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import QUEUE, Resource

LEAST = 3


def _consumed(queue: Resource, context: Context) -> str:
    return "" if context.consumers(queue) else "no function consumes it"


RULE = setting(
    "sqs-receives-few",
    "maxReceiveCount is low",
    Severity.LOW,
    QUEUE,
    Setting(
        "RedrivePolicy.maxReceiveCount",
        lambda value: value is None or (number(value) or 0) >= LEAST,
        "{name} has a maxReceiveCount of {value}: throttling alone makes dead letters of good messages",
        concerns=_consumed,
        after=5,
        because="throttles are no failures",
        command="shopfast-obs fix --apply",
    ),
    when="maxReceiveCount is below 3 on a queue that a function consumes.",
    why="A throttled function counts as a receive; AWS advises 5.",
    remedy="`maxReceiveCount: 5`.",
    limits="Only consumers by event source mapping are seen.",
    misleads="The messages in the dead-letter queue look poisonous, and are not.",
)
