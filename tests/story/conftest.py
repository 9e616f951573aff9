"""A copy of the project with a local cloud of its own, driven by the command line as a user drives it."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.cloud.session import Session
from shopfast_obs.cloud.target import resolve
from shopfast_obs.settings import Settings, load

ROOT = Path(__file__).parents[2]
PARTS = ("cdk", "starter", "runbooks", "pyproject.toml")


@dataclass
class Project:
    """One copy of the project; what is asked often of its cloud is known until a command changes the cloud."""

    folder: Path
    _session: Session | None = field(default=None, init=False, repr=False)
    _outputs: dict[str, str] = field(default_factory=dict, init=False, repr=False)

    def run(self, line: str, *, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Run a command; its exit code is checked unless None."""
        if line.startswith(("cloud", "deploy", "workshop")):
            self._session, self._outputs = None, {}
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "SHOPFAST_"))}
        done = subprocess.run(
            [sys.executable, str(ROOT / "cli.py"), *shlex.split(line)],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert code is None or done.returncode == code, f"{line}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, line: str, *, code: int | None = 0) -> Any:
        """Run a command with --format json; its stdout is one document."""
        return json.loads(self.run(f"{line} --format json", code=code).stdout)

    @property
    def settings(self) -> Settings:
        """The copy's settings."""
        return load(self.folder, {})

    def client(self, service: str) -> Any:
        """A boto3 client for the copy's cloud."""
        self._session = self._session or Session(resolve(self.settings, "local"))
        return self._session.client(service)

    @property
    def endpoint(self) -> str:
        """The address of the copy's cloud."""
        return str(resolve(self.settings, "local").endpoint_url)

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs of the deployed stacks."""
        self._outputs = self._outputs or dict(self.json("status")["outputs"])
        return self._outputs

    def advance(self, seconds: float) -> None:
        """Move the cloud's clock forward."""
        from shopfast_obs.cloud.clock import hurried

        hurried(resolve(self.settings, "local"), seconds)


def eventually(look: Callable[[], Any], seconds: float = 30) -> Any:
    """The first true value of `look`, asked again until the time is over; its last value then."""
    ends = time.monotonic() + seconds
    while not (value := look()) and time.monotonic() < ends:
        time.sleep(0.2)
    return value


def copy(folder: Path, *, page: bool = False) -> Project:
    """A pristine copy of the project in the folder; its page is built and published where a test asks for it."""
    ignored = shutil.ignore_patterns("__pycache__", "overlay.json", "node_modules")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=ignored)
        else:
            shutil.copy(source, folder)
    if not page:
        settings = folder / "pyproject.toml"
        lines = settings.read_text(encoding="utf-8").splitlines(keepends=True)
        settings.write_text("".join(line for line in lines if not line.startswith("frontend =")), encoding="utf-8")
    return Project(folder)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A deployed copy with a cloud on a free port; the tests of a module share it, in order."""
    project = copy(tmp_path_factory.mktemp("project"))
    try:
        project.run("deploy")
        yield project
    finally:
        project.run("cloud stop", code=None)
