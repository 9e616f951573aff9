"""The services on a real port, for exporters that bring their own HTTP."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from shopfast_obs.localcloud.interface import ApiRequest
from shopfast_obs.localcloud.protocol.compression import unpacked
from shopfast_obs.localcloud.telemetry_services import TelemetryServices
from tests.localcloud.service_clients import HandClock, RecordingApplication, running


@contextmanager
def listening(tmp_path: Path, application: RecordingApplication) -> Iterator[tuple[str, TelemetryServices]]:
    """The address of the endpoints, and the services behind them; what the gateway does with signatures is not here."""
    with running(tmp_path, HandClock(time.time()), application) as services:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(services))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", services
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _handler(services: TelemetryServices) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = unpacked(self.rfile.read(int(headers.get("content-length", 0))), headers)
            asked = ApiRequest("POST", self.path, headers, {}, body, "", "us-east-1")
            api = next(api for api in services.apis if api.claims(asked))
            answer = asyncio.run(api.handle(asked))
            self.send_response(answer.status)
            for name, value in {**answer.headers, "Content-Length": str(len(answer.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            return

    return Handler
