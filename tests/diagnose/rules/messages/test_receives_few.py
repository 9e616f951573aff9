"""Rule sqs-receives-few."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.messages.receives_few import RULE
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, QUEUE, Resource
from tests.diagnose.builders import clear, declared, found, undecided


def queue(policy: object) -> Resource:
    """A queue with a redrive policy."""
    return Resource(QUEUE, "work", "Work", properties={"RedrivePolicy": policy})


FEED = Resource(EVENT_SOURCE_MAPPING, "m", properties={"EventSourceArn": {"Ref": "Work"}, "FunctionName": "web"})


def test_found_below_three() -> None:
    """With what AWS advises as the remedy."""
    hasty = queue({"maxReceiveCount": 1})
    finding = found(RULE.check(hasty, declared(hasty, FEED)))
    assert "work has a maxReceiveCount of 1" in finding.title
    assert finding.remedy.changes[0].after == 5


def test_clear_when_patient_or_not_consumed() -> None:
    """A queue that nobody consumes by mapping sets its own pace."""
    patient = queue({"maxReceiveCount": 5})
    assert clear(RULE.check(patient, declared(patient, FEED))) == "RedrivePolicy.maxReceiveCount is 5"
    assert clear(RULE.check(queue({"maxReceiveCount": 1}), declared())) == "no function consumes it"


def test_no_data_when_a_parameter_decides() -> None:
    """The template leaves it open."""
    left = queue({"maxReceiveCount": {"Ref": "Count"}})
    assert "left to a parameter" in undecided(RULE.check(left, declared(left, FEED)))
