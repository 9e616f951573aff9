"""Changed code and changed values come into the last assembly as a synthesis would have brought them."""

import json
import os
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from shopfast_obs.cloud.synthesis import documents, hotswap, synth
from shopfast_obs.cloud.synthesis.documents import NotPossibleError
from shopfast_obs.cloud.synthesis.inputs import Inputs, inputs
from shopfast_obs.cloud.synthesis.reads import Reads
from shopfast_obs.cloud.synthesis.synth import Project, synthesize
from shopfast_obs.constructs.node import executable
from shopfast_obs.model.overlay import AlarmDefinition, Overlay, ResourceOverlay
from shopfast_obs.model.resources import FUNCTION
from shopfast_obs.parse import overlay as overlay_file

pytestmark = pytest.mark.synth
APP = """
import os
from pathlib import Path
from shopfast_obs.constructs import apply_overlay
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_

ROOT = Path(__file__).parent
with open(ROOT.parent / "runs", "a") as runs:
    runs.write("x")
app = App(outdir=os.environ["CDK_OUTDIR"], analytics_reporting=False, builtin_cloud_formation_validation=False)
stack = Stack(app, "Shop")


def function(name):
    code = lambda_.Code.from_asset(str(ROOT / name.lower()), exclude=["*.md"])
    return lambda_.Function(
        stack, name, runtime=lambda_.Runtime.PYTHON_3_13, handler="handler.main", code=code, timeout=None
    )


function("Orders")
function("Stock").current_version
(ROOT / "schema" / "handler.py").read_text()
function("Schema")
for name in ("Twin", "Other"):
    function(name)
apply_overlay(app, ROOT / "overlay.json")
app.synth()
"""
ALARM = {"MetricName": "Errors", "Namespace": "AWS/Lambda", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1,
         "ComparisonOperator": "GreaterThanThreshold", "Threshold": 0}  # fmt: skip


def decided(timeout: int, threshold: float, **more: Any) -> Overlay:
    """An overlay with one value for a function and one for an alarm."""
    change = ResourceOverlay(FUNCTION, "Shop/Orders", {"Timeout": timeout, **more})
    alarm = AlarmDefinition("errors", "error-rate", "Shop/Orders", {**ALARM, "Threshold": threshold})
    return Overlay((change,), (alarm,))


