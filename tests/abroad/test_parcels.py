"""A serverless.yml, deployed by the framework's maintained fork: a REST API, a queue with its dead letters, a table."""

from __future__ import annotations

import json
import uuid

import pytest
import urllib3

from tests.abroad.partner import Partner
from tests.abroad.templates import Abroad, Journey, lead
from tests.abroad.troubles import drained, refuse_capacity, refuse_to_run
from tests.story.conftest import eventually

pytestmark = [pytest.mark.cloud, pytest.mark.slow, pytest.mark.xdist_group("cloud")]

FUNCTIONS = ("TrackLambdaFunction", "ScanLambdaFunction")


def scan(project: Abroad, body: str) -> None:
    """A scanner sends it."""
    project.client("sqs").send_message(QueueUrl=project.outputs["ScansUrl"], MessageBody=body)


def track(project: Abroad, parcel: str) -> int:
    """The status of a customer's question."""
    api = project.physical("ApiGatewayRestApi")
    url = f"{project.endpoint}/_aws/execute-api/{api}/dev/parcels/{parcel}"
    return urllib3.request("GET", url, timeout=40, retries=False).status


def use(project: Abroad) -> None:
    """A parcel is scanned and found."""
    parcel = str(uuid.uuid4())
    scan(project, json.dumps({"parcel": parcel, "depot": "Kassel"}))
    table = project.client("dynamodb")
    where = {"TableName": "parcels-dev", "Key": {"id": {"S": parcel}}}
    assert eventually(lambda: table.get_item(**where).get("Item"), 30)
    assert track(project, parcel) == 200


class Troubles:
    """Scans that are none, a slow carrier, no capacity, nobody may run; then the scanner's function stands still."""

    def __init__(self, project: Abroad, carrier: Partner) -> None:
        self._project, self._carrier, self._minutes = project, carrier, 0

    def begin(self) -> None:
        self._carrier.seconds = 7.5  # longer than `track` may take, nearly as long as `scan` may

    def happen(self) -> None:
        self._minutes += 1
        project = self._project
        if self._minutes > 3:
            self._work(on=False)
            return
        slow = json.dumps({"parcel": "p-1", "depot": "Kassel"})
        for body in ("no scan", slow):
            scan(project, body)
        project.client("dynamodb").put_item(
            TableName="parcels-dev", Item={"id": {"S": "p-1"}, "depot": {"S": "Kassel"}}
        )
        assert track(project, "p-1") >= 500
        drained(project, project.outputs["ScansUrl"])
        refuse_capacity(project, "parcels-dev")
        refuse_to_run(project, *(project.physical(name) for name in FUNCTIONS))

    def end(self) -> None:
        self._carrier.seconds = 0
        self._work(on=True)
        drained(self._project, self._project.outputs["ScansUrl"])  # what fails once more gets among the unreadable ones
        self._project.client("sqs").purge_queue(QueueUrl=self._project.outputs["UnreadableUrl"])

    def _work(self, *, on: bool) -> None:
        """The function reads its queue, or not; where it does not, a scan waits."""
        mapping = self._project.physical("ScanEventSourceMappingSQSScans")
        self._project.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=on)
        if not on and self._minutes == 4:
            scan(self._project, json.dumps({"parcel": "late", "depot": "Kassel"}))


def test_parcels(project: Abroad, service: Partner) -> None:
    """Every alarm fires and recovers."""
    project.template, project.by, project.stack = "serverless.yml", "serverless", "parcels-dev"
    project.parameters = {"CARRIER_URL": service.url}
    journey = Journey(
        use=use,
        troubles=lambda project: Troubles(project, service),
        named=frozenset({"lambda-errors"}),
    )
    assert lead(project, journey)
