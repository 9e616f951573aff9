"""The endpoints: the gateway with the services behind it, every operation of theirs, the Runtime API, and files on disk."""

import asyncio
import io
import json
import selectors
import socket
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache, partial
from pathlib import Path
from typing import Any

import botocore.session
from hypothesis import strategies as st

from shopfast_obs.localcloud import service_metrics
from shopfast_obs.localcloud.clock import CloudClock
from shopfast_obs.localcloud.gateway.access import Guard
from shopfast_obs.localcloud.gateway.control import Control
from shopfast_obs.localcloud.gateway.credentials import Credentials, Keys
from shopfast_obs.localcloud.gateway.gateway import Backend, Gateway
from shopfast_obs.localcloud.interface import ApiRequest
from shopfast_obs.localcloud.lambdahost.sandbox.packages import CannotPrepareError, task_root
from shopfast_obs.localcloud.lambdahost.sandbox.runtime_api import RuntimeApi
from shopfast_obs.localcloud.ministack.http.signatures import Signed
from shopfast_obs.localcloud.observer import Observer
from shopfast_obs.localcloud.protocol.routing import Head
from shopfast_obs.localcloud.state import process_files
from shopfast_obs.localcloud.state.storage import Storage
from shopfast_obs.localcloud.telemetry_services import TelemetryServices
from tests.fuzz import strategies as s
from tests.fuzz.interface import Target
from tests.fuzz.readers import EMF, FILTERS, MATHS, PATTERNS, QUERIES, SEGMENT, START
from tests.localcloud.lambdahost.support import function
from tests.localcloud.service_clients import HandClock, RecordingApplication, running

CREDENTIALS = Credentials("s" * 40)
BASE = "/2018-06-01/runtime/"
TEXTS = st.sampled_from([*FILTERS, *MATHS, *PATTERNS, *QUERIES, "a", "1-6b49d200-000000000000000000000001", "/g", "s", "OK",
                         json.dumps(SEGMENT), json.dumps(EMF), "arn:aws:sns:us-east-1:000000000000:t"])  # fmt: skip
REQUESTS = (
    f"GET {BASE}invocation/next HTTP/1.1\r\nHost: a\r\n\r\n",
    f"POST {BASE}invocation/a/response HTTP/1.1\r\nContent-Length: 2\r\n\r\n{{}}",
    f"POST {BASE}invocation/a/error HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n",
    f"POST {BASE}init/error HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
)

ITEMS = {
    "TableName": "t",
    "IndexName": "i",
    "RequestItems": {"t": []},
    "TransactItems": [{"Put": {"TableName": "arn:aws:dynamodb:us-east-1:0:table/t"}}],
}


class OpenGuard(Guard):
    """Lets in whoever says to have signed, so that what stands behind the door is tried too."""

    def signer(self, head: Head, path: str) -> tuple[Signed, Keys]:
        """The caller, unproven."""
        query = {"X-Amz-Signature": ["s"]} if head.access_key else {}
        return Signed(head.method, path, query, head.headers, None, presigned=bool(query)), CREDENTIALS.keys()

    def verify(self, head: Head, signed: Signed, keys: Keys, body: bytes | None) -> None:
        """Nothing is wrong."""


