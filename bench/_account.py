"""An AWS account in moto: a thousand functions with metrics and logs, served on loopback, every request counted."""

from __future__ import annotations

import io
import logging
import threading
import time
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import boto3
from moto import mock_aws
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

REGION = "us-east-1"
GROUPS = 5  # functions whose logs and metrics differ
ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": REGION}


class Counted:
    """A WSGI application that counts its requests by service and action."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self.requests: Counter[str] = Counter()
        self.seconds: dict[str, float] = defaultdict(float)  # of the processor, that the account itself took

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split("/")
        service = scope[3] if len(scope) > 3 else "?"
        action = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2] or environ["REQUEST_METHOD"]
        name = f"{service}:{action}"
        self.requests[name] += 1
        began = time.thread_time()
        answer = list(self._application(environ, start_response))
        self.seconds[name] += time.thread_time() - began
        return answer

    def again(self) -> None:
        """Count from nothing."""
        self.requests.clear()
        self.seconds.clear()


@contextmanager
def served(functions: int) -> Iterator[tuple[str, Counted]]:
    """The endpoint of an account with so many functions, and its counter, which begins at nothing."""
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)  # what moto does not know is answered with 500
    counted = Counted(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, counted, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    with mock_aws():
        fill(functions)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", counted
        finally:
            server.shutdown()
            thread.join()


def fill(functions: int) -> None:
    """Functions, each with a log group of two invocations and its metrics; every fifth one is killed by its timeout."""
    session = boto3.Session("testing", "testing", region_name=REGION)
    role = session.client("iam").create_role(RoleName="app", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    lambda_, logs, cloudwatch = (session.client(name) for name in ("lambda", "logs", "cloudwatch"))
    code, now = archive(), time.time()
    for number in range(functions):
        name = f"function-{number:04d}"
        lambda_.create_function(
            FunctionName=name, Runtime="python3.12", Role=role, Handler="app.handler", Code={"ZipFile": code}
        )
        logs.create_log_group(logGroupName=f"/aws/lambda/{name}")
        logs.create_log_stream(logGroupName=f"/aws/lambda/{name}", logStreamName="s")
        events = [line for request in range(2) for line in invocation(number, request, now)]
        logs.put_log_events(logGroupName=f"/aws/lambda/{name}", logStreamName="s", logEvents=events)
        data = [metric(name, kind, now) for kind in ("Invocations", "Errors", "Throttles")]
        cloudwatch.put_metric_data(Namespace="AWS/Lambda", MetricData=data)


def archive() -> bytes:
    """A handler in a zip."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("app.py", "def handler(event, context): return 1")
    return file.getvalue()


def invocation(number: int, request: int, now: float) -> list[dict[str, Any]]:
    """The platform's lines of one invocation."""
    at = int((now - 300 + request) * 1000)
    id_ = f"00000000-0000-4000-8000-{number:08d}{request:04d}"
    killed = number % GROUPS == 0
    took, status = ("3000.00", "\tStatus: timeout") if killed else ("12.00", "")
    report = f"REPORT RequestId: {id_}\tDuration: {took} ms\tBilled Duration: {took[:-3]} ms"
    lines = [
        f"START RequestId: {id_} Version: $LATEST\n",
        f"END RequestId: {id_}\n",
        f"{report}\tMemory Size: 128 MB\tMax Memory Used: 70 MB{status}\t\n",
    ]
    return [{"timestamp": at + place, "message": line} for place, line in enumerate(lines)]


def metric(function: str, name: str, now: float) -> dict[str, Any]:
    """One datapoint of a function's metric."""
    dimensions = [{"Name": "FunctionName", "Value": function}]
    return {"MetricName": name, "Dimensions": dimensions, "Timestamp": now - 300, "Value": 2.0, "Unit": "Count"}
