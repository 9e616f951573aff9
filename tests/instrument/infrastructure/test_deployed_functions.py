"""Which deployed functions can be instrumented without their source."""

import pytest

from shopfast_obs.instrument.infrastructure.deployed_functions import TRACING, layers, plan
from shopfast_obs.model.changes import Plan
from shopfast_obs.model.overlay import Layer, Tracing

OURS: dict[Layer, str] = {
    "runtime": "arn:aws:lambda:eu-west-1:1:layer:ShopfastObsRuntime:1",
    "otel": "arn:aws:lambda:eu-west-1:1:layer:ShopfastObsOtel:1",
}
LAYER = "arn:aws:lambda:eu-west-1:017000801446:layer:AWSLambdaPowertoolsPython"


@pytest.mark.parametrize(
    ("present", "reason"),
    [
        ([f"{LAYER}V2:78"], "it has version 2 of the Powertools layer"),
        ([f"{LAYER}V2-Arm64:78"], "it has version 2 of the Powertools layer"),
        ([f"{LAYER}V3-python312-x86_64:7"], ""),
        ([], ""),
    ],
)
def test_two_versions_of_powertools_are_not_laid_over_each_other(present: list[str], reason: str) -> None:
    """The later layer's files would replace some of the earlier one's: a mixture that nobody tested."""
    function = {
        "FunctionName": "web",
        "Runtime": "python3.12",
        "Handler": "app.handler",
        "Layers": [{"Arn": arn} for arn in present],
    }
    found = plan([(function, 30)], layers("eu-west-1", OURS), "aws")
    if reason:
        (skipped,) = found.skipped
        assert skipped.reason.startswith(reason)
    else:
        (change,) = found.live
        assert sum("Powertools" in arn for arn in change.after["Layers"]) == 1


def planned(tracing: Tracing, **own: object) -> Plan:
    """The plan for one function."""
    function = {"FunctionName": "web", "Runtime": "python3.12", "Handler": "app.handler", **own}
    return plan([(function, 30)], layers("eu-west-1", OURS), "aws", tracing=tracing)


def test_opentelemetry_comes_with_its_layer_and_without_the_x_ray_sdk() -> None:
    """A Tracer of the source's own would trace the same calls; another way is no silent change."""
    (change,) = planned("otel").live
    variables = change.after["Environment"]["Variables"]
    assert (variables[TRACING], variables["AWS_XRAY_SDK_ENABLED"]) == ("otel", "false")
    assert change.after["Layers"][1:] == list(OURS.values())
    assert change.after["TracingConfig"] == {"Mode": "Active"}
    settings = {name: change.after[name] for name in ("Handler", "Environment")}
    (again,) = planned("xray", **settings).skipped
    assert again.reason.startswith("it is instrumented already, with tracing by otel: shopfast-obs undo")


@pytest.mark.parametrize("tracing", ["xray", "otel"])
def test_what_another_tracer_traces_keeps_its_tracing(tracing: Tracing) -> None:
    """It gets the layers of logs, metrics and correlation, and the wrapper starts no tracer."""
    found = planned(tracing, Environment={"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/otel-instrument"}})
    (change,) = found.live
    assert change.after["Environment"]["Variables"][TRACING] == "none"
    assert change.after["Layers"][1:] == [OURS["runtime"]]
    assert change.after["TracingConfig"] == {"Mode": "PassThrough"}
    assert any("web: OpenTelemetry traces it already" in effect for effect in found.effects)
    settings = {name: change.after[name] for name in ("Handler", "Environment")}
    (again,) = planned(tracing, **settings).skipped
    assert again.reason == "it is instrumented already"
