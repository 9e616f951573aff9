"""A function whose sources import what nothing brings is not deployed."""

import json
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.cli.application.packaged_libraries import require
from shopfast_obs.cloud.deploy.assembly import Asset, Stack
from shopfast_obs.errors import ProjectError

ARN = "arn:aws:lambda:eu-west-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python312-x86_64:27"
POWERTOOLS = "from aws_lambda_powertools import Logger\n"
RUNTIME = "from shopfast_obs.runtime import guard\n"


def stack(folder: Path, files: dict[str, str], layers: list[Any] | None = None, layer: str = "") -> Stack:
    """A stack with one function of these files; `layer` is what a layer of its own holds."""
    for name, text in files.items():
        path = folder / "code" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "layer" / "python" / (layer or "x")).mkdir(parents=True)
    properties = {"Handler": "app.handler", "Code": {"S3Key": "code.zip"}, "Layers": layers or []}
    resources = {
        "F1": {"Type": "AWS::Lambda::Function", "Properties": properties},
        "L": {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": {"S3Key": "layer.zip"}}},
    }
    assets = tuple(Asset(folder / name, "zip", "b", f"{name}.zip") for name in ("code", "layer"))
    return Stack("Notes", json.dumps({"Resources": resources}), assets, paths={"F1": "Notes/F/Resource"})


@pytest.mark.parametrize(
    ("files", "layers", "layer", "missing"),
    [
        ({"app.py": POWERTOOLS}, [], "", "aws_lambda_powertools"),
        ({"app.py": "import log\n", "log.py": POWERTOOLS}, [], "", "aws_lambda_powertools"),
        ({"app.py": "from pkg import log\n", "pkg/__init__.py": "", "pkg/log.py": POWERTOOLS}, [], "", "aws_lambda"),
        ({"app.py": POWERTOOLS + RUNTIME}, [ARN], "", "shopfast_obs"),
        ({"app.py": POWERTOOLS}, [{"Ref": "L"}], "", "aws_lambda_powertools"),
    ],
)
def test_refused_when_nothing_brings_it(
    tmp_path: Path, files: dict[str, str], layers: list[Any], layer: str, missing: str
) -> None:
    """Directly, or through the modules that the handler's imports."""
    with pytest.raises(ProjectError, match=rf"Notes/F imports {missing}") as refused:
        require([stack(tmp_path, files, layers, layer)])
    assert "nothing was deployed" in refused.value.message


@pytest.mark.parametrize(
    ("files", "layers", "layer"),
    [
        ({"app.py": POWERTOOLS}, [ARN], ""),
        ({"app.py": POWERTOOLS + RUNTIME}, [{"Fn::Sub": ARN}, {"Ref": "L"}], "shopfast_obs"),
        ({"app.py": POWERTOOLS, "aws_lambda_powertools/__init__.py": ""}, [], ""),
        ({"app.py": f"try:\n    {POWERTOOLS}except ImportError:\n    pass\n"}, [], ""),
        ({"app.py": "import json\n", "other.py": POWERTOOLS}, [], ""),
        ({"app.py": POWERTOOLS}, ["arn:aws:lambda:eu-west-1:1:layer:everything:3"], ""),
        ({"app.py": "def handler(:\n"}, [], ""),
    ],
)
def test_left_alone_when_it_may_be_there(tmp_path: Path, files: dict[str, str], layers: list[Any], layer: str) -> None:
    """In a layer, in the package, not imported at the start, or in a layer of somebody else."""
    require([stack(tmp_path, files, layers, layer)])
