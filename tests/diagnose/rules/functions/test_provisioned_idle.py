"""Rule lambda-provisioned-idle."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.provisioned_idle import RULE
from shopfast_obs.model.telemetry import MetricSeries
from tests.diagnose.builders import clear, found, function, metric, observed

WEB = function()


def used(share: float) -> list[MetricSeries]:
    """The utilization at its peak."""
    name = "ProvisionedConcurrencyUtilization"
    return [metric("AWS/Lambda", name, share, "Maximum", FunctionName="web")]


def test_found_when_few_are_in_use() -> None:
    """At the peak."""
    assert "uses 10 % of them at its peak" in found(RULE.check(WEB, observed(WEB, metrics=used(0.1)))).title


def test_clear_when_they_are_used_or_there_are_none() -> None:
    """As meant."""
    assert "up to 90 %" in clear(RULE.check(WEB, observed(WEB, metrics=used(0.9))))
    assert clear(RULE.check(WEB, observed(WEB))) == "it has no provisioned concurrency in use"
