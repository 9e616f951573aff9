"""A retrofit that no deployment would bring is refused, with what is missing and where."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from shopfast_obs.cli import alarms
from shopfast_obs.cli.application import overlay_wiring
from shopfast_obs.cloud.deploy.deployment import synthesise
from shopfast_obs.errors import ProjectError
from shopfast_obs.settings import Settings
from shopfast_obs.testing import FakeCloud
from tests.cli.test_diagnose import FakeApp

# An app that synthesises one function, and applies the overlay of the file `applies` where there is one.
APP = """
import json, os, pathlib
root = pathlib.Path(__file__).parent
out = pathlib.Path(os.environ["CDK_OUTDIR"])
out.mkdir(parents=True)
template = {"Resources": {"Web": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "python3.13"}}}}
(out / "app.template.json").write_text(json.dumps(template))
stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "app.template.json"}}
(out / "manifest.json").write_text(json.dumps({"artifacts": {"app": stack}}))
if (root / "applies").exists():
    (out / "shopfast-obs.overlay").write_text((root / "applies").read_text())
class app:
    synth = staticmethod(lambda: None)
app.synth()
"""


def project(folder: Path, applies: str = "") -> Settings:
    """A project with that app; `applies` is the overlay that it applies."""
    (folder / "app.py").write_text(APP)
    if applies:
        (folder / "applies").write_text(str((folder / applies).resolve()))
    settings = Settings(root=folder, app="app.py", overlay="overlay.json", state=".state")
    synthesise(settings, None, print)
    return settings


def test_an_app_that_applies_the_overlay_is_wired(tmp_path: Path) -> None:
    """Whether there is an overlay yet or not."""
    overlay_wiring.require(project(tmp_path, "overlay.json"))


def test_one_that_does_not_is_told_the_two_lines_and_their_place(tmp_path: Path) -> None:
    """As they are pasted."""
    with pytest.raises(ProjectError) as refused:
        overlay_wiring.require(project(tmp_path))
    assert "app.py does not apply the overlay" in refused.value.message
    said = f"{refused.value}{refused.value.hint}"
    assert "from shopfast_obs.constructs import apply_overlay\n" in said
    assert 'apply_overlay(app, "overlay.json")' in said
    assert f"line {APP.splitlines().index('app.synth()') + 1}" in said


def test_another_overlay_is_not_the_projects(tmp_path: Path) -> None:
    """A path that differs from the settings is as dead as none."""
    with pytest.raises(ProjectError, match=r"applies the overlay other\.json, and the project's is overlay\.json"):
        overlay_wiring.require(project(tmp_path, "other.json"))


def test_lines_that_were_pasted_since_are_seen(tmp_path: Path) -> None:
    """The assembly is made anew."""
    settings = project(tmp_path)
    (tmp_path / "applies").write_text(str(settings.overlay_path.resolve()))
    overlay_wiring.require(settings)


def test_alarms_apply_writes_nothing_then(tmp_path: Path) -> None:
    """Neither the overlay nor the journal."""
    surroundings = FakeApp(FakeCloud(), tmp_path)
    surroundings._settings = project(tmp_path)
    result = CliRunner().invoke(alarms.command, ["apply"], obj=surroundings)
    assert isinstance(result.exception, ProjectError)
    assert not (tmp_path / "overlay.json").exists()
