"""Rule delivery-no-dead-letters."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.messages.target_no_dead_letters import RULE
from shopfast_obs.model.resources import EVENT_RULE, SUBSCRIPTION, Resource
from tests.diagnose.builders import clear, declared, found


def rule(targets: object) -> Resource:
    """An event rule."""
    return Resource(EVENT_RULE, "on-order", properties={"Targets": targets})


def test_found_for_a_target_and_a_subscription() -> None:
    """Each is named."""
    event_rule = rule([{"Id": "a"}, {"Id": "b", "DeadLetterConfig": {"Arn": "x"}}])
    assert "(1 of 2 without" in found(RULE.check(event_rule, declared(event_rule))).title
    subscription = Resource(SUBSCRIPTION, "s", properties={"Endpoint": "https://example.com"})
    assert "https://example.com" in found(RULE.check(subscription, declared(subscription))).evidence[0].summary


def test_an_endpoint_that_a_parameter_names_is_the_subscription() -> None:
    """No intrinsic is shown."""
    mail = Resource(SUBSCRIPTION, "mail", properties={"Protocol": "email", "Endpoint": {"Ref": "Address"}})
    assert found(RULE.check(mail, declared(mail))).evidence[0].summary == "no dead-letter queue for mail"


def test_a_schedule_is_judged_by_its_target() -> None:
    """With and without."""
    nightly = Resource("AWS::Scheduler::Schedule", "n", properties={"Target": {"Arn": "x"}})
    assert "(1 of 1 without" in found(RULE.check(nightly, declared(nightly))).title
    kept = Resource("AWS::Scheduler::Schedule", "n", properties={"Target": {"DeadLetterConfig": {"Arn": "x"}}})
    assert clear(RULE.check(kept, declared(kept))).startswith("1 of 1")


def test_clear_when_it_is_disabled() -> None:
    """It delivers nothing."""
    off = Resource("AWS::Scheduler::Schedule", "n", properties={"Target": {"Arn": "x"}, "State": "DISABLED"})
    assert clear(RULE.check(off, declared(off))) == "it is disabled"


def test_clear_when_each_has_one() -> None:
    """Nothing is dropped."""
    event_rule = rule([{"Id": "b", "DeadLetterConfig": {"Arn": "x"}}])
    assert clear(RULE.check(event_rule, declared(event_rule))) == "1 of 1 deliveries have a dead-letter queue"
