"""What the project declares, after changes that were taken back."""

from pathlib import Path

import pytest

from shopfast_obs.cli.application.synthesised import inventory
from shopfast_obs.cloud.deploy.deployment import synthesise
from shopfast_obs.errors import ProjectError
from shopfast_obs.model.overlay import Overlay, ResourceOverlay
from shopfast_obs.model.resources import FUNCTION
from shopfast_obs.parse import overlay as overlay_file
from shopfast_obs.settings import Settings

# An app that synthesises one function with what the overlay says of it, and counts its runs.
APP = """
import json, os, pathlib
root = pathlib.Path(__file__).parent
out = pathlib.Path(os.environ["CDK_OUTDIR"])
out.mkdir(parents=True)
overlay = root / "overlay.json"
properties = {"FunctionName": "web", "Runtime": "python3.11"}
if overlay.exists():
    properties |= json.loads(overlay.read_text())["resources"][0]["properties"]
template = {"Resources": {"Web": {"Type": "AWS::Lambda::Function", "Properties": properties}}}
(out / "app.template.json").write_text(json.dumps(template))
stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "app.template.json"}}
(out / "manifest.json").write_text(json.dumps({"artifacts": {"app": stack}}))
with open(root / ".runs", "a") as runs:
    runs.write("x")
"""


def project(folder: Path) -> Settings:
    """A project with that app, its overlay beside it."""
    (folder / "app.py").write_text(APP)
    return Settings(root=folder, app="app.py", overlay="overlay.json", state=".state")


def decide(settings: Settings, **properties: int) -> None:
    """Write the overlay."""
    overlay = Overlay((ResourceOverlay(FUNCTION, "web", properties),))
    settings.overlay_path.write_text(overlay_file.write(overlay))


def declared(settings: Settings) -> dict[str, object]:
    """The properties that the function is declared with, its name and runtime left out."""
    (function,) = inventory(settings, may_run=True).of_type(FUNCTION)
    return {key: value for key, value in function.properties.items() if key not in ("FunctionName", "Runtime")}


def test_an_overlay_that_was_taken_back_is_not_declared_any_more(tmp_path: Path) -> None:
    """The synthesised template still has it; a plan that believes it would leave out what is needed."""
    settings = project(tmp_path)
    decide(settings, Timeout=10, MemorySize=512)
    synthesise(settings, None, print)
    assert declared(settings) == {"Timeout": 10, "MemorySize": 512}
    decide(settings, Timeout=20)
    assert declared(settings) == {"Timeout": 20}
    settings.overlay_path.unlink()
    assert declared(settings) == {}


def test_who_only_reads_does_not_run_the_application(tmp_path: Path) -> None:
    """A checkout can bring templates and an overlay that ask for a synthesis; what it says is not run for a look."""
    settings = project(tmp_path)
    decide(settings, Timeout=10)
    synthesise(settings, None, print)
    settings.overlay_path.unlink()
    with pytest.raises(ProjectError, match="does not run the application"):
        inventory(settings, may_run=False)
    assert (tmp_path / ".runs").read_text() == "x"


def test_an_overlay_that_only_grew_needs_no_synthesis(tmp_path: Path) -> None:
    """It lies over the template."""
    settings = project(tmp_path)
    synthesise(settings, None, print)
    decide(settings, Timeout=10)
    assert declared(settings) == {"Timeout": 10}
    decide(settings, Timeout=12, MemorySize=512)
    assert declared(settings) == {"Timeout": 12, "MemorySize": 512}
    assert (tmp_path / ".runs").read_text() == "x"
