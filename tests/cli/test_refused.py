"""What the system refuses is one sentence and exit code 2; a defect has a code of its own, and its details a file."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from urllib3.connection import HTTPConnection
from urllib3.exceptions import NewConnectionError

from shopfast_obs import cli
from shopfast_obs.cli.output import defect_report, problems

HANDLER = "def handler(event, context):\n    print(event)\n    return 1\n"
PLANTED = "import pathlib\npathlib.Path(__file__).with_name('ran').write_text('ran')\n"


def shopfast_obs(
    folder: Path, *arguments: str, stdout: int | Path = subprocess.PIPE, **environment: str
) -> subprocess.CompletedProcess[str]:
    """One run of the command as a process, without a cloud."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "SHOPFAST_"))}
    command = [str(Path(sys.executable).with_name("shopfast-obs")), *arguments]
    target = os.open(stdout, os.O_WRONLY) if isinstance(stdout, Path) else stdout
    return subprocess.run(
        command, cwd=folder, env={**kept, **environment}, stdout=target, stderr=subprocess.PIPE, text=True, check=False
    )


@pytest.mark.parametrize(
    "arguments", ["explain lambda-not-traced", "instrument app.py --diff", "--help", "explain --help"]
)
def test_a_full_output_is_a_sentence(tmp_path: Path, arguments: str) -> None:
    """`/dev/full` takes nothing, and nothing is said twice at the end of the process."""
    (tmp_path / "app.py").write_text(HANDLER)
    done = shopfast_obs(tmp_path, *arguments.split(), stdout=Path("/dev/full"))
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_state_in_a_place_that_takes_no_folder_is_a_sentence(tmp_path: Path) -> None:
    """Nothing is changed."""
    (tmp_path / "app.py").write_text(HANDLER)
    (tmp_path / "file").write_text("")
    done = shopfast_obs(
        tmp_path, "instrument", "app.py", "--apply", "--no-prove", SHOPFAST_OBS_STATE=str(tmp_path / "file" / "state")
    )
    assert done.returncode == 2
    assert "Not a directory" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "app.py").read_text() == HANDLER


def test_a_wrong_endpoint_is_a_sentence(tmp_path: Path) -> None:
    """Every command that would use it says so."""
    done = shopfast_obs(tmp_path, "status", AWS_ENDPOINT_URL="foo")
    assert done.returncode == 2
    assert "AWS_ENDPOINT_URL is 'foo'" in done.stderr


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A command with a defect that has met a secret; the folder of the user's data."""

    @click.command()
    def failing() -> None:
        raise ZeroDivisionError("password=correct-horse-battery")

    monkeypatch.setattr("shopfast_obs.cli.status.command", failing)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path


def test_a_defect_is_no_finding(broken: Path) -> None:
    """CI tells them apart by the exit code; people read a sentence, and whoever mends it reads the file."""
    result = CliRunner().invoke(cli.main, ("status",))
    assert result.exit_code == 70
    assert "Traceback" not in result.stderr
    (kept,) = (broken / "shopfast-obs" / "defects").iterdir()
    assert str(kept) in result.stderr
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "ZeroDivisionError" in kept.read_text()
    assert "test_refused.py" in kept.read_text()
    assert "correct-horse" not in kept.read_text() + result.stderr


def test_defects_that_come_again_and_again_fill_no_disk(broken: Path) -> None:
    """The newest are kept; a foreign file beside them is left alone."""
    folder = broken / "shopfast-obs" / "defects"
    folder.mkdir(parents=True)
    for number in range(30):
        (folder / f"shopfast-obs-{number}.txt").write_text("")
    (folder / "notes.txt").write_text("mine")
    assert CliRunner().invoke(cli.main, ("status",)).exit_code == 70
    assert len(list(folder.glob("shopfast-obs-*.txt"))) == defect_report.KEPT
    assert (folder / "notes.txt").exists()


def test_a_long_traceback_is_kept_in_part() -> None:
    """Its beginning and its end."""
    kept = defect_report.keep(ValueError("first" + "x" * 1_000_000 + "last"), ["status"])
    text = kept.read_text()
    kept.unlink()
    assert len(text) < defect_report.LARGEST + 1000
    assert "first" in text
    assert "last" in text


@pytest.mark.parametrize("arguments", [("--debug", "status"), ("status", "--debug")])
def test_debug_shows_the_traceback(broken: Path, arguments: tuple[str, ...]) -> None:
    """Wherever it is written."""
    result = CliRunner().invoke(cli.main, arguments)
    assert result.exit_code == 70
    assert "Traceback" in result.stderr
    assert broken.exists()


def test_a_user_without_a_place_for_files_has_the_details_elsewhere(
    broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the folder for temporary files."""
    (broken / "file").write_text("")
    (broken / "tmp").mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(broken / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(broken / "tmp"))
    assert CliRunner().invoke(cli.main, ("status",)).exit_code == 70
    assert len(list((broken / "tmp").iterdir())) == 1


def test_ctrl_c_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the code that shells give it, and what to do."""

    @click.command()
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("shopfast_obs.cli.status.command", interrupted)
    result = CliRunner().invoke(cli.main, ("status",))
    assert result.exit_code == 130
    assert "Run the command again" in result.stderr


def test_a_wrong_option_is_told_as_every_other_error() -> None:
    """A sentence, and where the right ones are."""
    result = CliRunner().invoke(cli.main, ("report", "traces", "--nonsense"))
    assert result.exit_code == 2
    assert result.stderr.splitlines() == ["Error: No such option '--nonsense'.", "  See: main report traces --help"]


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (OSError(28, "No space left on device", "/x"), 2),
        (OSError(30, "Read-only file system", "/x"), 2),
        (ConnectionRefusedError(111, "Connection refused"), 3),
        (socket.gaierror(-2, "Name or service not known"), 3),
        (NewConnectionError(HTTPConnection("host"), "refused"), 3),
        (MemoryError(), 2),
        (RuntimeError("Symlink loop from '/x'"), 2),
        (RuntimeError("anything else"), None),
        (KeyError("x"), None),
        (BrokenPipeError(32, "Broken pipe"), None),
    ],
)
def test_what_the_system_says_is_told_from_defects(problem: Exception, code: int | None) -> None:
    """A cloud that does not answer from a file that is not there."""
    said = problems.for_people(problem)
    assert (said.exit_code if said else None) == code


