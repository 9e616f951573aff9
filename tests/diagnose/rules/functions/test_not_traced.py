"""Rule lambda-not-traced."""

from __future__ import annotations

import pytest

from shopfast_obs.diagnose.rules.functions.not_traced import RULE
from tests.diagnose.builders import clear, declared, found, function


@pytest.mark.parametrize("properties", [{}, {"TracingConfig": {"Mode": "PassThrough"}}, {"TracingConfig": {}}])
def test_found_unless_tracing_is_active(properties: dict[str, object]) -> None:
    """PassThrough, declared or by default, records nothing of its own."""
    web = function(**properties)
    finding = found(RULE.check(web, declared(web)))
    assert finding.title == "web is not traced (TracingConfig PassThrough)"
    assert [(c.property, c.after) for c in finding.remedy.changes] == [("TracingConfig.Mode", "Active")]


def test_clear_when_active() -> None:
    """Active is traced."""
    web = function(TracingConfig={"Mode": "Active"})
    assert clear(RULE.check(web, declared(web))) == "TracingConfig.Mode is Active"


@pytest.mark.parametrize(
    "properties",
    [
        {"Environment": {"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/otel-instrument"}}},
        {"Environment": {"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/datadog_wrapper"}}},
        {"Handler": "datadog_lambda.handler.handler"},
        {"Layers": ["arn:aws:lambda:eu-west-1:615299751070:layer:AWSOpenTelemetryDistroPython:16"]},
        {"Layers": ["arn:aws:lambda:eu-west-1:111122223333:layer:opentelemetry-python-0_17_0:1"]},
    ],
)
def test_clear_when_another_tracer_runs_in_it(properties: dict[str, object]) -> None:
    """OpenTelemetry's layers and vendors trace without TracingConfig; any other wrapper does not."""
    web = function(**properties)
    assert "trace" in clear(RULE.check(web, declared(web)))
    other = function(Environment={"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/bootstrap"}}, Handler="app.handler")
    assert found(RULE.check(other, declared(other)))


def test_the_helpers_of_deployment_tools_are_left_alone() -> None:
    """CDK's own functions are nobody's to instrument."""
    assert not RULE.applies(function("CustomCDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C"))
    assert RULE.applies(function())
