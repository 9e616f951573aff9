"""Rule lambda-not-arm64."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.not_arm64 import RULE
from shopfast_obs.model.resources import FUNCTION, Resource
from tests.diagnose.builders import clear, declared, found, undecided


def one(**properties: object) -> Resource:
    """A resource of the type."""
    return Resource(FUNCTION, "it", "It", "app", properties=properties)


def test_found_when_the_setting_is_not_good() -> None:
    """The function runs on x86."""
    bad = one()
    assert "it runs on x86" in found(RULE.check(bad, declared(bad))).title


def test_clear_when_it_is() -> None:
    """As it should be."""
    fine = one(Architectures=["arm64"])
    assert clear(RULE.check(fine, declared(fine))) == "Architectures is ['arm64']"


def test_no_data_when_a_parameter_decides() -> None:
    """The template leaves it open."""
    open_ = one(Architectures={"Ref": "P"})
    assert "left to a parameter" in undecided(RULE.check(open_, declared(open_)))


def test_clear_for_a_runtime_that_arm64_does_not_have() -> None:
    """Those of Amazon Linux 1."""
    old = one(Runtime="go1.x")
    assert clear(RULE.check(old, declared(old))) == "go1.x runs on x86 only"
