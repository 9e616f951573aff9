"""What the tests of the planes share: a clock by hand, an application that remembers, boto3 without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from shopfast_obs.localcloud.interface import ApiRequest, QueueDepth
from shopfast_obs.localcloud.planes import Planes, open_planes

START = 1_800_000_000.0  # on a minute


class HandClock:
    """Time that stands until a test moves it."""

    def __init__(self, time: float = START) -> None:
        self.time = time

    def now(self) -> float:
        return self.time


class RecordingApplication:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.logs: list[tuple[str, str, str]] = []
        self.published: list[tuple[str, str, str]] = []
        self.depths: list[QueueDepth] = []

    def append_log_events(self, group: str, stream: str, events: Sequence[tuple[float, str]]) -> None:
        self.logs += [(group, stream, message) for _, message in events]

    def publish(self, topic_arn: str, subject: str, message: str) -> None:
        self.published.append((topic_arn, subject, message))

    def queue_depths(self) -> Sequence[QueueDepth]:
        return self.depths


class _Raw:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content


@cache
def _session(_protocol: str) -> Any:
    """Loading the service models takes most of a test's time."""
    return boto3.Session("test", "test", region_name="us-east-1")


def client(planes: Planes, service: str, protocol: str = "") -> Any:
    """A boto3 client whose requests go straight to the planes, in a protocol other than the client's first if asked."""
    session = _session(protocol)
    config = Config(retries={"max_attempts": 1})
    made = session.client(service, endpoint_url="http://127.0.0.1:1", config=config)
    if protocol:
        made = _speaking(made, session, service, protocol)
    made.meta.events.register("before-send", lambda request, **_: _answer(planes, request))
    return made


def _speaking(made: Any, session: Any, service: str, protocol: str) -> Any:
    from botocore.parsers import create_parser
    from botocore.serialize import create_serializer

    made.meta.service_model.metadata["protocol"] = protocol
    made._serializer = create_serializer(protocol)
    made._response_parser = create_parser(protocol)
    made._endpoint._response_parser_factory.create_parser = lambda _name: create_parser(protocol)
    return made


def _answer(planes: Planes, request: Any) -> AWSResponse:
    url = urlsplit(request.url)
    headers = {
        name.lower(): value.decode() if isinstance(value, bytes) else str(value)
        for name, value in request.headers.items()
    }
    scope = headers.get("authorization", "").partition("Credential=")[2].split("/")
    body = request.body or b""
    asked = ApiRequest(
        method=request.method,
        path=url.path,
        headers=headers,
        query=parse_qs(url.query),
        body=body.encode() if isinstance(body, str) else bytes(body),
        service=scope[3] if len(scope) > 3 else "",
        region=scope[2] if len(scope) > 2 else "",
    )
    plane = next(plane for plane in planes.apis if plane.claims(asked))
    answer = asyncio.run(plane.handle(asked))
    return AWSResponse(request.url, answer.status, {k.lower(): v for k, v in answer.headers.items()}, _Raw(answer.body))


@contextmanager
def running(state: Path, clock: HandClock, application: RecordingApplication) -> Iterator[Planes]:
    """Planes that are open, and stopped at the end. Their clock's thread runs only when a test starts it."""
    planes = open_planes(state, clock, application)
    try:
        yield planes
    finally:
        asyncio.run(planes.stop())
