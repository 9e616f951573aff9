"""Rule api-stage-not-traced."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.api.not_traced import RULE
from shopfast_obs.model.resources import REST_STAGE, Resource
from tests.diagnose.builders import clear, declared, found


def stage(**properties: object) -> Resource:
    """A stage."""
    return Resource(REST_STAGE, "prod", properties=properties)


def test_found_unless_enabled() -> None:
    """Off by default."""
    assert "API stage prod is not traced" in found(RULE.check(stage(), declared(stage()))).title


def test_a_stage_that_a_deployment_makes_is_changed_there() -> None:
    """No command changes it."""
    made = Resource(REST_STAGE, "prod", "Deployed", properties={"DeploymentId": {"Ref": "Deployed"}})
    remedy = found(RULE.check(made, declared(made))).remedy
    assert "StageDescription" in remedy.summary and not remedy.command and not remedy.changes
    own = Resource(REST_STAGE, "prod", "Stage", properties={"DeploymentId": {"Ref": "Deployed"}})
    assert found(RULE.check(own, declared(own))).remedy.command


def test_clear_when_enabled() -> None:
    """Also as the string that YAML may hold."""
    for value in (True, "true"):
        assert clear(RULE.check(stage(TracingEnabled=value), declared())) == "TracingEnabled is true"
