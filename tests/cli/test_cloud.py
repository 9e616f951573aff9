"""The command `cloud`."""

import io
import json
import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from shopfast_obs import cli
from shopfast_obs.cli.app import App
from shopfast_obs.cli.output.terminal import Terminal
from shopfast_obs.localcloud import process
from shopfast_obs.settings import Settings
from tests.localcloud.conftest import STANDIN
from tests.localcloud.keys import keys

pytestmark = pytest.mark.cloud


class ProjectApp(App):
    """The command's surroundings for a project folder; what was said is kept."""

    def __init__(self, root: Path) -> None:
        self.stdout, self.stderr = io.StringIO(), io.StringIO()
        super().__init__(Settings(root=root), Terminal(self.stdout, self.stderr))


def run(app: ProjectApp, *arguments: str) -> Result:
    """The outcome of `cloud` with these arguments."""
    return CliRunner().invoke(cli.main, ["cloud", *arguments], obj=app)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, process.CloudInfo]]:
    """A project whose cloud, with stand-ins, runs."""
    root = tmp_path_factory.mktemp("project")
    info = process.start(root / ".shopfast" / "cloud", 0, module=STANDIN)
    yield root, info
    process.stop(info.state)


@pytest.fixture
def app(running: tuple[Path, process.CloudInfo]) -> ProjectApp:
    """The surroundings in that project."""
    return ProjectApp(running[0])


@pytest.fixture
def idle(tmp_path: Path) -> ProjectApp:
    """The surroundings in a project without a cloud."""
    return ProjectApp(tmp_path)


def test_start_finds_the_cloud_that_runs(app: ProjectApp, running: tuple[Path, process.CloudInfo]) -> None:
    """A second start is no error and says where the cloud is."""
    assert run(app, "start").exit_code == 0
    assert app.stdout.getvalue() == f"The local cloud is ready at {running[1].endpoint_url}\n"


def test_start_on_another_port_is_refused(app: ProjectApp, running: tuple[Path, process.CloudInfo]) -> None:
    """One project has one cloud; the sentence names its port and the next command."""
    outcome = run(app, "start", "--port", str(running[1].port - 1))
    assert outcome.exit_code == 2
    assert f"runs already, on port {running[1].port}" in outcome.output
    assert "shopfast-obs cloud stop" in outcome.output


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_is_none_is_refused(idle: ProjectApp, port: str) -> None:
    """Nothing is started."""
    assert run(idle, "start", "--port", port).exit_code == 2
    assert not (idle.settings.state_dir / "cloud").exists()


def test_status_as_json_is_one_document(app: ProjectApp, running: tuple[Path, process.CloudInfo]) -> None:
    """Scripts read the endpoint and the health from it."""
    assert run(app, "status", "--format", "json").exit_code == 0
    document = json.loads(app.stdout.getvalue())
    assert document["running"] is True
    assert document["endpoint_url"] == running[1].endpoint_url
    assert document["health"]["ready"] is True
    assert document["health"]["pid"] == running[1].pid == document["pid"]


def test_status_for_people(app: ProjectApp, running: tuple[Path, process.CloudInfo]) -> None:
    """Endpoint, process and readiness are there."""
    assert run(app, "status").exit_code == 0
    said = app.stdout.getvalue()
    assert running[1].endpoint_url in said
    assert "ready" in said


def test_status_without_a_cloud(idle: ProjectApp) -> None:
    """Exit code 3, in both formats, and JSON all the same."""
    assert run(idle, "status", "--format", "json").exit_code == 3
    assert json.loads(idle.stdout.getvalue())["running"] is False
    other = ProjectApp(idle.settings.root)
    assert run(other, "status").exit_code == 3
    assert "No local cloud is running." in other.stdout.getvalue()


def test_env_is_all_that_a_client_needs(app: ProjectApp, running: tuple[Path, process.CloudInfo]) -> None:
    """A shell that evaluates it has endpoint, region and keys, and neither profile nor session of another account."""
    assert CliRunner().invoke(cli.main, ["cloud", "env"], obj=app).exit_code == 0
    script = app.stdout.getvalue() + "env"
    foreign = {**os.environ, "AWS_PROFILE": "work", "AWS_SESSION_TOKEN": "t"}
    shell = subprocess.run(["sh", "-c", script], env=foreign, capture_output=True, text=True, check=True)
    found = dict(line.split("=", 1) for line in shell.stdout.splitlines() if line.startswith("AWS_"))
    assert found["AWS_ENDPOINT_URL"] == running[1].endpoint_url
    assert found["AWS_REGION"] == found["AWS_DEFAULT_REGION"] == "us-east-1"
    assert keys(running[1].state).environment().items() <= found.items()
    assert found["AWS_XRAY_DAEMON_ADDRESS"]
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN"} & set(found)
    assert all(shlex.split(line)[0] in ("export", "unset") for line in app.stdout.getvalue().splitlines())


def test_env_without_a_cloud(idle: ProjectApp) -> None:
    """Nothing on standard output that a shell could evaluate, and exit code 3."""
    outcome = run(idle, "env")
    assert outcome.exit_code == 3
    assert idle.stdout.getvalue() == ""
    assert "shopfast-obs cloud start" in outcome.output


def test_logs_are_the_last_lines(idle: ProjectApp) -> None:
    """As many as asked for, from a cloud that need not run any more; control characters are made visible."""
    state = idle.settings.state_dir / "cloud"
    state.mkdir(parents=True)
    (state / "cloud.log").write_text("one\ntwo\nthree [red]\x1b[2J\n")
    assert run(idle, "logs", "-n", "2").exit_code == 0
    lines = idle.stdout.getvalue().splitlines()
    assert lines[0] == "two"
    assert lines[1].startswith("three [red]")
    assert "\x1b" not in lines[1]


def test_logs_without_a_cloud(idle: ProjectApp) -> None:
    """A log that nobody wrote is not an empty one."""
    assert run(idle, "logs").exit_code == 3
    assert idle.stdout.getvalue() == ""


def test_stop_without_a_cloud(idle: ProjectApp) -> None:
    """Scripts may stop what does not run; quiet says nothing."""
    assert run(idle, "stop", "--quiet").exit_code == 0
    assert idle.stdout.getvalue() == ""
    assert run(idle, "stop").exit_code == 0
    assert idle.stdout.getvalue() == "No local cloud was running.\n"


def test_stop_and_reset_with_a_folder_of_their_own(idle: ProjectApp, tmp_path: Path) -> None:
    """--state names another cloud than the project's."""
    state = tmp_path / "elsewhere"
    info = process.start(state, 0, module=STANDIN)
    assert run(idle, "stop", "--state", str(state)).exit_code == 0
    assert process.health(info) is None
    assert idle.stdout.getvalue() == "The local cloud is stopped.\n"
    assert run(idle, "reset", "--state", str(state)).exit_code == 0
    assert [path.name for path in state.iterdir()] == ["credentials"]  # shells have them
