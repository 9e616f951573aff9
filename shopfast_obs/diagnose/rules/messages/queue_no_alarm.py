"""Queues that grow old without anyone being told."""

from __future__ import annotations

from shopfast_obs.analysis.wiring.delivery import consumers
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.missing_alarm import MissingAlarm
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import QUEUE, Resource


def _consumed(queue: Resource, context: Context) -> str:
    return "" if consumers(queue, context.references) else "no event source mapping or pipe reads it"


RULE = Rule(
    "sqs-no-alarm",
    "No alarm watches the age of a queue",
    Severity.INFO,
    (QUEUE,),
    MissingAlarm(
        ("ApproximateAgeOfOldestMessage",),
        "QueueName",
        "{name} has no alarm on the age of its messages: alarms watch {watched}",
    ),
    spared=_consumed,
    why="A consumer that stands still makes no error: only the age of the messages grows.",
    limits="An alarm on the depth does not tell load from a standstill.",
    misleads="The depth alone looks like load.",
)
