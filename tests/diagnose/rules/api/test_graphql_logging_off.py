"""Rule graphql-logging-off."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.api.graphql_logging_off import RULE
from shopfast_obs.model.resources import Resource
from tests.diagnose.builders import clear, declared, found, undecided


def one(**properties: object) -> Resource:
    """A resource of the type."""
    return Resource("AWS::AppSync::GraphQLApi", "it", "It", "app", properties=properties)


def test_found_when_it_is_not_set() -> None:
    """As it is when nobody says anything."""
    bad = one()
    assert "it writes no log" in found(RULE.check(bad, declared(bad))).title


def test_clear_when_it_is() -> None:
    """As it should be."""
    fine = one(LogConfig={"FieldLogLevel": "ERROR"})
    assert "is" in clear(RULE.check(fine, declared(fine)))


def test_no_data_when_a_parameter_decides() -> None:
    """The template leaves it open."""
    open_ = one(LogConfig={"Ref": "P"})
    assert "left to a parameter" in undecided(RULE.check(open_, declared(open_)))
