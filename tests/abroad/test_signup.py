"""CloudFormation with an HTTP API, a condition, and a workflow: the handlers share a folder, and one role."""

from __future__ import annotations

import json
import uuid

import pytest
import urllib3

from tests.abroad.partner import Partner
from tests.abroad.templates import Abroad, Journey, lead
from tests.abroad.troubles import refuse_to_run
from tests.story.conftest import eventually

pytestmark = [pytest.mark.cloud, pytest.mark.slow, pytest.mark.xdist_group("cloud")]

JSON = {"content-type": "application/json"}
LATE = {"StartAt": "Wait", "TimeoutSeconds": 1, "States": {"Wait": {"Type": "Wait", "Seconds": 2, "End": True}}}


def sign_up(project: Abroad, body: str) -> tuple[int, str]:
    """The status of a sign-up, and its greeting's ARN."""
    url = f"{project.endpoint}/_aws/execute-api/{project.outputs['ApiId']}/$default/signups"
    answer = urllib3.request("POST", url, body=body, headers=JSON, timeout=40, retries=False)
    return answer.status, answer.json()["greeting"] if answer.status == 202 else ""


def ended(project: Abroad, greeting: str) -> str:
    """How the greeting ended."""
    describe = project.client("stepfunctions").describe_execution
    return eventually(lambda: (s := describe(executionArn=greeting)["status"]) != "RUNNING" and s, 30)


def use(project: Abroad) -> None:
    """Somebody signs up and is greeted."""
    status, greeting = sign_up(project, json.dumps({"name": str(uuid.uuid4())}))
    assert (status, ended(project, greeting)) == (202, "SUCCEEDED")


class Troubles:
    """Bodies that are no JSON, a throttled Step Functions, a mail service that is slow or fails, a late workflow."""

    def __init__(self, project: Abroad, mail: Partner) -> None:
        self._project, self._mail = project, mail
        self._states = project.client("stepfunctions")
        self._machine = project.outputs["GreetingArn"]
        self._before = self._states.describe_state_machine(stateMachineArn=self._machine)["definition"]

    def begin(self) -> None:
        """Nothing; all of it comes with requests."""

    def happen(self) -> None:
        project = self._project
        for self._mail.status, self._mail.seconds in ((200, 3.5), (503, 0.0)):
            ended(project, sign_up(project, json.dumps({"name": "c"}))[1])
        assert sign_up(project, "no json")[0] >= 500
        project.fault("states", "StartExecution", "ThrottlingException")  # the SDK repeats it until the function's end
        assert sign_up(project, json.dumps({"name": "c"}))[0] >= 500
        project.no_faults()
        self._states.update_state_machine(stateMachineArn=self._machine, definition=json.dumps(LATE))
        assert ended(project, sign_up(project, json.dumps({"name": "c"}))[1]) == "TIMED_OUT"
        self._states.update_state_machine(stateMachineArn=self._machine, definition=self._before)
        refuse_to_run(project, project.physical("SignupFunction"), project.physical("GreetFunction"))

    def end(self) -> None:
        self._mail.status, self._mail.seconds = 200, 0.0


def test_signup(project: Abroad, service: Partner) -> None:
    """Every alarm fires and recovers, with traces by OpenTelemetry."""
    project.parameters = {"MailUrl": service.url}
    journey = Journey(
        use=use,
        troubles=lambda project: Troubles(project, service),
        named=frozenset({"lambda-errors"}),
        tracing="otel",
    )
    assert lead(project, journey)