READING = [
    "status", "diagnose", "diagnose --template template.yaml", "report errors", "report traces", "alarms plan", "fix",
    "fix --template template.yaml", "instrument", "instrument src", "instrument src --check", "uninstrument src",
    "instrument --template template.yaml", "undo --list", "workshop list", "explain lambda-not-traced", "trace 1-2-3",
]  # fmt: skip


def test_no_command_that_reads_runs_code_of_a_checkout(tmp_path: Path) -> None:
    """Modules with names that Python looks for, an app, data and shoppers, templates that ask for a synthesis."""
    (tmp_path / "src").mkdir()
    (tmp_path / ".shopfast" / "cdk.out").mkdir(parents=True)
    (tmp_path / "cdk").mkdir()
    (tmp_path / "cdk" / "overlay.json").write_text('{"version": 1, "resources": []}')
    (tmp_path / ".shopfast" / "cdk.out" / "manifest.json").write_text('{"artifacts": {}}')
    (tmp_path / ".shopfast" / "cdk.out" / "overlay.json").write_text(
        '{"version": 1, "resources": [{"type": "AWS::Lambda::Function", "name": "f", "properties": {"Timeout": 9}}]}'
    )
    for name in ("app", "sitecustomize", "usercustomize", "conftest", "boto3", "yaml", "json", "src/conftest", "seed"):
        (tmp_path / f"{name}.py").write_text(PLANTED)
    (tmp_path / "src" / "app.py").write_text(PLANTED + HANDLER)
    (tmp_path / "pyproject.toml").write_text(
        "[tool.shopfast-obs]\napp = 'app.py'\nservices = ['src']\nseed = 'seed.py:load'\nshoppers = 'seed.py'\n"
        "tests = 'python conftest.py'\n"
    )
    (tmp_path / "template.yaml").write_text(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n"
        "    Properties: {CodeUri: src, Handler: app.handler, Runtime: python3.12}\n"
    )
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    for arguments in READING:
        done = shopfast_obs(tmp_path, *arguments.split())
        assert done.returncode in (0, 1, 2, 3), (arguments, done.stderr)
        assert "Traceback" not in done.stderr, (arguments, done.stderr)
        assert sorted(str(path) for path in tmp_path.rglob("*")) == before, arguments
    shopfast_obs(tmp_path, "alarms", "apply")  # the same checkout, and a command that may run it
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        "instrument --template pipe.yaml",
        "instrument app.py --metrics pipe.yaml",
        "diagnose --template template.json --baseline pipe.yaml",
    ],
)
def test_a_pipe_in_the_place_of_a_file_is_a_sentence(tmp_path: Path, arguments: str) -> None:
    """Nobody writes into it: a command that read it would wait for ever."""
    (tmp_path / "app.py").write_text(HANDLER)
    (tmp_path / "template.json").write_text('{"Resources": {}}')
    os.mkfifo(tmp_path / "pipe.yaml")
    done = shopfast_obs(tmp_path, *arguments.split())
    assert done.returncode == 2, done.stderr
    assert "pipe.yaml" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_template_may_come_out_of_a_pipe(tmp_path: Path) -> None:
    """As `diagnose --template <(cdk synth)` has it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = subprocess.Popen(
        ["sh", "-c", f"""echo '{{"Resources": {{"T": {{"Type": "AWS::SNS::Topic"}}}}}}' > '{pipe}'"""]
    )
    done = shopfast_obs(tmp_path, "diagnose", "--template", str(pipe), "--format", "json")
    writer.wait()
    assert done.returncode in (0, 1), done.stderr


@pytest.mark.parametrize(
    "option", [("--target", "aws"), ("--region", "eu-west-1"), ("--stack", "shop"), ("--since", "nonsense")]
)
def test_an_option_for_a_cloud_is_not_ignored_beside_a_file(tmp_path: Path, option: tuple[str, str]) -> None:
    """Who gives it expects that something deployed is looked at."""
    template = tmp_path / "template.yaml"
    template.write_text("Resources: {Q: {Type: AWS::SQS::Queue}}")
    result = CliRunner().invoke(cli.main, ["diagnose", str(template), *option])
    assert result.exit_code == 2
    assert f"Error: {option[0]} is for what is deployed" in result.stderr


def test_a_template_among_sources_is_told_its_option(tmp_path: Path) -> None:
    """A workflow's definition is none."""
    for name in ("template.yaml", "flow.asl.yaml"):
        (tmp_path / name).write_text("Resources: {}")
    result = CliRunner().invoke(cli.main, ["instrument", str(tmp_path / "template.yaml")])
    assert result.exit_code == 2
    assert f"shopfast-obs instrument --template {tmp_path}/template.yaml" in result.stderr
    result = CliRunner().invoke(cli.main, ["instrument", str(tmp_path / "flow.asl.yaml")])
    assert "--template" not in result.stderr
