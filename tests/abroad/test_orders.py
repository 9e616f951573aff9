"""SAM with a layer of its own, a workflow in a file, and a pipe that leads a queue into it."""

from __future__ import annotations

import json
import uuid

import pytest

from tests.abroad.partner import Partner
from tests.abroad.templates import SAM, Abroad, Journey, lead
from tests.abroad.troubles import refuse_to_run
from tests.story.conftest import eventually

pytestmark = [pytest.mark.cloud, pytest.mark.slow, pytest.mark.xdist_group("cloud")]

LATE = {"StartAt": "Wait", "TimeoutSeconds": 1, "States": {"Wait": {"Type": "Wait", "Seconds": 2, "End": True}}}


def fulfilled(project: Abroad, orders: object) -> str:
    """How the workflow ended for these orders, which the pipe would hand on."""
    api, machine = project.client("stepfunctions"), project.outputs["FulfilmentArn"]
    arn = api.start_execution(stateMachineArn=machine, name=str(uuid.uuid4()), input=json.dumps(orders))["executionArn"]
    return eventually(lambda: (s := api.describe_execution(executionArn=arn)["status"]) != "RUNNING" and s, 30)


def use(project: Abroad) -> None:
    """An order is fulfilled."""
    assert fulfilled(project, [{"id": "o-1"}]) == "SUCCEEDED"


class Troubles:
    """A shipper that is slow, orders that are none, a late workflow; nobody may run, and an order waits."""

    def __init__(self, project: Abroad, shipper: Partner) -> None:
        self._project, self._shipper = project, shipper
        self._states = project.client("stepfunctions")
        self._machine = project.outputs["FulfilmentArn"]
        self._before = self._states.describe_state_machine(stateMachineArn=self._machine)["definition"]
        self._queues = [project.physical(name) for name in ("Orders", "RefusedOrders")]

    def begin(self) -> None:
        """Two messages that nobody reads: one where they come in, one that was refused."""
        for url in self._queues:
            self._project.client("sqs").send_message(QueueUrl=url, MessageBody='{"id": "o-2"}')

    def happen(self) -> None:
        self._shipper.seconds = 3.6
        fulfilled(self._project, [{"id": "o-3"}])
        assert fulfilled(self._project, [{"number": 4}]) == "FAILED"
        self._states.update_state_machine(stateMachineArn=self._machine, definition=json.dumps(LATE))
        assert fulfilled(self._project, []) == "TIMED_OUT"
        self._states.update_state_machine(stateMachineArn=self._machine, definition=self._before)
        refuse_to_run(self._project, self._project.physical("Fulfil"))

    def end(self) -> None:
        self._shipper.seconds = 0
        for url in self._queues:
            self._project.client("sqs").purge_queue(QueueUrl=url)


@pytest.mark.skipif(not SAM.exists(), reason="`make slow` installs the SAM CLI beside the other dependencies")
def test_orders(project: Abroad, service: Partner) -> None:
    """Every alarm fires and recovers, but the pipe's."""
    project.by, project.parameters = "sam", {"ShipperUrl": service.url}
    journey = Journey(
        use=use,
        troubles=lambda project: Troubles(project, service),
        named=frozenset({"lambda-errors"}),
        not_drilled={"Intake-pipe-failures": "the local cloud's pipes read DynamoDB streams, no queues"},
    )
    assert lead(project, journey)
