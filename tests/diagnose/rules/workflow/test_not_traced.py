"""Rule workflow-not-traced."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.workflow.not_traced import RULE
from shopfast_obs.model.resources import STATE_MACHINE, Resource
from tests.diagnose.builders import clear, declared, found, undecided


def machine(**properties: object) -> Resource:
    """A state machine."""
    return Resource(STATE_MACHINE, "orders", properties=properties)


def test_found_unless_enabled() -> None:
    """Off by default."""
    assert "orders is not traced" in found(RULE.check(machine(), declared(machine()))).title


def test_clear_when_enabled() -> None:
    """On is on."""
    on = machine(TracingConfiguration={"Enabled": True})
    assert clear(RULE.check(on, declared(on))) == "TracingConfiguration.Enabled is true"


def test_no_data_when_a_parameter_decides() -> None:
    """An intrinsic."""
    unknown = machine(TracingConfiguration={"Enabled": {"Ref": "On"}})
    assert "parameter" in undecided(RULE.check(unknown, declared(unknown)))