class World:
    """Open services, and the gateway in front of them and of an application that answers everything."""

    def __init__(self, services: TelemetryServices, state: Path) -> None:
        self.services = services
        self.state = state
        clock = CloudClock()
        self._control = Control(1, str(state), clock)
        behind = Backend(_answer, lambda service, operation: None, Storage(state))
        self._observer = Observer(services.telemetry, clock)
        make = partial(Gateway, behind, services.apis, self._observer, self._control)
        self._door, self._gateway = make(Guard(CREDENTIALS)), make(OpenGuard(CREDENTIALS))

    def close(self) -> None:
        """End what it started."""
        self._observer.close()

    def ask(self, gateway: Gateway, scope: dict[str, Any], body: bytes) -> int:
        """The status that a client gets."""
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(gateway(scope, receive, send))
        assert sent[-1]["type"] == "http.response.body"
        status: int = sent[0]["status"]
        return status

    def http(self, request: tuple[str, str, dict[str, str], bytes]) -> None:
        """Any request gets an answer that is no server error of ours."""
        method, path, headers, body = request
        raw = [(k.encode("latin-1", "replace"), v.encode("latin-1", "replace")) for k, v in headers.items()]
        scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": raw}
        for gateway in (self._door, self._gateway):
            status = self.ask(gateway, scope, body)
            assert status < 500 or path.startswith("/_shopfast/health")  # not ready here

    def operation(self, call: tuple[str, str, Any]) -> None:
        """Any parameters get an answer, or a refusal in AWS's shape."""
        service, name, parameters = call
        request = _json_request(service, name, json.dumps(parameters).encode())
        api = next((api for api in self.services.apis if api.claims(request)), None)
        if api is not None:
            answer = asyncio.run(api.handle(request))
            assert answer.status < 500, answer.body

    def measure(self, call: tuple[str, bytes, int]) -> None:
        """Any request and answer of DynamoDB; the answer is like the request."""
        name, body, status = call
        service_metrics.dynamodb(self._observer, name, body, service_metrics.Answered(status, 0.1, body))

    def package(self, content: bytes) -> None:
        """A zip is unpacked or refused, and nothing lands beside it."""
        task_root(self.state / "packages", function("", code_zip=content))
        assert {p.name for p in (self.state / "packages").iterdir()} == {"code"}

    def record(self, content: bytes) -> None:
        """What stands in the state folder, whoever wrote it."""
        (self.state / process_files.INFO).write_bytes(content)
        (self.state / process_files.PORT).write_bytes(content)
        (self.state / "clock.json").write_bytes(content)
        process_files.last_port(self.state)
        CloudClock(self.state / "clock.json")
        record = process_files.read(self.state)
        if record is not None:
            process_files.alive(record)


async def _answer(_scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"{}", "more_body": False})


@cache
def _model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


def _json_request(service: str, name: str, body: bytes) -> ApiRequest:
    model = _model(service)
    path = model.operation_model(name).http["requestUri"] if service == "xray" else "/"
    target = {"logs": "Logs_20140328", "cloudwatch": "GraniteServiceVersion20100801"}.get(service)
    headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": f"{target}.{name}"} if target else {}
    signed = "monitoring" if service == "cloudwatch" else service
    return ApiRequest("POST", path, headers, {}, body, signed, "us-east-1")


def _conversation(chunks: list[bytes]) -> None:
    """A runtime that speaks as it likes, in pieces."""
    with ExitStack() as stack:
        selector = stack.enter_context(selectors.DefaultSelector())
        api = RuntimeApi(selector)
        stack.callback(api.close)
        host, port = api.address.split(":")
        client = stack.enter_context(socket.create_connection((host, int(port))))
        api.hand_out("a", {}, b"{}")
        for chunk in chunks:
            try:
                client.sendall(chunk)
            except OSError:  # the server has hung up
                return
            for key, _ in selector.select(0):
                api.read(key)


