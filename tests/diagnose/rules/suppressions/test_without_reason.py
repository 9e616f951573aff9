"""Rule about suppressions: without_reason."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.suppressions.without_reason import RULE
from shopfast_obs.model.resources import SUPPRESSION, Resource
from tests.diagnose.builders import clear, declared, found, undecided


def one(**properties: object) -> Resource:
    """A suppression."""
    return Resource(SUPPRESSION, "pyproject.toml, suppression 1", properties=properties)


def test_found_when_nobody_said_why() -> None:
    """Blanks are no reason."""
    silent = one(Reason=" ")
    assert "has no reason" in found(RULE.check(silent, declared(silent))).title


def test_clear_with_a_reason() -> None:
    """Whatever it is."""
    said = one(Reason="a batch of last year, deleted in May")
    assert clear(RULE.check(said, declared(said)))


def test_no_data_when_a_parameter_decides() -> None:
    """The template leaves it open."""
    open_ = one(Reason={"Ref": "P"})
    assert "left to a parameter" in undecided(RULE.check(open_, declared(open_)))
