"""Kinds of resources that nothing reads."""

from shopfast_obs.model.resources import LOG_GROUP, Gap, Resource
from shopfast_obs.parse.templates.template import inventory
from shopfast_obs.parse.templates.unsupported_types import gaps

REASON = "no rule, alarm or report reads them"


def test_web_functions_and_microvms_are_gaps() -> None:
    """Clean does not mean them."""
    template = {
        "Resources": {
            "Site": {"Type": "AWS::Lambda::WebFunction", "Properties": {}},
            "Shop": {"Type": "AWS::Lambda::WebFunction", "Properties": {}},
            "Image": {"Type": "AWS::Lambda::MicrovmImage", "Properties": {}},
            "Web": {"Type": "AWS::Lambda::Function", "Properties": {}},
        }
    }
    assert inventory(template, "t").gaps == (Gap("2 Web Functions", REASON), Gap("1 images of MicroVMs", REASON))


def test_of_an_account_log_groups_tell_of_microvms() -> None:
    """No list has them."""
    group = Resource(LOG_GROUP, "/aws/lambda/microvms/build")
    assert list(gaps([group, Resource(LOG_GROUP, "/aws/lambda/web")])) == [
        Gap("1 MicroVMs by their log groups", REASON)
    ]
