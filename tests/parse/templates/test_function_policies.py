"""The policy of a function as permissions."""

from typing import Any

from shopfast_obs.model.resources import FUNCTION, RESOURCE_POLICY
from shopfast_obs.parse.templates.function_policies import statements
from shopfast_obs.parse.templates.template import inventory

POLICY = {
    "Statement": [
        {
            "Sid": "url",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "lambda:InvokeFunctionUrl",
            "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
        },
        {
            "Sid": "through",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
            "Action": "lambda:InvokeFunction",
            "Condition": {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
        },
        {
            "Sid": "bucket",
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Action": "lambda:InvokeFunction",
            "Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::b"}},
        },
    ]
}


def test_conditions_become_what_cloudformation_calls_them() -> None:
    """So that a rule reads one form."""
    assert list(statements(POLICY)) == [
        {"Principal": "*", "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"},
        {
            "Principal": "arn:aws:iam::123456789012:root",
            "Action": "lambda:InvokeFunction",
            "InvokedViaFunctionUrl": "true",
        },
        {"Principal": "s3.amazonaws.com", "Action": "lambda:InvokeFunction", "SourceArn": "arn:aws:s3:::b"},
    ]


def test_no_policy_and_what_is_denied_give_nothing() -> None:
    """Most functions have none."""
    assert list(statements({})) == []
    assert list(statements("no policy")) == []
    denied: dict[str, Any] = {"Effect": "Deny", "Principal": "*", "Action": "lambda:InvokeFunction"}
    assert list(statements({"Statement": denied})) == []


def test_a_resource_policy_of_a_template_gives_permissions() -> None:
    """One for each principal of a statement; an intrinsic is one."""
    principals = {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}
    statement = {"Effect": "Allow", "Principal": principals, "Action": "lambda:InvokeFunction"}
    by_ref = {"Effect": "Allow", "Principal": {"AWS": {"Ref": "Caller"}}, "Action": "lambda:InvokeFunction"}
    template = {
        "Parameters": {"Caller": {"Type": "String"}},
        "Resources": {
            "Web": {"Type": FUNCTION, "Properties": {"FunctionName": "web"}},
            "Policy": {
                "Type": RESOURCE_POLICY,
                "Properties": {
                    "ResourceArn": {"Fn::GetAtt": ["Web", "Arn"]},
                    "PolicyDocument": {"Statement": [statement, by_ref]},
                },
            },
        },
    }
    found = list(inventory(template, "t").of_type("AWS::Lambda::Permission"))
    assert [one.properties["Principal"] for one in found] == [
        "sns.amazonaws.com",
        "events.amazonaws.com",
        {"Ref": "Caller"},
    ]
    assert all("function:web" in one.properties["FunctionName"] for one in found)
