"""Rule graphql-not-traced."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.api.graphql_not_traced import RULE
from shopfast_obs.model.resources import Resource
from tests.diagnose.builders import clear, declared, found, undecided


def one(**properties: object) -> Resource:
    """A GraphQL API."""
    return Resource("AWS::AppSync::GraphQLApi", "it", "It", "app", properties=properties)


def test_found_when_the_setting_is_not_good() -> None:
    """Nothing is said, so nothing is traced."""
    bad = one()
    assert "it is not traced" in found(RULE.check(bad, declared(bad))).title


def test_clear_when_it_is() -> None:
    """As it should be."""
    fine = one(XrayEnabled=True)
    assert clear(RULE.check(fine, declared(fine))) == "XrayEnabled is true"


def test_no_data_when_a_parameter_decides() -> None:
    """The template leaves it open."""
    open_ = one(XrayEnabled={"Ref": "P"})
    assert "left to a parameter" in undecided(RULE.check(open_, declared(open_)))
