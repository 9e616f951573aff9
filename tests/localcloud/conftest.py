"""A cloud with stand-ins for the services and the host, in a process of its own."""

import io
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.localcloud import process
from tests.localcloud import keys, whole
from tests.localcloud.standins import LEDGER, Ledger

STANDIN = "tests.localcloud.standin_cloud"


@dataclass
class StandInCloud:
    """A running cloud and what its stand-ins wrote down."""

    port: int
    state: Path
    pid: int
    ledger: Ledger

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, service: str) -> Any:
        return keys.client(self.url, self.state, service)

    def function(self, name: str, handler: str = "echo.handler", **settings: Any) -> str:
        """Create a function and return its ARN."""
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("echo.py", "def handler(event, context): ...")
        created = self.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.11",
            Handler=handler,
            Role="arn:aws:iam::000000000000:role/r",
            Code={"ZipFile": code.getvalue()},
            **settings,
        )
        return str(created["FunctionArn"])

    def request(
        self, path: str, method: str = "GET", headers: dict[str, str] | None = None, body: bytes | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (lower-case) and body of an HTTP request; the cloud's own routes want a signature."""
        given = headers or {}
        if path.startswith("/_shopfast/"):
            mine = keys.keys(self.state)
            given = keys.signature(mine, method, self.url + path, "shopfast-obs", headers=given, data=body or b"")
        return keys.ask(self.url + path, method, given, body)

    def invocations(self, function: str) -> list[dict[str, Any]]:
        return [entry for entry in self.ledger.read("invocation") if entry["function"] == function]

    def metrics(self, metric: str, **dimensions: str) -> list[float]:
        """The values of a metric with exactly these dimensions."""
        entries = self.ledger.read("metric")
        return [e["value"] for e in entries if e["metric"] == metric and e["dimensions"] == dimensions]


def eventually(condition: Callable[[], Any], seconds: float = 15.0) -> Any:
    """The first true value of a condition; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandInCloud]:
    """One stand-in cloud for all tests of a process; they use names of their own."""
    running = launch(tmp_path_factory.mktemp("standin-cloud"))
    yield running
    process.stop(running.state)


def launch(state: Path, port: int | None = None) -> StandInCloud:
    """A stand-in cloud that is ready."""
    info = process.start(state, port or 0, module=STANDIN)
    return StandInCloud(info.port, info.state, info.pid, Ledger(info.state / LEDGER))


@pytest.fixture(scope="module")
def info(tmp_path_factory: pytest.TempPathFactory) -> Iterator[process.CloudInfo]:
    """A whole cloud on a free port."""
    running = process.start(tmp_path_factory.mktemp("whole") / "cloud", 0)
    yield running
    process.stop(running.state)


@pytest.fixture(scope="module")
def function(info: process.CloudInfo) -> str:
    """The name of a traced function in it."""
    return whole.make_function(info)
