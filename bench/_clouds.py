"""Clouds to measure: ours, and MiniStack by itself."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from shopfast_obs.localcloud import process
from shopfast_obs.localcloud.gateway import credentials

MINISTACK = """
import asyncio, sys
from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.app import app
config = Config()
config.bind, config.keep_alive_timeout, config.loglevel = ["127.0.0.1:" + sys.argv[1]], 75, "WARNING"
asyncio.run(serve(app, config))
"""


_KEYS: dict[str, credentials.Keys] = {}  # by the address of a cloud of ours


def known(info: process.CloudInfo) -> process.CloudInfo:
    """The same cloud, whose clients sign from now on with its credentials."""
    secret = credentials.load(info.state)
    assert secret is not None
    _KEYS[info.endpoint_url] = secret.keys()
    return info


def keys_of(url: str) -> credentials.Keys:
    """What clients of this address sign with; MiniStack by itself takes anything."""
    return _KEYS.get(url, credentials.Keys("test", "test"))


@contextlib.contextmanager
def local_cloud() -> Iterator[process.CloudInfo]:
    """Our cloud on a free port, with an empty state."""
    with tempfile.TemporaryDirectory() as folder:
        info = known(process.start(Path(folder) / "cloud", free_port()))
        try:
            yield info
        finally:
            process.stop(info.state)


@contextlib.contextmanager
def ministack() -> Iterator[str]:
    """The address of a MiniStack with its own executor, served as its own command serves it, on loopback."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "LAMBDA_"))}
        settings = {"GATEWAY_PORT": str(port), "LOG_LEVEL": "WARNING", "STATE_DIR": folder, "SFTP_ENABLED": "0"}
        settings["IOT_MTLS_ENABLED"] = "0"  # it would listen on every interface
        running = subprocess.Popen([sys.executable, "-c", MINISTACK, str(port)], env=kept | settings, cwd=folder)
        try:
            _answers(f"http://127.0.0.1:{port}/_ministack/health")
            yield f"http://127.0.0.1:{port}"
        finally:
            running.terminate()
            running.wait(20)


def _answers(url: str, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - a loopback address
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def client(url: str, service: str) -> Any:  # noqa: ANN401 - boto3 has no types
    """A boto3 client without retries."""
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=keys_of(url).access_key_id,
        aws_secret_access_key=keys_of(url).secret_access_key,
        config=Config(retries={"total_max_attempts": 1}, read_timeout=30),
    )


def create_function(url: str, name: str, code: str, **settings: object) -> None:
    """Deploy handler.py with this code."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("handler.py", code)
    fields: dict[str, object] = {
        "FunctionName": name,
        "Runtime": "python3.11",
        "Handler": "handler.lambda_handler",
        "Role": "arn:aws:iam::000000000000:role/bench",
        "Code": {"ZipFile": buffer.getvalue()},
        "MemorySize": 1769,
    }
    client(url, "lambda").create_function(**fields | settings)


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def spread(values: Sequence[float]) -> str:
    """Median, 95th percentile and maximum, aligned."""
    ordered = sorted(values)
    p95 = ordered[int(len(ordered) * 0.95)]
    return f"median {statistics.median(ordered):8.2f}   p95 {p95:8.2f}   max {ordered[-1]:8.2f}"
