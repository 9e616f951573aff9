"""Functions that share a folder with one that gets no layers: what that one loads stays as it is."""

import ast
from pathlib import Path

import pytest

from shopfast_obs.errors import ProjectError
from shopfast_obs.instrument.application import files_without_layers
from shopfast_obs.instrument.infrastructure.template import for_template
from shopfast_obs.instrument.plan import Instrumentation
from shopfast_obs.instrument.registry import selected
from shopfast_obs.instrument.service import FileResult

HANDLER = """\
from common import work, logger


def handler(event, context):
    logger.info("got %s", event)
    return work(event)
"""
COMMON = """\
import logging
logger = logging.getLogger()
logger.setLevel("INFO")


def work(event):
    print("x", event)
    return 1
"""
SAM = """\
Transform: AWS::Serverless-2016-10-31
Parameters: {{Runtime: {{Type: String, Default: python3.12}}}}
Globals: {{Function: {{CodeUri: src/}}}}
Resources:
  A: {{Type: AWS::Serverless::Function, Properties: {{Runtime: python3.12, Handler: a.handler}}}}
  B: {{Type: AWS::Serverless::Function, {other}}}
"""
SERVERLESS = """\
service: shop
provider: {name: aws, runtime: python3.12}
functions:
  a: {handler: src/a.handler}
  b: {handler: src/b.handler, runtime: python3.8}
"""
OTHERS = {
    "too old": "Properties: {Runtime: python3.8, Handler: b.handler}",
    "a parameter": "Properties: {Runtime: !Ref Runtime, Handler: b.handler}",
    "an image": "Properties: {PackageType: Image}, Metadata: {DockerContext: src}",
    "another's": "Properties: {Runtime: python3.12, Handler: datadog_lambda.handler.handler, Layers: [x, y, z, u]}",
}


def planned(folder: Path, name: str, text: str) -> Instrumentation:
    """The plan for an application whose two handlers share a module."""
    (folder / "src").mkdir()
    for file, source in (("a.py", HANDLER), ("b.py", HANDLER), ("common.py", COMMON)):
        (folder / "src" / file).write_text(source)
    (folder / name).write_text(text)
    return for_template(folder / name, folder, selected(profile="all"))


def changed(found: Instrumentation) -> set[str]:
    """The sources that change."""
    return {file.path.name for file in found.files if file.status == "changed" and file.path.suffix == ".py"}


@pytest.mark.parametrize("other", ["too old", "a parameter"])
def test_a_module_that_a_function_without_layers_loads_is_left_alone(tmp_path: Path, other: str) -> None:
    """Its init would end at the import. The other function is instrumented, and calls it as before."""
    found = planned(tmp_path, "template.yaml", SAM.format(other=OTHERS[other]))
    assert changed(found) == {"a.py", "observability.py"}
    (reason,) = [file.reason for file in found.files if file.path.name == "common.py"]
    assert reason.startswith("B loads it too, and gets no layers")
    after = next(file.after for file in found.files if file.path.name == "a.py")
    assert after is not None
    ast.parse(after)
    assert b'logger.info("got %s", event)' in after


def test_an_image_may_load_anything_of_its_folder(tmp_path: Path) -> None:
    """Nothing says what its handler is."""
    assert changed(planned(tmp_path, "template.yaml", SAM.format(other=OTHERS["an image"]))) == set()


def test_a_handler_of_a_layer_loads_nothing_of_the_folder(tmp_path: Path) -> None:
    """Its own module is elsewhere."""
    found = planned(tmp_path, "template.yaml", SAM.format(other=OTHERS["another's"]))
    assert changed(found) == {"a.py", "common.py", "observability.py"}


def test_functions_of_serverless_share_modules_as_well(tmp_path: Path) -> None:
    """Handlers are paths there."""
    assert changed(planned(tmp_path, "serverless.yml", SERVERLESS)) == {"a.py", "observability.py"}


def test_what_would_change_all_the_same_refuses_the_whole(tmp_path: Path) -> None:
    """The last word before anything is written."""
    path = tmp_path / "observability.py"
    result = FileResult(path, "changed", before=b"", after=b"import aws_lambda_powertools")
    with pytest.raises(ProjectError, match=r"would import what B has not.*Nothing was changed"):
        list(files_without_layers.told([result], {path: "B"}))
