"""Plain CloudFormation without a physical name: a queue, its worker, its dead letters, a table."""

from __future__ import annotations

import json
import uuid

import pytest

from tests.abroad.partner import Partner
from tests.abroad.templates import Abroad, Journey, lead
from tests.abroad.troubles import drained, refuse_capacity, refuse_to_run
from tests.story.conftest import eventually

pytestmark = [pytest.mark.cloud, pytest.mark.slow, pytest.mark.xdist_group("cloud")]


def file_a_ticket(project: Abroad) -> None:
    """It is in the table afterwards."""
    ticket = {"id": str(uuid.uuid4()), "from": "c-1", "text": "help"}
    project.client("sqs").send_message(QueueUrl=project.outputs["InboxUrl"], MessageBody=json.dumps(ticket))
    table = project.client("dynamodb")
    where = {"TableName": project.physical("Tickets"), "Key": {"id": {"S": ticket["id"]}}}
    assert eventually(lambda: table.get_item(**where).get("Item"), 30)


class Troubles:
    """No ticket can be read, the register is slow, the table has no capacity, and then nobody may run."""

    def __init__(self, project: Abroad, register: Partner) -> None:
        self._project, self._register = project, register

        self._minutes = 0

    def begin(self) -> None:
        self._register.seconds = 2.8

    def happen(self) -> None:
        """Three bad minutes; then the worker stands still, and the tickets wait."""
        self._minutes += 1
        if self._minutes > 3:
            self._work(on=False)
            return
        project, sqs, inbox = self._project, self._project.client("sqs"), self._project.outputs["InboxUrl"]
        for body in ("no ticket", json.dumps({"id": "slow", "from": "c-1", "text": "help"})):
            sqs.send_message(QueueUrl=inbox, MessageBody=body)
        drained(project, inbox)
        refuse_capacity(project, project.physical("Tickets"))
        refuse_to_run(project, project.physical("Worker"))

    def end(self) -> None:
        self._register.seconds = 0
        self._work(on=True)
        self._project.client("sqs").purge_queue(QueueUrl=self._project.outputs["RejectedUrl"])

    def _work(self, *, on: bool) -> None:
        """The worker reads its queue, or not; where it does not, a ticket waits."""
        mapping = self._project.physical("WorkerSource")
        self._project.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=on)
        if not on and self._minutes == 4:
            body = json.dumps({"id": "late", "from": "c-1", "text": "help"})
            self._project.client("sqs").send_message(QueueUrl=self._project.outputs["InboxUrl"], MessageBody=body)


def test_tickets(project: Abroad, service: Partner) -> None:
    """Every alarm fires and recovers."""
    project.parameters = {"RegisterUrl": service.url}
    journey = Journey(
        use=file_a_ticket,
        troubles=lambda project: Troubles(project, service),
        named=frozenset({"lambda-errors"}),
    )
    assert lead(project, journey)
