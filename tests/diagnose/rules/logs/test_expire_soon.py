"""Rule logs-expire-soon."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.logs.expire_soon import RULE
from shopfast_obs.model.resources import LOG_GROUP, Resource
from tests.diagnose.builders import clear, declared, found, observed, undecided


def one(**properties: object) -> Resource:
    """A resource of the type."""
    return Resource(LOG_GROUP, "it", "It", "app", properties=properties)


def test_found_when_the_setting_is_not_good() -> None:
    """Logs are kept for a few days only."""
    bad = one(RetentionInDays=1)
    assert "it keeps its logs for less than a week (RetentionInDays 1)" in found(RULE.check(bad, declared(bad))).title


def test_clear_when_it_is() -> None:
    """As it should be."""
    fine = one(RetentionInDays=30)
    assert clear(RULE.check(fine, declared(fine))) == "RetentionInDays is 30"


def test_no_data_when_a_parameter_decides() -> None:
    """The template leaves it open."""
    open_ = one(RetentionInDays={"Ref": "P"})
    assert "left to a parameter" in undecided(RULE.check(open_, declared(open_)))


def test_clear_where_the_class_or_the_account_decides() -> None:
    """What the class DELIVERY keeps for a day cannot be kept for longer."""
    delivery = one(RetentionInDays=1, LogGroupClass="DELIVERY")
    assert "takes no RetentionInDays" in clear(RULE.check(delivery, observed(delivery)))
