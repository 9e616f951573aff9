"""Lambda's Runtime API for one execution environment: HTTP on a port of its own, answered by the thread that runs the
invocation. Header and body of an answer leave in one write: two packets cost 40 ms of delayed acknowledgement."""

from __future__ import annotations

import contextlib
import json
import re
import selectors
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field

from shopfast_obs.facts import whole
from shopfast_obs.localcloud.gateway import peers

MAX_RESPONSE = whole("lambda-max-answer")  # bytes; Lambda's own message names this number
MAX_HEAD = 2 << 20  # awslambdaric may put a megabyte into the X-Ray cause header
MAX_BODY = 64 << 20  # no more is kept of what a function posts
WRITE_PATIENCE = 30.0
_PATH = re.compile(r"/2018-06-01/runtime/(invocation/next|init/error|invocation/([^/]+)/(response|error))")
_REASONS = {200: "OK", 202: "Accepted", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 413: "Too Large"}


@dataclass(frozen=True, slots=True)
class NextAsked:
    """The runtime waits for an event."""


@dataclass(frozen=True, slots=True)
class Responded:
    """The function returned `body`; `excess` is its size when that is more than Lambda takes."""

    body: bytes
    excess: int = 0


@dataclass(frozen=True, slots=True)
class Failed:
    """The function raised, or (`init`) its module did. `cause` is X-Ray's."""

    body: bytes
    error_type: str
    cause: str = ""
    init: bool = False


Call = NextAsked | Responded | Failed


@dataclass(slots=True)
class _Connection:
    socket: socket.socket
    data: bytearray = field(default_factory=bytearray)
    continued: bool = False


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    size: int