def decide(project: Project, overlay: Overlay) -> None:
    """Write the overlay."""
    assert project.overlay is not None
    project.overlay.write_text(overlay_file.write(overlay), encoding="utf-8")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A synthesised app."""
    root = tmp_path_factory.mktemp("app") / "project"
    for name in ("orders", "stock", "schema"):
        (root / name).mkdir(parents=True)
        (root / name / "handler.py").write_text(f"def main(event, context):\n    return {name!r}\n")
    for name in ("twin", "other"):
        (root / name).mkdir()
        (root / name / "handler.py").write_text("def main(event, context):\n    return 0\n")
    (root / "orders" / "notes.md").write_text("x")
    (root / "app.py").write_text(APP)
    made = Project(root, "app.py", root / ".state" / "cdk.out", executable(), overlay=root / "overlay.json")
    decide(made, decided(5, 0))
    assert synthesize(made, print)
    return made


def runs(project: Project) -> int:
    """How often the app ran."""
    return len((project.root.parent / "runs").read_text())


def assembled(project: Project) -> dict[str, Any]:
    """The assembly's documents and the files of its assets; free are the order of a template's properties and what the
    one destination of an asset is called."""
    template = sha256((project.output / "Shop.template.json").read_bytes()).hexdigest()
    read = documents.read(project.output).items()
    texts = {path.name: json.loads(text.replace(template, "the template's hash")) for path, text in read}
    assert "the template's hash" in texts["Shop.assets.json"]["files"]
    texts.pop(synth.RECORD)
    for asset in texts["Shop.assets.json"]["files"].values():
        (asset["destination"],) = asset.pop("destinations").values()
    files = {str(path.relative_to(project.output)): path.read_text() for path in project.output.glob("asset.*/*")}
    return texts | files


def test_the_assembly_is_the_one_that_the_app_would_have_made(project: Project) -> None:
    """Code, a value of the overlay and a threshold, without running the app; what is excluded stays out."""
    begun = runs(project)
    (project.root / "orders" / "handler.py").write_text("def main(event, context):\n    return 'new'\n")
    assert synthesize(project, print)
    decide(project, decided(9, 2, MemorySize=512))
    assert synthesize(project, print)
    assert not synthesize(project, print)
    assert runs(project) == begun
    swapped = assembled(project)
    assert "return 'new'" in str(swapped)
    assert "notes.md" not in str(swapped)
    (project.output / synth.RECORD).unlink()
    assert synthesize(project, print)
    assert runs(project) == begun + 1
    assert assembled(project) == swapped


def now(project: Project) -> tuple[Reads, Inputs, Inputs]:
    """What the synthesis read, its inputs, and those of now."""
    known = synth._known(project.output)
    assert known is not None
    return (*known, inputs(project, known[0], os.environ))


@pytest.mark.parametrize(
    ("folder", "reason"), [("stock", "has versions"), ("schema", "more than code"), ("twin", "same content")]
)
def test_code_that_more_is_made_of_is_left_to_the_app(project: Project, folder: str, reason: str) -> None:
    """Versions are called after the code, the app reads a file itself, two folders are one asset."""
    file = project.root / folder / "handler.py"
    kept, before = file.read_text(), assembled(project)
    file.write_text("def main(event, context):\n    return 1\n")
    try:
        reads, old, new = now(project)
        with pytest.raises(NotPossibleError, match=reason):
            hotswap.swap(project, reads, old, new, ("", ""))
    finally:
        file.write_text(kept)
    assert assembled(project) == before


def test_an_app_that_asks_outside_or_was_told_the_hash_is_run(project: Project) -> None:
    """Nobody knows what it made of that."""
    file = project.root / "orders" / "handler.py"
    kept = file.read_text()
    file.write_text("changed = True\n")
    try:
        reads, old, new = now(project)
        orders = next(asset for asset in reads.assets if asset.source.name == "orders")
        with pytest.raises(NotPossibleError, match="asks other programs"):
            hotswap.swap(project, replace(reads, outside=True), old, new, ("", ""))
        with pytest.raises(NotPossibleError, match="was told the hash"):
            hotswap.swap(project, replace(reads, hashes=(orders.hash,)), old, new, ("", ""))
        (project.root / "orders" / "more.py").touch()
        reads, old, new = now(project)
        with pytest.raises(NotPossibleError, match="more than code"):
            hotswap.swap(project, reads, old, new, ("", ""))
    finally:
        file.write_text(kept)
        (project.root / "orders" / "more.py").unlink()


SAID = decided(9, 2)


def also(type_: str, name: str, **properties: Any) -> Overlay:
    """What is decided, and something about another resource."""
    return replace(SAID, resources=(*SAID.resources, ResourceOverlay(type_, name, properties)))


@pytest.mark.parametrize(
    ("overlay", "reason"),
    [
        (Overlay(), "has less in it"),
        (replace(SAID, resources=()), "has less in it"),
        (decided(9, 2, **{"TracingConfig.Mode": "Active"}), "more than values"),
        (decided(9, 2, **{"Environment.Variables": {"A": "1"}}), "more than a number"),
        (decided(9, 2, FunctionName="other"), "more than values"),
        (replace(SAID, alarm_topic="alarms"), "another topic"),
        (replace(SAID, alarms=()), "other alarms"),
        (also(FUNCTION, "Shop/Stock", Timeout=9), "has versions"),
        (also(FUNCTION, "Shop/Gone", Timeout=9), "what is not there"),
        (also("AWS::ApiGateway::RestApi", "Shop/Api", Description="x"), "may be made of"),
    ],
)
def test_an_overlay_that_adds_more_than_values_is_left_to_the_app(
    project: Project, overlay: Overlay, reason: str
) -> None:
    """Rights, layers, names, alarms, versions, what is not there, and what was taken back."""
    reads, old, new = now(project)
    texts = overlay_file.write(SAID), overlay_file.write(overlay)
    with pytest.raises(NotPossibleError, match=reason):
        hotswap.swap(project, reads, old, replace(new, overlay="changed"), texts)
