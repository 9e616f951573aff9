"""Troubles that several applications have."""

from __future__ import annotations

import contextlib

from tests.abroad.templates import Abroad
from tests.story.conftest import eventually


def refuse_capacity(project: Abroad, table: str, key: str = "id") -> None:
    """One read and one write of the table are refused for want of capacity: an on-demand table has none to use up."""
    dynamodb = project.client("dynamodb")
    for operation in ("GetItem", "PutItem"):
        project.fault("dynamodb", operation, "ProvisionedThroughputExceededException")
    for call, where in ((dynamodb.get_item, "Key"), (dynamodb.put_item, "Item")):
        with contextlib.suppress(dynamodb.exceptions.ProvisionedThroughputExceededException):
            call(TableName=table, **{where: {key: {"S": "1"}}})
    project.no_faults()


def drained(project: Abroad, url: str) -> None:
    """Wait until no message is in the queue or on its way."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def empty() -> bool:
        said = project.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return all(said[name] == "0" for name in names)

    eventually(empty, 25)


def refuse_to_run(project: Abroad, *functions: str) -> None:
    """Each function has no concurrency left for one invocation."""
    lambda_ = project.client("lambda")
    for name in functions:
        lambda_.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
        with contextlib.suppress(lambda_.exceptions.TooManyRequestsException):
            lambda_.invoke(FunctionName=name, Payload=b"{}")
        lambda_.delete_function_concurrency(FunctionName=name)


def lose_the_target(project: Abroad, rule: str, bus: str = "default") -> None:
    """The rule has one more target, which somebody has deleted."""
    account = "arn:aws:sqs:us-east-1:000000000000"
    target = {"Id": "gone", "Arn": f"{account}:gone"}
    project.client("events").put_targets(Rule=rule, EventBusName=bus, Targets=[target])


def restore_the_target(project: Abroad, rule: str, bus: str = "default") -> None:
    """The rule has its own targets alone."""
    project.client("events").remove_targets(Rule=rule, EventBusName=bus, Ids=["gone"])
