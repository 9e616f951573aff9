"""The X-Ray daemon's TCP side: SDKs ask it for sampling rules and targets, without a signature."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from shopfast_obs.localcloud.gateway import host_and_origin
from shopfast_obs.localcloud.interface import ApiRequest, ApiResponse

MAX_BODY = 1024 * 1024
PATHS = ("/GetSamplingRules", "/SamplingTargets")


class Proxy:
    """Answers on a bound TCP socket, and closes it in the end."""

    def __init__(self, listener: socket.socket, answer: Callable[[ApiRequest], ApiResponse]) -> None:
        self._server = ThreadingHTTPServer(listener.getsockname(), _handler(answer), bind_and_activate=False)
        self._server.socket.close()  # the constructor makes one of its own, which is not the pair's
        self._server.socket = listener
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="x-ray proxy", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Close the port."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


def _handler(answer: Callable[[ApiRequest], ApiResponse]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One request a connection."""

        timeout = 10

        def do_POST(self) -> None:
            """Answers what the daemon forwards, refuses the rest."""
            length = self.headers.get("Content-Length", "0")
            if self.path not in PATHS or not length.isdecimal() or int(length) > MAX_BODY:
                self.send_error(404)
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            if not host_and_origin.is_welcome(headers):
                self.send_error(403)
                return
            body = self.rfile.read(int(length))
            response = answer(ApiRequest("POST", self.path, headers, {}, body, "xray", ""))
            self.send_response(response.status)
            for name, value in {**response.headers, "Content-Length": str(len(response.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(response.body)

        def log_message(self, *_: object) -> None:
            """A log line for each would only be noise."""

    return Handler
