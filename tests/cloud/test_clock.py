"""The clock of a local cloud, which drills move, and AWS's, which nobody does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from shopfast_obs.cloud.aws import AwsCloud
from shopfast_obs.cloud.clock import ahead, hurried
from shopfast_obs.cloud.interface import Target
from shopfast_obs.errors import CloudUnreachableError, UserError
from shopfast_obs.model.telemetry import TimeRange


class Clock(HTTPServer):
    """A cloud that is nothing but its clock."""

    offset = 0.0


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer({"clock": {"offset": self._clock.offset}})

    def do_POST(self) -> None:
        if self.path == "/_shopfast/clock":
            self._clock.offset += json.loads(self.rfile.read(int(self.headers["content-length"])))["advance"]
            self._answer({})
        else:
            self.send_error(404)

    @property
    def _clock(self) -> Clock:
        assert isinstance(self.server, Clock)
        return self.server

    def _answer(self, document: dict[str, Any]) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(document).encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def local() -> Iterator[Target]:
    """A local cloud's clock, running."""
    server = Clock(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Target("local", "us-east-1", endpoint_url=f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_moved_clock_is_ahead(local: Target) -> None:
    """By as much as it was moved."""
    assert ahead(local) == 0.0
    hurried(local, 30)
    hurried(local, 60)
    assert ahead(local) == 90.0


def test_the_clock_of_aws_is_never_ahead_and_cannot_be_moved() -> None:
    """Its minutes take a minute."""
    assert ahead(Target("aws", "us-east-1")) == 0.0
    with pytest.raises(UserError, match="Only the local cloud's clock"):
        hurried(Target("aws", "us-east-1"), 60)


def test_a_cloud_that_does_not_answer_is_not_ahead() -> None:
    """Whoever moves its clock is told."""
    nobody = Target("local", "us-east-1", endpoint_url="http://127.0.0.1:9")
    assert ahead(nobody) == 0.0
    with pytest.raises(CloudUnreachableError):
        hurried(nobody, 60)


def test_metrics_are_asked_for_until_their_own_now(local: Target) -> None:
    """What a moved clock stamped is not later than the end of the window."""
    asked: list[dict[str, Any]] = []

    class History:
        def get_paginator(self, _: str) -> History:
            return self

        def paginate(self, **parameters: Any) -> list[dict[str, Any]]:
            asked.append(parameters)
            return [{"AlarmHistoryItems": []}]

        describe_alarm_history = paginate

    hurried(local, 600)
    AwsCloud(local, lambda _: History()).alarm_changes("web", TimeRange(1000.0, 2000.0))
    (parameters,) = asked
    assert parameters["StartDate"].timestamp() == 1000.0
    assert parameters["EndDate"].timestamp() == 2600.0
