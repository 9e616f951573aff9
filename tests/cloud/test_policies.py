"""The statements of a function's policy."""

from __future__ import annotations

import json
from typing import Any

from shopfast_obs.cloud.readers.policies import permissions

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


def said(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The properties without the function's name."""
    found = [dict(one.properties) for one in permissions("web", answer)]
    return [{name: value for name, value in one.items() if name != "FunctionName"} for one in found]


def test_conditions_become_what_cloudformation_calls_them() -> None:
    """So that a rule reads one form."""
    assert said({"Policy": json.dumps(POLICY)}) == [
        {"Principal": "*", "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"},
        {
            "Principal": "arn:aws:iam::123456789012:root",
            "Action": "lambda:InvokeFunction",
            "InvokedViaFunctionUrl": "true",
        },
        {"Principal": "s3.amazonaws.com", "Action": "lambda:InvokeFunction", "SourceArn": "arn:aws:s3:::b"},
    ]


def test_no_policy_is_no_statement() -> None:
    """Most functions have none."""
    assert said({}) == []
