"""A cloud with stand-ins for the planes and the host, in a process of its own."""

from __future__ import annotations

import io
import socket
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.localcloud import process
from tests.localcloud import whole
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
        import boto3
        from botocore.config import Config

        return boto3.client(
            service,
            config=Config(retries={"total_max_attempts": 1}),
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="000000000000",
            aws_secret_access_key="local",
        )

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
        """Status, headers (lower-case) and body of a plain HTTP request."""
        request = urllib.request.Request(self.url + path, data=body, method=method, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
        except urllib.error.HTTPError as problem:
            return problem.code, {k.lower(): v for k, v in problem.headers.items()}, problem.read()

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


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandInCloud]:
    """One stand-in cloud for all tests of a process; they use names of their own."""
    running = launch(tmp_path_factory.mktemp("standin-cloud"))
    yield running
    process.stop(running.state)


def launch(state: Path, port: int | None = None) -> StandInCloud:
    """A stand-in cloud that is ready."""
    info = process.start(state, port or free_port(), module=STANDIN)
    return StandInCloud(info.port, info.state, info.pid, Ledger(info.state / LEDGER))


@pytest.fixture(scope="module")
def info(tmp_path_factory: pytest.TempPathFactory) -> Iterator[process.CloudInfo]:
    """A whole cloud on a free port."""
    running = process.start(tmp_path_factory.mktemp("whole") / "cloud", free_port())
    yield running
    process.stop(running.state)


@pytest.fixture(scope="module")
def function(info: process.CloudInfo) -> str:
    """The name of a traced function in it."""
    return whole.make_function(info)
