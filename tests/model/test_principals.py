"""Services as principals."""

from typing import Any

import pytest

from shopfast_obs.model.principals import service


@pytest.mark.parametrize(
    ("principal", "name"),
    [
        ("events.amazonaws.com", "events"),
        ("events.amazonaws.com.cn", "events"),
        ("logs.eu-west-1.amazonaws.com", "logs"),
        ("logs.cn-north-1.amazonaws.com.cn", "logs"),
        ("logs.${AWS::Region}.amazonaws.com", "logs"),
        ("sns.${AWS::URLSuffix}", "sns"),
        ("s3.c2s.ic.gov", "s3"),
        ("*", ""),
        ("123456789012", ""),
        ("arn:aws:iam::123456789012:root", ""),
        (None, ""),
        ({"Ref": "Who"}, ""),
    ],
)
def test_a_service_has_one_name_in_every_partition(principal: Any, name: str) -> None:
    """And what is none has none."""
    assert service(principal) == name
