"""Rule dynamodb-no-recovery."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.tables.no_recovery import RULE
from shopfast_obs.model.resources import TABLE, Resource
from tests.diagnose.builders import clear, declared, found, undecided


def one(**properties: object) -> Resource:
    """A resource of the type."""
    return Resource(TABLE, "it", "It", "app", properties=properties)


def test_found_when_the_setting_is_not_good() -> None:
    """Point-in-time recovery is off."""
    bad = one()
    assert "it has no point-in-time recovery" in found(RULE.check(bad, declared(bad))).title


def test_clear_when_it_is() -> None:
    """As it should be."""
    fine = one(PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    assert (
        clear(RULE.check(fine, declared(fine))) == "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled is true"
    )


def test_no_data_when_a_parameter_decides() -> None:
    """The template leaves it open."""
    open_ = one(PointInTimeRecoverySpecification={"Ref": "P"})
    assert "left to a parameter" in undecided(RULE.check(open_, declared(open_)))
