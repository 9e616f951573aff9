"""Rule event-rule-disabled."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.messages.rule_disabled import RULE
from shopfast_obs.model.resources import EVENT_RULE, Resource
from tests.diagnose.builders import clear, declared, found, observed, undecided


def one(**properties: object) -> Resource:
    """A resource of the type."""
    return Resource(EVENT_RULE, "it", "It", "app", properties=properties)


def test_found_when_the_setting_is_not_good() -> None:
    """An event rule is disabled."""
    bad = one(State="DISABLED")
    assert "it is disabled" in found(RULE.check(bad, declared(bad))).title


def test_what_somebody_wrote_is_meant() -> None:
    """Less severe in a template than in an account."""
    bad = one(State="DISABLED")
    live = found(RULE.check(bad, observed(bad))).severity
    assert live is RULE.severity and found(RULE.check(bad, declared(bad))).severity < live


def test_clear_when_it_is() -> None:
    """As it should be."""
    fine = one(State="ENABLED")
    assert clear(RULE.check(fine, declared(fine))) == "State is ENABLED"


def test_no_data_when_a_parameter_decides() -> None:
    """The template leaves it open."""
    open_ = one(State={"Ref": "P"})
    assert "left to a parameter" in undecided(RULE.check(open_, declared(open_)))
