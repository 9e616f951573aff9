"""Rule stream-no-alarm."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.rules.messages.stream_no_alarm import RULE
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, Gap, Inventory, Resource
from shopfast_obs.model.telemetry import Observations, WatchedMetric
from tests.diagnose.builders import WINDOW, alarm, clear, declared, found, function, observed, undecided

IT = function("it")
MAPPING = Resource(
    EVENT_SOURCE_MAPPING,
    "m",
    properties={"EventSourceArn": "arn:aws:kinesis:eu-west-1:1:stream/clicks", "FunctionName": "it"},
)


def test_found_when_nothing_watches() -> None:
    """Live or in a template."""
    for context in (observed(IT, MAPPING), declared(IT, MAPPING)):
        assert "it " in found(RULE.check(IT, context)).title


def test_clear_when_an_alarm_reads_it() -> None:
    """One of the telling metrics is enough."""
    watching = alarm("a", WatchedMetric("AWS/Lambda", "IteratorAge", (("FunctionName", "it"),)))
    assert clear(RULE.check(IT, observed(IT, MAPPING, alarms=[watching]))) == "alarms watch IteratorAge"


def test_clear_when_it_is_another_kind() -> None:
    """A queue is no stream, whatever it is called."""
    queue = {"EventSourceArn": "arn:aws:sqs:eu-west-1:1:StreamJobs", "FunctionName": "it"}
    reads = Resource(EVENT_SOURCE_MAPPING, "m", properties=queue)
    assert clear(RULE.check(IT, declared(IT, reads))) == "it reads no Kinesis or DynamoDB stream"


def test_no_data_when_alarms_could_not_be_read() -> None:
    """Denied is not nothing."""
    context = Context(Inventory("x", (IT, MAPPING)), Observations(WINDOW, gaps=(Gap("alarms", "denied"),)))
    assert undecided(RULE.check(IT, context)) == "alarms: denied"
