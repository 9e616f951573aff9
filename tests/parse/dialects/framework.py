"""The Serverless Framework, locked in osls/package-lock.json, packaging folders offline."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from shopfast_obs.cloud.deploy.npm import Npm
from tests.parse.dialects.packaged import MADE

LOCKED = Path(__file__).parent / "osls"
NO_STACK = b"""<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code>
<Message>Stack with id x does not exist</Message></Error></ErrorResponse>"""


class Account(BaseHTTPRequestHandler):
    """An account in which nothing is deployed: the framework asks it for the layers of the last deployment."""

    def do_POST(self) -> None:
        """There is no such stack."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(400)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(NO_STACK)))
        self.end_headers()
        self.wfile.write(NO_STACK)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def account() -> Iterator[str]:
    """The address of an empty account."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Account)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class Framework:
    """osls in a folder of its own, run by the wheel's Node."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self._folder, self._npm = folder, Npm.found()
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(LOCKED / name, folder / name)
        self._npm.install(folder)
        self._environment = {
            "PATH": str(self._npm.node.parent),
            "HOME": str(folder),
            "NODE_COMPILE_CACHE": str(folder / "compiled"),
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
        }

    def package(self, service: Path, place: Path) -> dict[str, Any]:
        """The template that the framework makes of a service, packaged in a copy of its folder."""
        shutil.copytree(service, place)
        (place / "app.py").touch()
        script = self._folder / "node_modules" / "osls" / "bin" / "serverless.js"
        done = subprocess.run(
            [str(self._npm.node), str(script), "package"],
            cwd=place,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        made: dict[str, Any] = json.loads((place / MADE).read_text(encoding="utf-8"))
        return made


def workers() -> int:
    """How many packages are made at a time."""
    return os.cpu_count() or 1