def _shape(shape: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values of a shape of a service model; sometimes something else."""
    kind = shape.type_name
    if kind == "structure":
        inner = {} if depth > 4 else {name: _shape(member, depth + 1) for name, member in shape.members.items()}
        required = {name: inner.pop(name) for name in shape.required_members if name in inner}
        whole = st.fixed_dictionaries(required, optional=inner)
        return _mostly(whole) if depth else whole
    if kind == "list":
        return st.lists(_shape(shape.member, depth + 1), max_size=3)
    if kind == "map":
        return st.dictionaries(TEXTS, _shape(shape.value, depth + 1), max_size=3)
    if kind in ("integer", "long"):
        return _mostly(st.sampled_from([0, 1, 2, 60, 300, int(START), int(START * 1000)]))
    if kind in ("float", "double", "timestamp"):
        return _mostly(st.sampled_from([0.5, 1.0, START, START + 3600]))
    if kind == "boolean":
        return _mostly(st.booleans())
    return _mostly(st.sampled_from(shape.enum) if getattr(shape, "enum", None) else TEXTS)


def _mostly(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(*[strategy] * 9, s.SCALARS)


def _calls(service: str) -> st.SearchStrategy[tuple[str, str, Any]]:
    model = _model(service)
    inputs = {name: model.operation_model(name).input_shape for name in model.operation_names}
    return st.one_of(
        [st.tuples(st.just(service), st.just(n), _shape(shape)) for n, shape in inputs.items() if shape is not None]
    )


def _requests() -> st.SearchStrategy[tuple[str, str, dict[str, str], bytes]]:
    signature = "AWS4-HMAC-SHA256 Credential={}/20250101/us-east-1/{}/aws4_request"
    services = st.sampled_from(["xray", "monitoring", "logs", "dynamodb", "s3", ""])
    headers = st.fixed_dictionaries(
        {
            "host": st.sampled_from(["localhost:4566", "127.0.0.1", "evil.example", "x.lambda-url.localhost"])
            | st.text(),
            "authorization": services.map(lambda name: signature.format("000000000000", name)) | st.text(),
        },
        optional={
            "x-amz-target": st.sampled_from(
                [
                    "Logs_20140328.StartQuery",
                    "DynamoDB_20120810.Query",
                    "DynamoDB_20120810.TransactWriteItems",
                    "a.b",
                    "",
                ]
            )
            | st.text(),
            "content-type": st.sampled_from(
                ["application/json", "application/cbor", "application/x-www-form-urlencoded"]
            ),
            "content-encoding": st.sampled_from(["gzip", "GZIP, x", "br"]),
            "origin": st.sampled_from(["http://localhost", "null", "http://["]) | st.text(),
            "x-amzn-trace-id": st.text(),
        },
    )
    paths = st.sampled_from(
        ["/", "/TraceSegments", "/_shopfast/clock", "/_shopfast/faults", "/_shopfast/health", "/a/b"]
    )
    inputs = s.bodies(
        SEGMENT, ITEMS, {"advance": 1}, {"service": "dynamodb", "error": "E", "operation": "o", "times": 1}
    )
    return st.tuples(st.sampled_from(["GET", "POST", "PUT", "DELETE", "X"]), paths | st.text(), headers, inputs)


def _zips() -> st.SearchStrategy[bytes]:
    names = st.sampled_from(["a.py", "b/c.py", "../x", "/etc/x", "b/", "b", "a.py/d", "\x00", "é"])
    entries = st.lists(st.tuples(names, st.binary(max_size=20), st.sampled_from([0, 0o120777, 0o100755])), max_size=4)

    def written(some: list[tuple[str, bytes, int]]) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content, mode in {entry[0]: entry for entry in some}.values():
                info = zipfile.ZipInfo(name)
                info.external_attr = mode << 16
                archive.writestr(info, content)
        return buffer.getvalue()

    whole = entries.map(written)
    return whole | st.builds(lambda z, n, b: z[:n] + b + z[n + 1 :], whole, st.integers(0, 200), st.binary(max_size=2))


def endpoints(state: Path, stack: ExitStack) -> Iterator[Target]:
    """Each with its input; what they open is closed with the stack."""
    world = World(stack.enter_context(running(state, HandClock(), RecordingApplication())), state)
    stack.callback(world.close)
    yield Target("the gateway", _requests(), world.http, cost=20)
    for service in ("xray", "cloudwatch", "logs"):
        yield Target(f"operations of {service}", _calls(service), world.operation, cost=5)
    pieces = s.damaged(REQUESTS).map(lambda text: text.encode("utf-8", "replace"))
    yield Target("the Runtime API", st.lists(pieces | st.binary(max_size=20), max_size=5), _conversation, cost=8)
    operations = st.sampled_from(["Query", "PutItem", "TransactWriteItems", "BatchGetItem", "x"])
    statuses = st.sampled_from([200, 400, 500])
    yield Target("what DynamoDB measures", st.tuples(operations, s.bodies(ITEMS), statuses), world.measure)
    yield Target("packages", _zips(), world.package, (CannotPrepareError,), cost=4)
    yield Target("state files", s.bodies({"pid": 1, "port": 2, "process_started": 0.5, "started": 1.0}, {"offset": 1.5}),
                 world.record, cost=20)  # fmt: skip
