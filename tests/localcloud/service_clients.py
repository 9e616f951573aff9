"""What the tests of the services share: a clock by hand, an application that remembers, boto3 without a network."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError

from shopfast_obs.localcloud.interface import ApiRequest, LogGroup, QueueDepth, Scope, StreamSpan
from shopfast_obs.localcloud.telemetry_services import TelemetryServices, open_services

START = 1_800_000_000.0  # on a minute
REGION = "us-east-1"


class HandClock:
    """Time that stands until a test moves it."""

    def __init__(self, time: float = START) -> None:
        self.time = time

    def now(self) -> float:
        return self.time


class RecordedLogs:
    """A LogDirectory in memory; tests put groups into it."""

    def __init__(self) -> None:
        self.known: dict[tuple[Scope, str], LogGroup] = {}
        self.named: dict[tuple[Scope, str], set[str]] = {}
        self.spans: dict[tuple[Scope, str, str], StreamSpan] = {}
        self.live: list[Mapping[str, Any]] = []

    def add(self, name: str, *streams: str, scope: Scope | None = None, **more: Any) -> None:
        where = scope or Scope()
        self.known[where, name] = LogGroup(name, where.arn("logs", f"log-group:{name}:*"), **more)
        self.named.setdefault((where, name), set()).update(streams)

    def group(self, scope: Scope, name: str) -> LogGroup | None:
        return self.known.get((scope, name))

    def groups(self, scope: Scope) -> Sequence[LogGroup]:
        return [group for (where, _), group in sorted(self.known.items()) if where == scope]

    def everywhere(self) -> Sequence[tuple[Scope, LogGroup]]:
        return [(scope, group) for (scope, _), group in self.known.items()]

    def streams(self, scope: Scope, group: str) -> Sequence[str]:
        return sorted(self.named.get((scope, group), ()))

    def create(self, scope: Scope, group: str, stream: str) -> None:
        if (scope, group) not in self.known:
            self.add(group, scope=scope)
        self.named[scope, group].add(stream)

    def wrote(self, scope: Scope, group: str, stream: str, span: StreamSpan) -> None:
        self.spans[scope, group, stream] = span

    def show_live(self, scope: Scope, group: str, stream: str, events: Sequence[Mapping[str, Any]]) -> None:
        self.live += events


class RecordingApplication:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.logs = RecordedLogs()
        self.published: list[tuple[str, str, str]] = []
        self.depths: list[QueueDepth] = []
        self.invoked: list[tuple[str, Mapping[str, Any]]] = []
        self.records: list[tuple[str, bytes, str]] = []
        self.events: list[tuple[Scope, str, str, Mapping[str, Any]]] = []

    def invoke(self, function_arn: str, event: Mapping[str, Any]) -> None:
        if "missing" in function_arn:
            raise LookupError("no such function")
        self.invoked.append((function_arn, event))

    def put_record(self, stream_arn: str, data: bytes, key: str) -> None:
        self.records.append((stream_arn, data, key))

    def put_event(self, scope: Scope, source: str, detail_type: str, event: Mapping[str, Any]) -> None:
        self.events.append((scope, source, detail_type, event))

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
def _session(_protocol: str, region: str) -> Any:
    """Loading the service models takes most of a test's time."""
    return boto3.Session("test", "test", region_name=region)


def client(services: TelemetryServices, service: str, protocol: str = "", region: str = REGION) -> Any:
    """A boto3 client whose requests go straight to them, in a protocol other than the client's first if asked."""
    session = _session(protocol, region)
    config = Config(retries={"max_attempts": 1})
    made = session.client(service, endpoint_url="http://127.0.0.1:1", config=config)
    if protocol:
        made = _speaking(made, session, service, protocol)
    made.meta.events.register("before-send", lambda request, **_: _answer(services, request))
    return made


def _speaking(made: Any, session: Any, service: str, protocol: str) -> Any:
    from botocore.parsers import create_parser
    from botocore.serialize import create_serializer

    made.meta.service_model.metadata["protocol"] = protocol
    made._serializer = create_serializer(protocol)
    made._response_parser = create_parser(protocol)
    made._endpoint._response_parser_factory.create_parser = lambda _name: create_parser(protocol)
    return made


def _answer(services: TelemetryServices, request: Any) -> AWSResponse:
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
    api = next(api for api in services.apis if api.claims(asked))
    answer = asyncio.run(api.handle(asked))
    return AWSResponse(request.url, answer.status, {k.lower(): v for k, v in answer.headers.items()}, _Raw(answer.body))


@contextmanager
def running(state: Path, clock: HandClock, application: RecordingApplication) -> Iterator[TelemetryServices]:
    """Open services, stopped at the end. Their clock's thread runs only when a test starts it."""
    services = open_services(state, clock, application)
    try:
        yield services
    finally:
        asyncio.run(services.stop())


def refusal(call: Any, **parameters: Any) -> tuple[str, str]:
    """The code and the message of the error that a call ends in."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]
