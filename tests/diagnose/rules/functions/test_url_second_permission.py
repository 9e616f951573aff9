"""Rule url-second-permission."""

from __future__ import annotations

from typing import Any

import pytest

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.rules.functions.url_second_permission import RULE
from shopfast_obs.model.findings import Outcome
from shopfast_obs.model.resources import FUNCTION, FUNCTION_URL, PERMISSION, Gap, Inventory, Resource
from shopfast_obs.parse.templates.template import inventory
from tests.diagnose.builders import clear, declared, found, function, observed, undecided

WEB = function("web")
DISTRIBUTION = "arn:aws:cloudfront::123456789012:distribution/E1"


def url(kind: Any = "NONE") -> Resource:
    """The function's URL."""
    return Resource(FUNCTION_URL, "u", "Url", "app", properties={"TargetFunctionArn": "web", "AuthType": kind})


def permission(action: str, who: Any = "*", **more: Any) -> Resource:
    """A permission of the function."""
    said = {"FunctionName": "web", "Action": action, "Principal": who, **more}
    return Resource(PERMISSION, f"p{action}{who}{more}", stack="app", properties=said)


FIRST = permission("lambda:InvokeFunctionUrl", FunctionUrlAuthType="NONE")
SECOND = permission("lambda:InvokeFunction", InvokedViaFunctionUrl=True)
OF_CLOUDFRONT = permission("lambda:InvokeFunctionUrl", "cloudfront.amazonaws.com", SourceArn=DISTRIBUTION)


def test_found_when_a_template_makes_one_permission() -> None:
    """Everybody gets 403."""
    finding = found(RULE.check(WEB, declared(WEB, url(), FIRST)))
    assert finding.title == (
        "web answers every caller of its URL with 403 since 2026-11-01: the second permission is missing"
    )
    assert "InvokedViaFunctionUrl true" in finding.remedy.summary
    assert finding.remedy.command == ""


def test_found_on_live_policies_with_the_command() -> None:
    """Where nobody has a template at hand."""
    finding = found(RULE.check(WEB, observed(WEB, url(), FIRST)))
    assert finding.remedy.command.startswith("aws lambda add-permission --function-name web ")
    assert finding.remedy.command.endswith("--principal '*' --invoked-via-function-url")


def test_found_for_the_one_caller_that_lacks_it() -> None:
    """A distribution signs, and needs both too; an API's right to invoke is none through the URL."""
    api = permission("lambda:InvokeFunction", "apigateway.amazonaws.com", SourceArn="arn:aws:execute-api:x:1:y/*")
    account = permission("lambda:InvokeFunctionUrl", "arn:aws:iam::123456789012:root")
    both = permission("lambda:InvokeFunction", "123456789012")
    finding = found(RULE.check(WEB, declared(WEB, url("AWS_IAM"), OF_CLOUDFRONT, api, account, both)))
    assert "answers cloudfront.amazonaws.com at its URL with 403" in finding.title


def test_whoever_signs_may_have_the_right_from_a_policy_of_its_own() -> None:
    """A service may not, and nobody signs where none is asked for."""
    account = permission("lambda:InvokeFunctionUrl", "123456789012")
    by = {
        "likely": RULE.check(WEB, declared(WEB, url("AWS_IAM"), account)),
        "certain": RULE.check(WEB, declared(WEB, url("AWS_IAM"), OF_CLOUDFRONT)),
    }
    assert {name: found(outcome).confidence for name, outcome in by.items()} == {name: name for name in by}


def test_permissions_may_name_the_function_by_its_url() -> None:
    """As CDK's origin for CloudFront does."""
    arn = {"Fn::GetAtt": ["Url", "FunctionArn"]}
    target = {"TargetFunctionArn": {"Fn::GetAtt": ["Web", "Arn"]}, "AuthType": "AWS_IAM"}
    right = {"FunctionName": arn, "Principal": "cloudfront.amazonaws.com"}
    resources: dict[str, Any] = {
        "Web": {"Type": FUNCTION, "Properties": {}},
        "Url": {"Type": FUNCTION_URL, "Properties": target},
        "First": {"Type": PERMISSION, "Properties": {**right, "Action": "lambda:InvokeFunctionUrl"}},
    }
    second = {"Type": PERMISSION, "Properties": {**right, "Action": "lambda:InvokeFunction"}}

    def outcome(more: dict[str, Any]) -> Outcome:
        whole = inventory({"Resources": resources | more}, "t", "app")
        (web,) = whole.of_type(FUNCTION)
        return RULE.check(web, Context(whole))

    assert "cloudfront.amazonaws.com at its URL" in found(outcome({})).title
    assert clear(outcome({"Second": second}))


@pytest.mark.parametrize(
    "second",
    [
        SECOND,
        permission("lambda:InvokeFunction"),
        permission("lambda:InvokeFunction", InvokedViaFunctionUrl="true"),
        permission("lambda:*"),
    ],
)
def test_clear_with_both(second: Resource) -> None:
    """As SAM makes them, or with a wider right."""
    assert clear(RULE.check(WEB, declared(WEB, url(), FIRST, second))) == (
        "everyone may call its URL, and invoke it through it"
    )


def test_a_permission_for_another_kind_of_url_holds_for_nobody() -> None:
    """What was public once and asks for a signature now."""
    outcome = RULE.check(WEB, declared(WEB, url("AWS_IAM"), FIRST))
    assert "rights of their own" in undecided(outcome)


def test_clear_without_a_url() -> None:
    """Nobody calls what is not there."""
    assert clear(RULE.check(WEB, declared(WEB, FIRST))) == "it has no URL"


def test_no_data_where_the_rights_are_the_callers_own() -> None:
    """Or a parameter decides, or the URLs could not be read."""
    assert "rights of their own" in undecided(RULE.check(WEB, declared(WEB, url("AWS_IAM"))))
    assert "no permission that is known" in undecided(RULE.check(WEB, declared(WEB, url())))
    assert "left to a parameter" in undecided(RULE.check(WEB, declared(WEB, url({"Ref": "Kind"}), FIRST)))
    closed = Context(Inventory("aws", (WEB,), (Gap("function URLs", "denied", (FUNCTION_URL,)),)))
    assert undecided(RULE.check(WEB, closed)) == "function URLs: denied"
