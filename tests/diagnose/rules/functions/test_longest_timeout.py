"""Rule lambda-longest-timeout."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.longest_timeout import RULE
from shopfast_obs.model.resources import FUNCTION, Resource
from tests.diagnose.builders import clear, declared, found, undecided


def one(**properties: object) -> Resource:
    """A resource of the type."""
    return Resource(FUNCTION, "it", "It", "app", properties=properties)


def test_found_when_the_setting_is_not_good() -> None:
    """The timeout is the longest that there is."""
    for seconds in (900, 1800):  # the longest until 2026-11-18, and since
        bad = one(Timeout=seconds)
        assert f"it may run {seconds} s" in found(RULE.check(bad, declared(bad))).title


def test_clear_when_it_is() -> None:
    """As it should be."""
    for seconds in (30, 1200):  # a job of twenty minutes was chosen
        fine = one(Timeout=seconds)
        assert clear(RULE.check(fine, declared(fine))) == f"Timeout is {seconds}"


def test_no_data_when_a_parameter_decides() -> None:
    """The template leaves it open."""
    open_ = one(Timeout={"Ref": "P"})
    assert "left to a parameter" in undecided(RULE.check(open_, declared(open_)))