class RuntimeApi:
    """The server side. Its sockets are registered with `selector`; `read` turns what arrived into calls."""

    def __init__(self, selector: selectors.BaseSelector) -> None:
        self._selector = selector
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=16)
        self._listener.setblocking(False)
        self._waiting: _Connection | None = None
        self._open: set[socket.socket] = set()
        self._request_id = ""
        selector.register(self._listener, selectors.EVENT_READ, self)

    @property
    def address(self) -> str:
        """`host:port` for AWS_LAMBDA_RUNTIME_API."""
        host, port = self._listener.getsockname()
        return f"{host}:{port}"

    def hand_out(self, request_id: str, headers: Mapping[str, str], event: bytes) -> None:
        """Give the waiting runtime its event."""
        waiting, self._waiting = self._waiting, None
        self._request_id = request_id
        if waiting is not None:
            self._answer(waiting, 200, event, {"Lambda-Runtime-Aws-Request-Id": request_id, **headers})

    def read(self, key: selectors.SelectorKey) -> Call | None:
        """What the runtime says on a socket that is ready; None when it has not finished speaking."""
        if key.data is self:
            self._accept()
            return None
        connection: _Connection = key.data
        try:
            chunk = connection.socket.recv(1 << 18)
        except BlockingIOError:
            return None
        except OSError:
            chunk = b""
        if not chunk:
            self._drop(connection)
            return None
        connection.data += chunk
        return self._understand(connection)

    def forget(self) -> None:
        """Drop every connection: the runtime is gone."""
        for sock in list(self._open):
            self._drop(self._selector.get_key(sock).data)
        self._waiting = None

    def close(self) -> None:
        """Stop listening."""
        self.forget()
        self._selector.unregister(self._listener)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(BlockingIOError):
            sock, _ = self._listener.accept()
            if not peers.is_own(sock):  # the next event is for the function alone
                sock.close()
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setblocking(False)
            self._open.add(sock)
            self._selector.register(sock, selectors.EVENT_READ, _Connection(sock))

    def _drop(self, connection: _Connection) -> None:
        if connection.socket in self._open:
            self._open.discard(connection.socket)
            self._selector.unregister(connection.socket)
            connection.socket.close()
        if self._waiting is connection:
            self._waiting = None

    def _understand(self, connection: _Connection) -> Call | None:
        try:
            request = _parse(connection)
        except ValueError:
            self._answer(connection, 400, _error("InvalidRequest", "This is not an HTTP request."))
            self._drop(connection)
            return None
        if request is None:
            return None
        if request.headers.keys() & {"origin", "sec-fetch-site"}:  # a browser: some page tries ports
            self._answer(connection, 403, _error("Forbidden", "Pages may not call the Runtime API."))
            self._drop(connection)
            return None
        return self._obey(connection, request)

    def _obey(self, connection: _Connection, request: _Request) -> Call | None:
        match = _PATH.fullmatch(request.path)
        if match is None:
            self._answer(connection, 404, _error("InvalidPath", f"There is no {request.path} here."))
            return None
        if match[1] == "invocation/next":
            self._waiting = connection
            return NextAsked()
        if match[2] is not None and match[2] != self._request_id:
            self._answer(connection, 400, _error("InvalidRequestID", "This invocation is not under way."))
            return None
        if match[3] == "response":
            return self._take_response(connection, request)
        self._answer(connection, 202, b'{"status":"OK"}')
        return Failed(
            request.body,
            request.headers.get("lambda-runtime-function-error-type", ""),
            request.headers.get("lambda-runtime-function-xray-error-cause", ""),
            init=match[1] == "init/error",
        )

    def _take_response(self, connection: _Connection, request: _Request) -> Responded:
        if request.size <= MAX_RESPONSE:
            self._answer(connection, 202, b'{"status":"OK"}')
            return Responded(request.body)
        text = f"Exceeded maximum allowed payload size ({MAX_RESPONSE} bytes)."
        self._answer(connection, 413, _error("RequestEntityTooLarge", text))
        return Responded(b"", excess=request.size)

    def _answer(
        self, connection: _Connection, status: int, body: bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        lines = [
            f"HTTP/1.1 {status} {_REASONS[status]}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        ]
        lines += [f"{name}: {_one_line(value)}" for name, value in (headers or {}).items() if value]
        head = "\r\n".join((*lines, "", "")).encode("utf-8", "replace")
        with contextlib.suppress(OSError):  # the runtime died: its exit is reported elsewhere
            connection.socket.settimeout(WRITE_PATIENCE)
            connection.socket.sendall(head + body)
            connection.socket.setblocking(False)


def _one_line(value: str) -> str:
    """A header cannot be used to write another one."""
    return " ".join(value.splitlines())


def _error(kind: str, message: str) -> bytes:
    return json.dumps({"errorMessage": message, "errorType": kind}).encode()


def _parse(connection: _Connection) -> _Request | None:
    """The request that is complete in the connection's data, taken out of it; ValueError for what is not HTTP."""
    end = connection.data.find(b"\r\n\r\n")
    if end < 0:
        if len(connection.data) > MAX_HEAD:
            raise ValueError("the head has no end")
        return None
    first, *rest = connection.data[:end].decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return _chunked(connection, method, path, headers, end + 4)
    size = int(headers.get("content-length") or 0)
    if size < 0:
        raise ValueError("a negative length")
    if headers.get("expect", "").lower() == "100-continue" and not connection.continued:
        connection.continued = True
        connection.socket.send(b"HTTP/1.1 100 Continue\r\n\r\n")
    if len(connection.data) < end + 4 + size:
        return None
    body = bytes(connection.data[end + 4 : end + 4 + size])
    del connection.data[: end + 4 + size]
    connection.continued = False
    return _Request(method, path, headers, body, size)


def _chunked(
    connection: _Connection, method: str, path: str, headers: Mapping[str, str], start: int
) -> _Request | None:
    body, at = bytearray(), start
    while True:
        line_end = connection.data.find(b"\r\n", at)
        if line_end < 0:
            return None
        size = int(connection.data[at:line_end].split(b";")[0], 16)
        at = line_end + 2
        if len(connection.data) < at + size + 2:
            return None
        if size == 0:
            del connection.data[: at + 2]
            return _Request(method, path, headers, bytes(body), len(body))
        body += connection.data[at : at + size]
        at += size + 2
