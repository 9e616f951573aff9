"""Every kind of alarm that ShopFast can trigger fires under its cause and recovers without it."""

import contextlib
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import urllib3

from shopfast_obs.alarms.catalogue import kinds
from tests.localcloud.keys import control
from tests.story.conftest import Project, eventually

pytestmark = [pytest.mark.cloud, pytest.mark.synth]

PRODUCT, INVENTORY = "shopfast-product-service", "shopfast-inventory-service"
ACCOUNT = "us-east-1:000000000000"
ORDER_EVENTS = f"arn:aws:sns:{ACCOUNT}:shopfast-order-events"
TABLE, THROTTLED = "shopfast-products", "ProvisionedThroughputExceededException"


def states(project: Project) -> dict[str, str]:
    """The state of every alarm."""
    pages = project.client("cloudwatch").get_paginator("describe_alarms").paginate()
    return {alarm["AlarmName"]: alarm["StateValue"] for page in pages for alarm in page["MetricAlarms"]}


def wait_for(project: Project, names: set[str], state: str, cause: Callable[[], Any]) -> None:
    """Cause it minute after minute of the cloud's clock until all the alarms have the state."""
    for _ in range(8):
        cause()
        project.advance(60)
        if eventually(lambda: all(states(project)[name] == state for name in names), 2):
            return
    pytest.fail(f"not {state}: { {n: s for n, s in states(project).items() if n in names and s != state} }")


@pytest.fixture(scope="module")
def watched(project: Project) -> str:
    """The project with its alarms, and a queue that hears what they send; its URL."""
    project.run("alarms apply")
    project.run("deploy")
    url: str = project.client("sqs").create_queue(QueueName="test-pager")["QueueUrl"]
    project.client("sns").subscribe(
        TopicArn=f"arn:aws:sns:{ACCOUNT}:shopfast-alarms", Protocol="sqs", Endpoint=f"arn:aws:sqs:{ACCOUNT}:test-pager"
    )
    return url


# ShopFast has none of these, or a queue keeps what is dropped.
ABSENT = {
    *("durable-failures", "durable-limits", "durable-timeouts"),
    *("events-dropped", "http-api-5xx", "logged-errors", "pipe-failures", "stream-age", "websocket-errors"),
}


def test_every_kind_is_deployed_and_at_rest(project: Project, watched: str) -> None:
    """A catalogue without an alarm of one kind would not test it."""
    longest = sorted(kinds(), key=lambda kind: -len(kind.id))  # `http-api-5xx` ends in `api-5xx`
    found = {next(k.id for k in longest if name.endswith(f"-{k.id}")) for name in states(project)}
    assert found == {kind.id for kind in kinds()} - ABSENT
    assert "ALARM" not in states(project).values()


class Troubles:
    """Everything that may go wrong at once, and what ends it."""

    def __init__(self, project: Project) -> None:
        self._project, self._outputs = project, project.outputs
        self._subscriptions: list[Any] = []

    def begin(self) -> None:
        """A message is given up, and the target of a rule is gone."""
        sns = self._project.client("sns")
        self._project.client("sqs").send_message(QueueUrl=self._dead_letters(), MessageBody="given up")
        self._subscriptions = sns.list_subscriptions_by_topic(TopicArn=ORDER_EVENTS)["Subscriptions"]
        sns.delete_topic(TopicArn=ORDER_EVENTS)

    def happen(self) -> None:
        """One of each: a list of products, a payment that is declined (and its events), a read and a write.

        DynamoDB throttles on order of the test: an on-demand table has no capacity that one could use up.
        """
        urllib3.request("GET", f"{self._outputs['ProductsUrl']}products", timeout=40, retries=False)
        order = {"customerId": "c", "items": [{"productId": "p-00002", "quantity": 1}], "paymentToken": "tok_declined"}
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        urllib3.request("POST", f"{self._outputs['ApiUrl']}orders", json=order, headers=headers, timeout=40)
        eventually(lambda: self._running() == 0, 10)
        for operation in ("GetItem", "PutItem"):
            self._fault("POST", {"service": "dynamodb", "operation": operation, "error": THROTTLED})
        dynamodb = self._project.client("dynamodb")
        for call in (
            lambda: dynamodb.get_item(TableName=TABLE, Key={"productId": {"S": "p-00001"}}),
            lambda: dynamodb.put_item(TableName=TABLE, Item={"productId": {"S": "test"}}),
        ):
            with contextlib.suppress(dynamodb.exceptions.ProvisionedThroughputExceededException):
                call()
        self._fault("DELETE")  # the next order needs its tables

    def end(self) -> None:
        """All is as it was."""
        sns = self._project.client("sns")
        self._project.client("sqs").purge_queue(QueueUrl=self._dead_letters())
        sns.create_topic(Name="shopfast-order-events")
        for old in self._subscriptions:
            sns.subscribe(TopicArn=ORDER_EVENTS, Protocol=old["Protocol"], Endpoint=old["Endpoint"])

    def _dead_letters(self) -> str:
        return str(self._project.client("sqs").get_queue_url(QueueName="shopfast-inventory-dlq")["QueueUrl"])

    def _running(self) -> int:
        machine = f"arn:aws:states:{ACCOUNT}:stateMachine:shopfast-order-workflow"
        api = self._project.client("stepfunctions")
        return len(api.list_executions(stateMachineArn=machine, statusFilter="RUNNING")["executions"])

    def _fault(self, method: str, fault: dict[str, Any] | None = None) -> None:
        state = self._project.settings.state_dir / "cloud"
        body = json.dumps(fault).encode() if fault else None
        assert control(self._project.endpoint, state, "faults", method, body)[0] == 200


