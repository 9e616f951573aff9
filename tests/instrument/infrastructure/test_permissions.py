"""Whether a role may send traces, from the policies that it has."""

from typing import Any

import pytest

from shopfast_obs.instrument.infrastructure.permissions import DOCUMENT, may_send

SEND = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]


def allow(**statement: Any) -> dict[str, Any]:
    """A policy of one statement."""
    return {"Statement": {"Effect": "Allow", "Resource": "*", **statement}}


@pytest.mark.parametrize(
    "policies",
    [
        [DOCUMENT],
        [allow(Action="*")],
        [allow(Action="xray:*")],
        [allow(Action=["XRAY:Put*"])],
        [allow(NotAction="iam:*")],
        [allow(Action=SEND[0]), allow(Action=[SEND[1]], Resource=["*"])],
    ],
)
def test_a_role_may_send(policies: list[dict[str, Any]]) -> None:
    """In one policy or in several, named or by a pattern."""
    assert may_send(policies)


@pytest.mark.parametrize(
    "policies",
    [
        [],
        [{}],
        [allow(Action="logs:*")],
        [allow(Action=SEND[0])],
        [allow(NotAction="xray:*")],
        [allow(Action="xray:*", Resource="arn:aws:s3:::x")],
        [allow(Action="xray:*", Condition={"StringEquals": {"aws:PrincipalTag/a": "b"}})],
        [allow(Action="*"), allow(Action="xray:PutTraceSegments", Effect="Deny")],
    ],
)
def test_a_role_may_not_or_not_for_sure(policies: list[dict[str, Any]]) -> None:
    """A condition is not counted on; a denial wins."""
    assert not may_send(policies)
