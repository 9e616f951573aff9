"""Which deployed functions can be instrumented without their source."""

import pytest

from shopfast_obs.instrument.infrastructure.deployed_functions import layers, plan

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
    found = plan([(function, 30)], layers("eu-west-1", "arn:aws:lambda:eu-west-1:1:layer:ShopfastObsRuntime:1"), "aws")
    if reason:
        (skipped,) = found.skipped
        assert skipped.reason.startswith(reason)
    else:
        (change,) = found.live
        assert sum("Powertools" in arn for arn in change.after["Layers"]) == 1
