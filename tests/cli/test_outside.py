"""A template says where sources lie; it does not decide what is opened."""

import os
from pathlib import Path

import pytest

from tests.cli.command_line import invoke

HANDLER = "def handler(event, context):\n    print(event)\n    return 1\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a template in a folder, and somebody else's sources beside it."""
    root = tmp_path / "checkout"
    for folder in ("checkout/infra", "checkout/src", "elsewhere"):
        (tmp_path / folder).mkdir(parents=True)
    (root / ".git").mkdir()
    for folder in (root / "src", tmp_path / "elsewhere"):
        (folder / "app.py").write_text(HANDLER)
    monkeypatch.chdir(root)
    monkeypatch.setenv("SHOPFAST_OBS_STATE", str(tmp_path / "state"))
    return root


def template(project: Path, code: str) -> Path:
    """A SAM template in `infra` whose function's sources are said to lie there."""
    file = project / "infra/template.yaml"
    file.write_text(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  Fn:\n    Type: AWS::Serverless::Function\n"
        f"    Properties:\n      Runtime: python3.13\n      Handler: app.handler\n      CodeUri: {code}\n"
    )
    return file


def test_sources_in_the_same_checkout_are_read_and_edited(project: Path) -> None:
    """`../src` is how many people lay out a repository."""
    result = invoke("instrument", "--template", str(template(project, "../src")), "--apply", "--no-prove")
    assert result.exit_code == 0, result.output
    assert (project / "src/app.py").read_text() != HANDLER


@pytest.mark.parametrize("code", ["../../elsewhere", "/usr", "/proc", "../link", "../pipe"])
def test_sources_elsewhere_are_a_gap(project: Path, tmp_path: Path, code: str) -> None:
    """Neither read nor edited, whether by a path, a link, or what would never end; and said."""
    (project / "link").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(project / "pipe")
    file = str(template(project, code))
    edited = invoke("instrument", "--template", file, "--apply", "--no-prove")
    assert (tmp_path / "elsewhere/app.py").read_text() == HANDLER
    assert "Fn" in edited.output
    assert "not opened" in edited.output
    looked = invoke("diagnose", "--template", file)
    assert "leads outside of" in looked.output or "neither a file nor a folder" in looked.output


def test_a_link_below_the_sources_leads_nowhere_else(project: Path, tmp_path: Path) -> None:
    """A file of somebody else that is linked into the sources is not edited."""
    (project / "src/other.py").symlink_to(tmp_path / "elsewhere/app.py")
    invoke("instrument", str(project / "src"), "--apply", "--no-prove")
    assert (tmp_path / "elsewhere/app.py").read_text() == HANDLER
    assert (project / "src/app.py").read_text() != HANDLER
