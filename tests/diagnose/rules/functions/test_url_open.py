"""Rule url-open."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.url_open import RULE
from shopfast_obs.model.resources import FUNCTION_URL, Resource
from tests.diagnose.builders import clear, declared, found, undecided


def one(**properties: object) -> Resource:
    """A resource of the type."""
    return Resource(FUNCTION_URL, "it", "It", "app", properties=properties)


def test_found_when_the_setting_is_not_good() -> None:
    """A Function URL needs no sign-in."""
    bad = one(AuthType="NONE")
    assert "it answers anyone" in found(RULE.check(bad, declared(bad))).title


def test_clear_when_it_is() -> None:
    """As it should be."""
    fine = one(AuthType="AWS_IAM")
    assert clear(RULE.check(fine, declared(fine))) == "AuthType is AWS_IAM"


def test_no_data_when_a_parameter_decides() -> None:
    """The template leaves it open."""
    open_ = one(AuthType={"Ref": "P"})
    assert "left to a parameter" in undecided(RULE.check(open_, declared(open_)))
