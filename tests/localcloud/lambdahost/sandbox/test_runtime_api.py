"""The Runtime API, spoken to over a socket."""

import os
import selectors
import socket
import subprocess
from collections.abc import Iterator

import pytest

from shopfast_obs.localcloud.lambdahost.sandbox.runtime_api import Call, Failed, NextAsked, Responded, RuntimeApi

BASE = "/2018-06-01/runtime"


class Wire:
    """A client's connection, and the server's side of it."""

    def __init__(self) -> None:
        self.selector = selectors.DefaultSelector()
        self.api = RuntimeApi(self.selector)
        host, port = self.api.address.split(":")
        self.client = socket.create_connection((host, int(port)))

    def say(self, data: bytes) -> list[Call]:
        """Send bytes; the calls that the server understood."""
        self.client.sendall(data)
        calls = []
        while ready := self.selector.select(0.05):
            calls += [call for key, _ in ready if (call := self.api.read(key)) is not None]
        return calls

    def post(self, path: str, body: bytes, *headers: str) -> list[Call]:
        """Send a POST."""
        head = "\r\n".join((f"POST {BASE}{path} HTTP/1.1", f"Content-Length: {len(body)}", *headers, "", ""))
        return self.say(head.encode() + body)

    def heard(self) -> bytes:
        """What the server answered."""
        self.client.settimeout(1)
        return self.client.recv(65536)


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A connection that has asked for an event and got invocation `a`."""
    wire = Wire()
    assert wire.say(f"GET {BASE}/invocation/next HTTP/1.1\r\n\r\n".encode()) == [NextAsked()]
    wire.api.hand_out("a", {"Lambda-Runtime-Trace-Id": "Root=1", "Lambda-Runtime-Client-Context": ""}, b"{}")
    answer = wire.heard()
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(
        b"Content-Length: 2\r\nLambda-Runtime-Aws-Request-Id: a\r\nLambda-Runtime-Trace-Id: Root=1\r\n\r\n{}"
    )
    yield wire
    wire.client.close()
    wire.api.close()
    wire.selector.close()


def test_a_response(wire: Wire) -> None:
    """The body arrives, the runtime hears that it was accepted."""
    assert wire.post("/invocation/a/response", b"[1]") == [Responded(b"[1]")]
    assert wire.heard().startswith(b"HTTP/1.1 202 ")


def test_a_response_in_chunks(wire: Wire) -> None:
    """Other runtimes stream."""
    head = f"POST {BASE}/invocation/a/response HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert wire.say(head.encode() + b"2\r\nab\r\n") == []
    assert wire.say(b"1\r\nc\r\n0\r\n\r\n") == [Responded(b"abc")]


def test_a_large_body_waits_to_be_asked_for(wire: Wire) -> None:
    """`Expect: 100-continue` is answered once."""
    head = f"POST {BASE}/invocation/a/response HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    assert wire.say(head.encode()) == []
    assert wire.heard() == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert wire.say(b"ok") == [Responded(b"ok")]


def test_errors(wire: Wire) -> None:
    """Of the invocation with X-Ray's cause, however long, and of the initialisation."""
    cause = "x" * 300_000
    headers = ("Lambda-Runtime-Function-Error-Type: E", f"Lambda-Runtime-Function-XRay-Error-Cause: {cause}")
    assert wire.post("/invocation/a/error", b"{}", *headers) == [Failed(b"{}", "E", cause)]
    assert wire.post("/init/error", b"{}", headers[0]) == [Failed(b"{}", "E", init=True)]


def test_what_is_refused(wire: Wire) -> None:
    """Another invocation's id, another path, and what is not HTTP."""
    assert wire.post("/invocation/b/response", b"") == []
    assert wire.heard().startswith(b"HTTP/1.1 400 ")
    assert wire.post("/nothing", b"") == []
    assert wire.heard().startswith(b"HTTP/1.1 404 ")
    assert wire.say(b"\x00\x01nonsense\r\n\r\n") == []
    assert wire.heard().startswith(b"HTTP/1.1 400 ")
    assert wire.heard() == b""


def test_a_header_cannot_smuggle_another(wire: Wire) -> None:
    """What a caller sends as client context stays one header."""
    wire.say(f"GET {BASE}/invocation/next HTTP/1.1\r\n\r\n".encode())
    wire.api.hand_out("b", {"Lambda-Runtime-Client-Context": "{}\r\nEvil: yes"}, b"{}")
    assert b"Client-Context: {} Evil: yes\r\n" in wire.heard()


def test_a_page_gets_no_event(wire: Wire) -> None:
    """A browser's request, from whatever page, is refused and takes nothing from the function."""
    for header in ("Sec-Fetch-Site: cross-site", "Origin: http://localhost:1"):
        with socket.create_connection(tuple(wire.api.address.split(":"))) as page:
            page.sendall(f"GET {BASE}/invocation/next HTTP/1.1\r\n{header}\r\n\r\n".encode())
            assert wire.say(b"") == []
            assert page.recv(65536).startswith(b"HTTP/1.1 403 Forbidden\r\n")


def test_another_user_of_the_machine_gets_no_event() -> None:
    """The connection is closed before anything is read of it."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    wire = Wire()
    host, port = wire.api.address.split(":")
    ask = f"exec 3<>/dev/tcp/{host}/{port}; printf 'GET {BASE}/invocation/next HTTP/1.1\\r\\n\\r\\n' >&3; cat <&3"
    with subprocess.Popen(["bash", "-c", ask], user=65534, group=65534, extra_groups=[], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, cwd="/") as other:  # fmt: skip
        calls = []
        while other.poll() is None:
            calls += wire.say(b"")
        assert other.stdout is not None and other.stdout.read() == b""
    assert calls == [] and wire.say(f"GET {BASE}/invocation/next HTTP/1.1\r\n\r\n".encode()) == [NextAsked()]
    wire.client.close()
    wire.api.close()
    wire.selector.close()
