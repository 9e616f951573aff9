"""Rule alarm-notifies-nobody."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.alarms.notifies_nobody import RULE
from shopfast_obs.model.resources import ALARM, Resource
from tests.diagnose.builders import clear, declared, found, undecided


def one(**properties: object) -> Resource:
    """An alarm."""
    return Resource(ALARM, "web-errors", properties=properties)


def test_found_without_an_action() -> None:
    """It turns red for itself."""
    assert "web-errors has no action" in found(RULE.check(one(), declared(one()))).title


def test_clear_with_one() -> None:
    """A topic."""
    assert clear(RULE.check(one(AlarmActions=["arn:aws:sns:x:1:t"]), declared())).startswith("AlarmActions is")


def test_no_data_when_a_parameter_decides() -> None:
    """The topic's ARN as a whole."""
    assert "parameter" in undecided(RULE.check(one(AlarmActions={"Ref": "Topics"}), declared()))
