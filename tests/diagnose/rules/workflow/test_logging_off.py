"""Rule workflow-logging-off."""

from __future__ import annotations

import pytest

from shopfast_obs.diagnose.rules.workflow.logging_off import RULE
from shopfast_obs.model.findings import Severity
from tests.diagnose.builders import clear, declared, found
from tests.diagnose.machines import machine


@pytest.mark.parametrize(("kind", "severity"), [("STANDARD", Severity.INFO), ("EXPRESS", Severity.MEDIUM)])
def test_found_when_it_logs_nothing(kind: str, severity: Severity) -> None:
    """An express workflow has nothing else."""
    flow = machine(StateMachineType=kind, LoggingConfiguration={"Level": "OFF"})
    assert found(RULE.check(flow, declared(flow))).severity is severity


def test_clear_when_it_logs() -> None:
    """Errors are enough."""
    flow = machine(LoggingConfiguration={"Level": "ERROR"})
    assert clear(RULE.check(flow, declared(flow))) == "it logs at level ERROR"
