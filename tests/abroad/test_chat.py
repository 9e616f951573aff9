"""CloudFormation with a WebSocket API: two handlers in a folder, one role, a table of connections."""

from __future__ import annotations

import json

import pytest

from tests.abroad.socket_client import Connection, RefusedError
from tests.abroad.templates import Abroad, Journey, lead
from tests.abroad.troubles import refuse_to_run

pytestmark = [pytest.mark.cloud, pytest.mark.slow, pytest.mark.xdist_group("cloud")]

FUNCTIONS = ("ConnectFunction", "MessageFunction")
THROTTLED = "ProvisionedThroughputExceededException"
HELLO = json.dumps({"action": "say", "text": "hello"})


def connected(project: Abroad) -> Connection:
    """A connection to the chat."""
    return Connection(f"{project.endpoint}/_aws/execute-api/{project.outputs['SocketId']}/live")


def use(project: Abroad) -> None:
    """Somebody connects and is heard."""
    with connected(project) as connection:
        assert json.loads(connection.ask(HELLO)) == {"heard": "hello"}


class Troubles:
    """The table has no capacity left: the SDK repeats its calls until the functions' time is over."""

    def __init__(self, project: Abroad) -> None:
        self._project = project

    def begin(self) -> None:
        """Nothing; all of it comes with messages."""

    def happen(self) -> None:
        project = self._project
        with connected(project) as connection:
            project.fault("dynamodb", "GetItem", THROTTLED)
            assert json.loads(connection.ask(HELLO))["message"] == "Internal server error"
        project.fault("dynamodb", "PutItem", THROTTLED)
        with pytest.raises(RefusedError):
            connected(project)
        project.no_faults()
        refuse_to_run(project, *(project.physical(name) for name in FUNCTIONS))

    def end(self) -> None:
        self._project.no_faults()


def test_chat(project: Abroad) -> None:
    """Every alarm fires and recovers."""
    journey = Journey(use=use, troubles=Troubles, named=frozenset({"lambda-downstream-hang", "lambda-throttled"}))
    assert lead(project, journey)
