"""What the system refuses is one sentence and exit code 2; a defect has a traceback and a code of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from shopfast_obs import cli

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


def test_a_defect_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """CI tells them apart by the exit code; the traceback is there for whoever mends it."""

    @click.command()
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cli.LazyGroup, "get_command", lambda *_: broken)
    result = CliRunner().invoke(cli.main, ("status",))
    assert result.exit_code == 4
    assert "ZeroDivisionError" in result.stderr
    assert "defect of shopfast-obs" in result.stderr


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
