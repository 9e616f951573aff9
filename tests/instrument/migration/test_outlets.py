"""What a migration changes beside the sources: the layers of the functions that it moves, and nothing else."""

import json
from pathlib import Path

import pytest
import yaml

from shopfast_obs.changes import engine
from shopfast_obs.instrument.infrastructure.template import for_template
from shopfast_obs.instrument.plan import for_project
from shopfast_obs.instrument.selection import migration
from shopfast_obs.model.resources import FUNCTION, REST_STAGE, Inventory, Resource
from shopfast_obs.parse.templates.template import read_template

TRACED = """\
from aws_lambda_powertools import Tracer

tracer = Tracer()


@tracer.capture_lambda_handler
def main(event, context):
    return 1
"""
PLAIN = "def main(event, context):\n    return 1\n"
SAM = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.13, Handler: orders.main, CodeUri: src/}
  Stock:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.13, Handler: stock.main, CodeUri: src/}
"""
SERVERLESS = """\
service: shop
provider: {name: aws, runtime: python3.13}
functions:
  orders:
    handler: src/orders.main
  stock:
    handler: src/stock.main
"""


def project(root: Path, name: str = "", text: str = "") -> Path:
    """One function with a Tracer and one without, and the template."""
    (root / "src").mkdir()
    (root / "src/orders.py").write_text(TRACED)
    (root / "src/stock.py").write_text(PLAIN)
    if name:
        (root / name).write_text(text)
    return root / name


def test_a_sam_template_gets_layers_for_what_is_moved(tmp_path: Path) -> None:
    """No log format, no variables, no tracing; a second run changes nothing, and every byte comes back."""
    path = project(tmp_path, "template.yaml", SAM)
    found = for_template(path, tmp_path, migration([tmp_path]))
    engine.apply(found.plan, tmp_path, tmp_path / ".state")
    resources, before = (read_template(text, path)["Resources"] for text in (path.read_text(), SAM))
    layers = resources["Orders"]["Properties"].pop("Layers")
    assert layers == [{"Ref": "ShopfastObsRuntime"}, {"Ref": "ShopfastObsOtel"}]
    assert {name: resources[name] for name in ("Orders", "Stock")} == before
    assert "traced" in (tmp_path / "src/orders.py").read_text()
    assert for_template(path, tmp_path, migration([tmp_path])).plan.empty
    engine.undo(tmp_path, tmp_path / ".state")
    assert path.read_text() == SAM


def test_a_serverless_yml_gets_layers_for_what_is_moved(tmp_path: Path) -> None:
    """The same."""
    path = project(tmp_path, "serverless.yml", SERVERLESS)
    found = for_template(path, tmp_path, migration([tmp_path]))
    engine.apply(found.plan, tmp_path, tmp_path / ".state")
    after = yaml.safe_load(path.read_text())
    assert [layer["Ref"] for layer in after["functions"]["orders"].pop("layers")] == [
        "ShopfastObsRuntimeLambdaLayer",
        "ShopfastObsOtelLambdaLayer",
    ]
    assert set(after.pop("layers")) == {"ShopfastObsRuntime", "ShopfastObsOtel"}
    assert after == yaml.safe_load(SERVERLESS)
    assert for_template(path, tmp_path, migration([tmp_path])).plan.empty


def test_an_overlay_gets_layers_for_what_is_moved(tmp_path: Path) -> None:
    """A stage that is not traced stays so."""
    project(tmp_path)
    functions = [
        Resource(FUNCTION, name, properties={"Runtime": "python3.13", "Handler": f"{name}.main"})
        for name in ("orders", "stock")
    ]
    inventory = Inventory("declared", (*functions, Resource(REST_STAGE, "shop/prod")))
    found = for_project([tmp_path / "src"], tmp_path, inventory, tmp_path / "overlay.json", migration([tmp_path]))
    engine.apply(found.plan, tmp_path, tmp_path / ".state")
    (change,) = json.loads((tmp_path / "overlay.json").read_text())["resources"]
    assert (change["name"], change["layers"]) == ("orders", ["runtime", "otel"])
    assert not change.get("properties")
    assert "When deployed, 1 function will have the runtime layer and OpenTelemetry's." in found.plan.effects


@pytest.mark.parametrize("text", [SAM, SAM.replace("Runtime: python3.13,", "Runtime: python3.13, Tracing: Active,")])
def test_an_application_without_a_tracer_stays_as_it_is(tmp_path: Path, text: str) -> None:
    """Nothing moves, so nothing comes."""
    path = project(tmp_path, "template.yaml", text)
    (tmp_path / "src/orders.py").write_text(PLAIN)
    assert for_template(path, tmp_path, migration([tmp_path])).plan.empty
