"""Rule event-rule-gives-up."""

from __future__ import annotations

import pytest

from shopfast_obs.diagnose.rules.messages.gives_up_early import RULE
from shopfast_obs.model.resources import EVENT_RULE, Resource
from tests.diagnose.builders import clear, declared, found


def one(**target: object) -> Resource:
    """A rule with one target."""
    return Resource(EVENT_RULE, "start", properties={"Targets": [{"Id": "1", **target}]})


@pytest.mark.parametrize("policy", [{"MaximumRetryAttempts": 0}, {"MaximumEventAgeInSeconds": 60}])
def test_found_when_it_hardly_tries(policy: dict[str, int]) -> None:
    """And has nowhere to put it."""
    assert "gives an event up after" in found(RULE.check(one(RetryPolicy=policy), declared())).title


def test_clear_with_retries_or_dead_letters() -> None:
    """The default is a day."""
    assert clear(RULE.check(one(), declared())) == "every target is retried long enough, or has a dead-letter queue"
    clear(RULE.check(one(RetryPolicy={"MaximumRetryAttempts": 0}, DeadLetterConfig={"Arn": "x"}), declared()))
