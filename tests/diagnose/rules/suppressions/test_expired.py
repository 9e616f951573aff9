"""Rule about suppressions: expired."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.suppressions.expired import RULE
from shopfast_obs.model.resources import SUPPRESSION, Resource
from tests.diagnose.builders import clear, declared, found, undecided


def one(**properties: object) -> Resource:
    """A suppression."""
    return Resource(SUPPRESSION, "pyproject.toml, suppression 1", properties=properties)


def test_found_when_its_day_has_passed() -> None:
    """It hides nothing any more, and says so."""
    old = one(Expired=True, Reason="later", Until="2020-01-01")
    assert "suppression 1 has expired" in found(RULE.check(old, declared(old))).title


def test_clear_when_it_has_not() -> None:
    """It still counts."""
    fresh = one(Expired=False, Reason="later", Until="2999-01-01")
    assert clear(RULE.check(fresh, declared(fresh)))


def test_no_data_when_a_parameter_decides() -> None:
    """The template leaves it open."""
    open_ = one(Expired={"Ref": "P"})
    assert "left to a parameter" in undecided(RULE.check(open_, declared(open_)))
