"""Stacks are created, updated, left alone or replaced, whatever state they are found in."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from shopfast_obs.cloud.deploy.assembly import Stack
from shopfast_obs.cloud.deploy.stacks import StackDeployer
from shopfast_obs.errors import DeployError
from tests.aws_clients import client


def queue(name: str, retention: int = 60) -> Stack:
    """A stack with one queue."""
    properties = {"QueueName": name, "MessageRetentionPeriod": retention}
    resources = {"Queue": {"Type": "AWS::SQS::Queue", "Properties": properties}}
    outputs = {"Url": {"Value": {"Ref": "Queue"}}}
    return Stack("queues", json.dumps({"Resources": resources, "Outputs": outputs}), ())


@pytest.fixture
def api() -> Iterator[Any]:
    """A CloudFormation that lives in memory."""
    with mock_aws():
        yield client("cloudformation", "us-east-1")


@pytest.fixture
def deployer(api: Any) -> StackDeployer:
    """A deployer that does not wait between looks."""
    return StackDeployer(api, lambda text: None, poll=0)


def test_a_stack_is_created_then_left_alone_then_updated(deployer: StackDeployer) -> None:
    """The same template twice changes nothing."""
    assert deployer.deploy(queue("a")) == "created"
    assert deployer.deploy(queue("a")) == "unchanged"
    assert deployer.deploy(queue("a", 120)) == "updated"


def test_outputs_are_read(deployer: StackDeployer) -> None:
    """A deployed stack tells its outputs."""
    deployer.deploy(queue("a"))
    status = deployer.status("queues")
    assert status is not None
    assert status.outputs["Url"].endswith("/a")


def test_deleting_tells_whether_there_was_anything(deployer: StackDeployer) -> None:
    """A second delete finds nothing."""
    deployer.deploy(queue("a"))
    assert deployer.delete("queues")
    assert not deployer.delete("queues")
    assert deployer.status("queues") is None


class Scripted:
    """A CloudFormation whose stack goes through the given states, one a look."""

    def __init__(self, states: list[str | None], events: list[dict[str, str]] | None = None) -> None:
        self.states, self.events, self.calls = states, events or [], []

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if state is None:
            raise ClientError({"Error": {"Code": "ValidationError", "Message": f"{StackName} does not exist"}}, "x")
        return {"Stacks": [{"StackName": StackName, "StackStatus": state}]}

    def describe_stack_events(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        return {"StackEvents": self.events}

    def __getattr__(self, name: str) -> Any:
        return lambda **_: self.calls.append(name)


def test_a_stack_that_was_never_whole_is_replaced() -> None:
    """A create that failed or was cut short leaves a stack that only a delete gets rid of."""
    api = Scripted(["ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE", None, "CREATE_IN_PROGRESS", "CREATE_COMPLETE"])
    assert StackDeployer(api, lambda text: None, poll=0).deploy(queue("a")) == "created"
    assert api.calls == ["delete_stack", "create_stack"]


def test_a_deployment_under_way_is_waited_for() -> None:
    """An interrupted deploy leaves CloudFormation working; the next one joins it."""
    api = Scripted(["CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE", "UPDATE_COMPLETE"])
    api.get_template = lambda StackName: {"TemplateBody": {}}  # noqa: N803
    assert StackDeployer(api, lambda text: None, poll=0).deploy(queue("a")) == "updated"


def test_the_first_failure_is_the_reason() -> None:
    """CloudFormation lists events newest first; what failed first is the cause, the rest follows from it."""
    events = [
        {"LogicalResourceId": "B", "ResourceStatus": "CREATE_FAILED", "ResourceStatusReason": "cancelled"},
        {"LogicalResourceId": "A", "ResourceStatus": "CREATE_FAILED", "ResourceStatusReason": "no such role"},
    ]
    api = Scripted([None, "ROLLBACK_COMPLETE"], events)
    with pytest.raises(DeployError, match="A: no such role"):
        StackDeployer(api, lambda text: None, poll=0).deploy(queue("a"))
