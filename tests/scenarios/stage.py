"""A healthy application on a cloud of its own, ready to be broken: one copy for each fault."""

import io
import json
import shutil
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.localcloud.keys import control
from tests.story.conftest import Project, eventually

MODULE = "fault"
LOADED = "import handler as original\n"


@dataclass(frozen=True)
class Roles:
    """Who does what in an application. `reads` are paths of the web function that succeed, `write` places an order, or
    what the application calls one, and returns the HTTP status."""

    web: str  # answers its function URL; the output that names the URL
    url: str
    reads: Sequence[str]
    writer: str  # takes orders and puts events on the bus
    write: Callable[[Mapping[str, str]], int]
    table: str
    worker: str  # the queue's consumer, also what the workflow's tasks call
    queue: str
    mail: str  # subscribed to the topic
    topic: str
    bus: str
    rule: str  # starts the workflow
    workflow: str


@dataclass
class Stage:
    """One application on one cloud."""

    project: Project
    roles: Roles
    began: float = field(default_factory=time.time)

    def client(self, service: str) -> Any:
        """A boto3 client for the cloud."""
        return self.project.client(service)

    @cached_property
    def outputs(self) -> dict[str, str]:
        """What the stacks say."""
        return self.project.outputs

    def arn(self, service: str, name: str) -> str:
        """An ARN of the account."""
        return f"arn:aws:{service}:us-east-1:000000000000:{name}"

    def source(self, function: str) -> Path:
        """The folder of a function's source."""
        return next(path for path in self.project.folder.rglob("services/*") if function.endswith(path.name))

    def configure(self, function: str, **settings: Any) -> None:
        """Change the deployed function."""
        api = self.client("lambda")
        api.update_function_configuration(FunctionName=function, **settings)
        api.get_waiter("function_updated_v2").wait(FunctionName=function)

    def environment(self, function: str, **variables: str) -> None:
        """Set variables beside those that it has."""
        known = self.client("lambda").get_function_configuration(FunctionName=function)["Environment"]["Variables"]
        self.configure(function, Environment={"Variables": known | variables})

    def wrap(self, function: str, code: str) -> None:
        """Deploy the function with a module around its handler: `original.lambda_handler` is the healthy one."""
        folder = self.source(function)
        (folder / f"{MODULE}.py").write_text(LOADED + code, encoding="utf-8")
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.rglob("*.py")):
                archive.write(path, path.relative_to(folder))
        api = self.client("lambda")
        api.update_function_code(FunctionName=function, ZipFile=buffer.getvalue())
        api.get_waiter("function_updated_v2").wait(FunctionName=function)
        self.configure(function, Handler=f"{MODULE}.lambda_handler")

    def read(self, count: int = 12, *, at_once: int = 1) -> list[int]:
        """The statuses of so many requests to the web function."""
        base, paths = self.outputs[self.roles.url].rstrip("/"), self.roles.reads
        with ThreadPoolExecutor(at_once) as crowd:
            return list(crowd.map(lambda n: _get(base + paths[n % len(paths)]), range(count)))

    def write(self, count: int = 3) -> list[int]:
        """The statuses of so many orders."""
        return [self.roles.write(self.outputs) for _ in range(count)]

    def both(self) -> None:
        """What happens on a quiet day."""
        self.read()
        self.write()

    def invoke(self, function: str, event: object, kind: str = "Event") -> None:
        """Call a function, asynchronously by default."""
        self.client("lambda").invoke(FunctionName=function, InvocationType=kind, Payload=json.dumps(event).encode())

    def inject(self, service: str, error: str, operation: str = "", times: int | None = None) -> None:
        """Let calls of a service fail."""
        fault = {"service": service, "error": error, "operation": operation, "times": times}
        state = self.project.settings.state_dir / "cloud"
        status, _, said = control(self.project.endpoint, state, "faults", "POST", json.dumps(fault).encode())
        assert status == 200, said

    def settle(self, seconds: float = 2.0) -> None:
        """Wait for what is asynchronous."""
        time.sleep(seconds)

    def until(self, look: Callable[[], Any], seconds: float = 20) -> Any:
        """Wait until it is so."""
        return eventually(look, seconds)

    def logged(self, function: str, text: str) -> bool:
        """True when the function's log has the text."""
        api = self.client("logs")
        found = api.filter_log_events(logGroupName=f"/aws/lambda/{function}", filterPattern=f'"{text}"')
        return bool(found["events"])


@contextmanager
def staged(template: Path, folder: Path, roles: Roles) -> Iterator[Stage]:
    """A copy of a prepared project whose cloud runs while the block does."""
    shutil.copytree(template, folder, symlinks=True)
    project = Project(folder)
    project.run("cloud start")
    try:
        yield Stage(project, roles)
    finally:
        project.run("cloud stop", code=None)
        shutil.rmtree(folder)


def _get(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=40) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as problem:
        return problem.code


def _post(url: str, document: object) -> int:
    body = json.dumps(document).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=40) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as problem:
        return problem.code


post = _post