def test_each_kind_fires_under_its_cause_tells_somebody_and_recovers(project: Project, watched: str) -> None:
    """Failing lists, declined payments, dead letters, undeliverable events and throttled tables, all at once."""
    names = {
        *(f"{PRODUCT}-{kind}" for kind in ("error-rate", "duration-near-timeout", "url-5xx")),
        "shopfast-order-workflow-workflow-failures",
        "shopfast-inventory-dlq-dead-letters",
        "shopfast-order-events-delivery-failures",
        "shopfast-products-table-read-throttles",
        "shopfast-products-table-write-throttles",
    }
    troubles = Troubles(project)
    troubles.begin()
    try:
        wait_for(project, names, "ALARM", troubles.happen)
    finally:
        troubles.end()
    sqs = project.client("sqs")
    heard: dict[str, str] = {}

    def listen() -> bool:
        for message in sqs.receive_message(QueueUrl=watched, MaxNumberOfMessages=10).get("Messages", []):
            alarm = json.loads(json.loads(message["Body"])["Message"])
            heard[alarm["AlarmName"]] = alarm["NewStateValue"]
        return names <= set(heard)

    assert eventually(listen), names - set(heard)
    one = f"{project.outputs['ProductsUrl']}products/p-00001"
    wait_for(project, names, "OK", lambda: urllib3.request("GET", one, timeout=40, retries=False))


LATE = {"StartAt": "A", "TimeoutSeconds": 1, "States": {"A": {"Type": "Wait", "Seconds": 2, "End": True}}}


class Late:
    """A workflow that takes longer than it may."""

    def __init__(self, project: Project) -> None:
        self._states = project.client("stepfunctions")
        self._machine = f"arn:aws:states:{ACCOUNT}:stateMachine:shopfast-order-workflow"
        self._before = self._states.describe_state_machine(stateMachineArn=self._machine)["definition"]
        self._define(json.dumps(LATE))

    def happen(self) -> None:
        """One execution, until it has timed out."""
        arn = self._states.start_execution(stateMachineArn=self._machine)["executionArn"]
        assert eventually(lambda: self._states.describe_execution(executionArn=arn)["status"] == "TIMED_OUT", 10)

    def end(self) -> None:
        """The workflow is as it was."""
        self._define(self._before)

    def _define(self, definition: str) -> None:
        self._states.update_state_machine(stateMachineArn=self._machine, definition=definition)


def test_a_throttled_function_a_failing_api_and_a_late_workflow_fire(project: Project, watched: str) -> None:
    """No concurrency left: Lambda throttles, the API answers 5xx. And a workflow runs into its timeout."""
    functions, late = project.client("lambda"), Late(project)
    url = f"{project.outputs['ApiUrl']}inventory/p-00001"
    functions.put_function_concurrency(FunctionName=INVENTORY, ReservedConcurrentExecutions=0)
    names = {f"{INVENTORY}-throttles", "shopfast-api-api-5xx", "shopfast-order-workflow-workflow-timeouts"}

    def happen() -> None:
        urllib3.request("GET", url, timeout=40, retries=False)
        late.happen()

    try:
        wait_for(project, names, "ALARM", happen)
    finally:
        functions.delete_function_concurrency(FunctionName=INVENTORY)
        late.end()
    wait_for(project, names, "OK", lambda: urllib3.request("GET", url, timeout=40, retries=False))
