"""Rule api-throttling-unset."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.api.throttling_unset import RULE
from shopfast_obs.model.resources import REST_STAGE, Resource
from tests.diagnose.builders import clear, declared, found


def one(**properties: object) -> Resource:
    """A stage."""
    return Resource(REST_STAGE, "prod", properties=properties)


def test_found_without_a_limit_of_its_own() -> None:
    """The account's is shared."""
    assert "has no throttling of its own" in found(RULE.check(one(), declared())).title


def test_clear_with_one() -> None:
    """REST by method settings, HTTP by the default route."""
    assert "100" in clear(RULE.check(one(MethodSettings=[{"ThrottlingRateLimit": 100}]), declared()))
    assert "50" in clear(RULE.check(one(DefaultRouteSettings={"ThrottlingRateLimit": 50}), declared()))
