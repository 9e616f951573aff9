"""What an account has recorded of deployments, in the shapes that AWS answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from shopfast_obs.cloud.aws import AwsCloud
from shopfast_obs.cloud.interface import Target
from shopfast_obs.model.deployments import ChangedResource, StackOperation

NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
SHOP = "arn:aws:cloudformation:eu-west-1:1:stack/shop/1"
ALIAS = "arn:aws:lambda:eu-west-1:1:function:users:live"


def event(seconds: float, status: str, logical: str = "shop", physical: str = SHOP, kind: str = "") -> dict[str, Any]:
    """One event of the stack, so long after noon."""
    return {
        "StackId": SHOP,
        "LogicalResourceId": logical,
        "PhysicalResourceId": physical,
        "ResourceType": f"AWS::Lambda::{kind}" if kind else "AWS::CloudFormation::Stack",
        "ResourceStatus": status,
        "Timestamp": NOON + timedelta(seconds=seconds),
    }


UPDATED = [
    event(60, "UPDATE_IN_PROGRESS"),
    event(62, "UPDATE_IN_PROGRESS", "Orders", "orders", "Function"),
    event(70, "UPDATE_COMPLETE", "Orders", "orders", "Function"),
    event(71, "UPDATE_IN_PROGRESS", "Live", ALIAS, "Alias"),
    event(72, "UPDATE_COMPLETE", "Live", ALIAS, "Alias"),
    event(75, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
    event(76, "DELETE_COMPLETE", "Old", "old", "Function"),
    event(77, "UPDATE_COMPLETE"),
]
CREATED = [
    event(0, "REVIEW_IN_PROGRESS"),
    event(1, "CREATE_IN_PROGRESS"),
    event(2, "CREATE_IN_PROGRESS", "Orders", "", "Function"),
    event(8, "CREATE_COMPLETE", "Orders", "orders", "Function"),
    event(9, "CREATE_COMPLETE"),
]


class Account:
    """The clients of CloudFormation and Lambda; newest events first, as AWS has them."""

    def __init__(self, refused: str = "") -> None:
        self.refused = refused
        self.asked: list[str] = []

    def get_paginator(self, operation: str) -> Pages:
        """The pages of an operation."""
        return Pages(self, operation)


class Pages:
    """A paginator with one page."""

    def __init__(self, account: Account, operation: str) -> None:
        self._account, self._operation = account, operation

    def paginate(self, **_: Any) -> Iterator[dict[str, Any]]:
        """The page; or a refusal."""
        self._account.asked.append(self._operation)
        if self._operation == self._account.refused:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, self._operation)
        stacks = [
            {"StackName": "shop", "CreationTime": NOON, "LastUpdatedTime": NOON + timedelta(seconds=60)},
            {"StackName": "others", "CreationTime": NOON - timedelta(days=9)},
        ]
        modified = [("orders", "12:01:03"), ("console", "12:30:00")]
        yield {
            "describe_stacks": {"Stacks": stacks},
            "list_functions": {
                "Functions": [{"FunctionName": n, "LastModified": f"2026-01-31T{t}.000+0000"} for n, t in modified]
            },
            "list_stack_resources": {
                "StackResourceSummaries": [{"ResourceType": "AWS::Lambda::Function", "PhysicalResourceId": "orders"}]
            },
            "describe_stack_events": {"StackEvents": [*reversed(UPDATED), *reversed(CREATED)]},
        }[self._operation]


def cloud(account: Account) -> AwsCloud:
    """The cloud over that account."""
    return AwsCloud(Target("aws", "eu-west-1"), lambda _: account)


def test_each_operation_of_a_stack_has_the_functions_that_it_changed() -> None:
    """Also by a version or an alias of it; what it deleted is none."""
    noon = NOON.timestamp()
    found = cloud(Account()).recorded(noon)
    assert found.operations == (
        StackOperation("shop", "CREATE_COMPLETE", noon + 1, noon + 9, (ChangedResource("orders", noon + 2, noon + 8),)),
        StackOperation(
            "shop",
            "UPDATE_COMPLETE",
            noon + 60,
            noon + 77,
            (
                ChangedResource("users", noon + 71, noon + 72, function=False),
                ChangedResource("orders", noon + 62, noon + 70),
            ),
        ),
    )
    assert [(one.name, one.time - noon) for one in found.functions] == [("orders", 63), ("console", 1800)]


def test_only_stacks_that_changed_since_then_are_read() -> None:
    """One call for its events, none for those of a stack that nobody touched."""
    account = Account()
    assert cloud(account).recorded(NOON.timestamp() + 3600).operations == ()
    assert "describe_stack_events" not in account.asked


def test_of_a_project_only_its_own_stacks_and_functions_count() -> None:
    """Others of the account deploy, too."""
    found = cloud(Account()).recorded(0, ["shop"])
    assert [one.name for one in found.functions] == ["orders"]
    quiet = Account()
    cloud(quiet).recorded(NOON.timestamp() + 86_400, ["shop"])
    assert sorted(quiet.asked) == ["describe_stacks", "list_functions"]  # nothing changed: nothing else is asked
    assert cloud(Account()).recorded(0, ["gone"]) == cloud(Account()).recorded(0)


def test_what_is_refused_is_a_gap_and_the_rest_is_told() -> None:
    """Whoever may not read stacks still learns of functions."""
    found = cloud(Account("describe_stack_events")).recorded(0)
    assert [gap.what for gap in found.gaps] == ["when stacks were deployed"]
    assert found.functions
    assert cloud(Account("list_functions")).recorded(0).operations
