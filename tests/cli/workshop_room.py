"""A small project with two exercises, whose application answers from this process."""

import io
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import click
import yaml
from click.testing import CliRunner, Result

from shopfast_obs.changes import engine as changes
from shopfast_obs.cli import workshop
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.cli.output.terminal import Terminal
from shopfast_obs.cloud.interface import Target
from shopfast_obs.errors import ShopfastObsError
from shopfast_obs.model.changes import FileChange, Plan
from shopfast_obs.model.deployments import Modified, Recorded
from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.settings import Settings
from shopfast_obs.testing import FakeCloud, report_line
from shopfast_obs.workshop import bodies

GROUP = "/aws/lambda/web"
SHOPPERS = """
def look(rng, outputs):
    yield {"route": "GET /", "method": "GET", "url": outputs["WebUrl"]}

SCENARIOS = {"look": look}
"""
SEE: dict[str, Any] = {
    "id": "01-see",
    "title": "See it",
    "kind": "exercise",
    "version": 1,
    "minutes": 5,
    "difficulty": 1,
    "needs": [],
    "fault": [],
    "traffic": {"scenario": "look", "rps": 50, "seconds": 0.1},
    "proves_broken": ["killed"],
    "plant": [],
    "guards": {},
    "checks": {
        "killed": {
            "fact": {"name": "killed", "question": "How many?", "fact": "killed_percent", "group": GROUP, "within": 5},
            "on_fail": "{question} You said {given}.",
        },
        "scarce": {
            "answer": {"name": "scarce", "question": "What is scarce?", "equals": "cpu", "choices": ["cpu", "memory"]},
            "on_fail": "{question} You said {given}.",
        },
    },
    "hints": {name: [f"{name}: {text}" for text in ("first", "second", "third")] for name in ("killed", "scarce")},
    "solve": [],
    "why": "So it is.",
}
MEND: dict[str, Any] = {
    **SEE,
    "id": "02-mend",
    "title": "Mend it",
    "needs": ["01-see"],
    "proves_broken": ["alive"],
    "checks": {
        "alive": {
            "timeouts": {"group": GROUP, "at_most": 0, "min_invocations": 1},
            "on_fail": "{killed} of {invocations} were killed.",
        }
    },
    "hints": {"alive": ["first", "second", "third"]},
    "solve": ["mend --apply", "deploy"],
}


STEP = "1. Why?\n\n   ```console\n   $ shopfast-obs deploy\n   ```\n\n   You should see A. If not, B.\n"
BODY = "".join(
    f"\n## {heading}\n\n{ {'Diagnosis': STEP, 'Signals': '- Misleading: this.'}.get(heading, 'It fails.') }\n"
    for heading in bodies.HEADINGS
)


class Web(ThreadingHTTPServer):
    """The application: every request leaves a REPORT line, of a killed invocation until it is mended."""

    def __init__(self) -> None:
        self.mended = False
        self.log: list[LogEvent] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_port}/"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        web = self.server
        assert isinstance(web, Web)
        line = report_line("a", 1, status="" if web.mended else "timeout")  # as long as it took here
        web.log.append(LogEvent(time.time(), line, GROUP, "s"))
        self.send_response(200 if web.mended else 502)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Stacks:
    """A CloudFormation client with one stack, or none."""

    def __init__(self, web: Web | None) -> None:
        self._web = web

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        """The stack and its output."""
        if self._web is None:
            return {"Stacks": [{"StackStatus": "DELETE_COMPLETE"}]}
        outputs = [{"OutputKey": "WebUrl", "OutputValue": self._web.url}]
        return {"Stacks": [{"StackStatus": "CREATE_COMPLETE", "Outputs": outputs}]}


class Room(App):
    """The command's surroundings: a project in a folder, a cloud from memory, our own server as the application."""

    def __init__(self, root: Path, web: Web | None) -> None:
        self.stdout, self.stderr = io.StringIO(), io.StringIO()
        settings = Settings(root=root, app="app.py", runbooks="runbooks", shoppers="shoppers.py", state=".state")
        super().__init__(settings, Terminal(self.stdout, self.stderr))
        self.web, self.ran, self.changed = web, list[str](), list[Modified]()

    def target(self) -> Target:
        """A local one that has no clock."""
        return Target("local", "us-east-1", endpoint_url="http://127.0.0.1:9")

    def clients(self) -> Any:
        """The one client that is asked for."""
        return lambda _: Stacks(self.web)

    def cloud(self) -> Any:
        """The fake, with what is logged and when the application changed."""
        if self.web is None:
            return FakeCloud()
        return FakeCloud(logs={GROUP: self.web.log}, deployed=Recorded(tuple(self.changed)))

    def run(self, line: str) -> Result:
        """A command and what it wrote."""
        self.stdout.seek(0)
        self.stdout.truncate()
        self.stderr.seek(0)
        self.stderr.truncate()
        return CliRunner().invoke(root, ["workshop", *line.split()], obj=self)

    def refused(self, line: str) -> ShopfastObsError:
        """The error of a command."""
        problem = self.run(line).exception
        assert isinstance(problem, ShopfastObsError), problem
        return problem

    def state(self, exercise: str) -> str:
        """The exercise's state in the list."""
        assert self.run("list --format json").exit_code == 0
        return next(str(row["state"]) for row in json.loads(self.stdout.getvalue()) if row["id"] == exercise)


@click.group()
def root() -> None:
    """The command line of these tests, with a `deploy` and a `mend` of their own."""


root.add_command(workshop.command, "workshop")


@root.command()
@pass_app
def deploy(app: Room) -> None:
    """Note it."""
    app.ran.append(f"deploy to {app.target_name}")


@root.command()
@click.option("--apply", "apply_it", is_flag=True)
@pass_app
def mend(app: Room, apply_it: bool) -> None:
    """Change a file, as a recorded change; the application works from then on."""
    assert apply_it
    assert app.web is not None
    app.ran.append("mend")
    path = app.settings.root / "web.py"
    plan = Plan("mend", (FileChange("web.py", path.read_bytes(), b"mended", "mend"),), (), ())
    changes.apply(plan, app.settings.root, app.settings.state_dir)
    app.web.mended = True
    app.changed.append(Modified("web", time.time()))


def project(folder: Path, web: Web | None) -> Room:
    """A project with two exercises and an assembly of one stack."""
    (folder / "shoppers.py").write_text(SHOPPERS)
    (folder / "web.py").write_text("broken")
    (folder / "runbooks").mkdir()
    for matter in (SEE, MEND):
        text = f"---\n{yaml.safe_dump(matter, sort_keys=False)}---\n{BODY}"
        (folder / "runbooks" / f"{matter['id']}.md").write_text(text)
    assembly = folder / ".state" / "cdk.out"
    assembly.mkdir(parents=True)
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "web.json"}}
    (assembly / "manifest.json").write_text(json.dumps({"artifacts": {"web": stack}}))
    (assembly / "web.json").write_text("{}")
    return Room(folder, web)
