"""What the list of functions tells."""

from __future__ import annotations

import json
from typing import Any

from shopfast_obs.cloud.aws_calls import Calls
from shopfast_obs.cloud.readers.declared import Declared, StackResource
from shopfast_obs.cloud.readers.functions import functions, urls
from shopfast_obs.model.resources import FUNCTION_URL, PERMISSION

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:web"
PROVIDER = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": "arn:c"}}
LAYER = "arn:aws:lambda:::awslayer:InsightsOfSomeKind"
STATEMENT = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "lambda:InvokeFunctionUrl",
    "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
}


class Lambda:
    """One function with everything that is new in 2026, and a URL."""

    def get_paginator(self, _: str) -> Lambda:
        """Pages of functions."""
        return self

    def paginate(self) -> list[dict[str, Any]]:
        """The one page."""
        new = {"CapacityProviderConfig": PROVIDER, "TenancyConfig": {"TenantIsolationMode": "PER_TENANT"}}
        return [{"Functions": [{"FunctionName": "web", "FunctionArn": ARN, "Layers": [{"Arn": LAYER}], **new}]}]

    def get_function_url_config(self, **_: str) -> dict[str, Any]:
        """Its URL."""
        return {"FunctionUrl": "https://u", "FunctionArn": ARN, "AuthType": "NONE"}

    def get_policy(self, **_: str) -> dict[str, Any]:
        """Its policy."""
        return {"Policy": json.dumps({"Statement": [STATEMENT]})}


def test_who_runs_it_and_for_whom_is_read() -> None:
    """And a layer of Lambda's own, whose ARN has neither region nor account."""
    (found,) = functions(Calls(lambda _: Lambda()), Declared())
    assert found.properties["CapacityProviderConfig"] == PROVIDER
    assert found.properties["TenancyConfig"] == {"TenantIsolationMode": "PER_TENANT"}
    assert found.properties["Layers"] == [LAYER]


def test_a_url_of_a_stack_comes_with_its_functions_policy() -> None:
    """Somebody may have added the second permission by hand."""
    declared = Declared((StackResource(FUNCTION_URL, "Url", "web", "app"),))
    url, right = urls(Calls(lambda _: Lambda()), declared)
    assert (url.type, url.stack, right.type) == (FUNCTION_URL, "app", PERMISSION)
    assert right.properties == {
        "FunctionName": "web",
        "Principal": "*",
        "Action": "lambda:InvokeFunctionUrl",
        "FunctionUrlAuthType": "NONE",
    }
