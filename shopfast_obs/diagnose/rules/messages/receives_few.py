"""Queues that give a message up too early."""

from __future__ import annotations

from shopfast_obs.diagnose import skipped_resources
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.property import Property
from shopfast_obs.diagnose.property_values import number
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import QUEUE

LEAST = 3


RULE = Rule(
    "sqs-receives-few",
    "maxReceiveCount is low",
    Severity.LOW,
    (QUEUE,),
    Property(
        "RedrivePolicy.maxReceiveCount",
        lambda value: value is None or (number(value) or 0) >= LEAST,
        "{name} has a maxReceiveCount of {value}: throttling alone makes dead letters of good messages",
        after=5,
        because="throttles are no failures",
        command="shopfast-obs fix --apply",
    ),
    spared=skipped_resources.not_consumed,
    when="maxReceiveCount is below 3 on a queue that a function consumes.",
    why="A throttled function counts as a receive; AWS advises 5.",
    remedy="`maxReceiveCount: 5`.",
    limits="Only consumers by event source mapping are seen.",
    misleads="The messages in the dead-letter queue look poisonous, and are not.",
)
