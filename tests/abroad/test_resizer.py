"""SAM with a function in a container image, which takes no layers and which the local cloud does not run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from shopfast_obs import cli

HERE = Path(__file__).parent / "resizer"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the application, in which the commands run."""
    folder = tmp_path / "resizer"
    shutil.copytree(HERE, folder)
    monkeypatch.chdir(folder)
    return folder


def run(line: str, code: int = 0) -> Result:
    """The outcome of a command, with that exit code."""
    result = CliRunner().invoke(cli.main, line.split())
    assert result.exit_code == code, result.output
    return result


def rules() -> set[str]:
    """What diagnose finds in the template."""
    found = json.loads(run("diagnose --template template.yaml --format json", 1).stdout)
    return {finding["rule"] for finding in found["findings"]}


def test_an_image_takes_no_layers_and_is_told_so(folder: Path) -> None:
    """Nothing is written, and nobody is told that nothing is missing."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    said = run("instrument --template template.yaml --apply").stderr
    assert "it is a container image, which takes no layers" in said
    assert "Nothing is missing" not in said
    assert {path: path.read_bytes() for path in before} == before


def test_its_alarms_watch_it_and_go_again_to_the_byte(folder: Path) -> None:
    """They name the function by reference, as they do any other."""
    template = folder / "template.yaml"
    before = template.read_bytes()
    assert "lambda-no-alarm" in rules()
    run("alarms apply --template template.yaml")
    assert template.read_text().count("Value: !Ref Resize\n") == 5
    assert not rules() & {"lambda-no-alarm", "alarm-dead"}
    run("fix --template template.yaml --apply")
    assert "Tracing: Active" in template.read_text()
    run("undo --yes")
    assert "is undone: 1 file is as before." in run("undo --yes").stderr
    assert template.read_bytes() == before
