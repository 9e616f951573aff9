"""A function that falls behind its stream."""

from __future__ import annotations

from collections.abc import Iterable

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.interface import NotNeeded, define, single
from shopfast_obs.alarms.metric_alarm import firing
from shopfast_obs.alarms.waiting_age import late
from shopfast_obs.analysis.wiring.delivery import streams
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import FUNCTION, Resource
from shopfast_obs.parse.numbers import number

RETENTION = 86_400  # seconds for which Kinesis (by default) and DynamoDB keep a record


class StreamAge:
    """The records that a function gets from a stream are older than it may need: it is too slow, or one is bad."""

    id = "stream-age"
    title = "A function falls behind the stream that it reads"
    first = (
        "See whether one batch fails again and again (its errors), else whether the function is too slow for the load."
    )
    resource_type = FUNCTION

    def derive(self, resource: Resource, index: References) -> AlarmDefinition | NotNeeded:
        """An alarm on the age of what the function gets, with a threshold from the time that a batch may take, before
        records are dropped."""
        mappings = streams(resource, index)
        if not mappings:
            return NotNeeded(resource.name, self.id, "it reads no Kinesis or DynamoDB stream")
        timeout = number(resource.effective("Timeout"))
        if timeout is None:
            return NotNeeded(resource.name, self.id, "its timeout is known only when it is deployed")
        window = max(_numbers(mappings, "MaximumBatchingWindowInSeconds"), default=0)
        kept = min((n for n in _numbers(mappings, "MaximumRecordAgeInSeconds") if n > 0), default=RETENTION)
        seconds = late(timeout, kept, window)
        on = {"FunctionName": naming.name(resource)}
        watched = single("AWS/Lambda", "IteratorAge", "Maximum", on)
        properties = {**watched, **firing(seconds * 1000)}
        because = f"{resource.name} gets records of its stream that are more than {seconds} s old."
        return define(self, resource, because, properties)


def _numbers(mappings: Iterable[Resource], name: str) -> list[float]:
    return [value for item in mappings if (value := number(item.properties.get(name))) is not None]


KIND = StreamAge()
