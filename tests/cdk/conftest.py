"""ShopFast synthesised from copies of the tree, once a session each: as it is, and under an overlay."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.model.overlay import AlarmDefinition, Overlay, ResourceOverlay
from shopfast_obs.model.resources import FUNCTION, LOG_GROUP, REST_STAGE, STATE_MACHINE
from shopfast_obs.parse import overlay as overlay_file

ROOT = Path(__file__).parents[2]
FUNCTIONS = (
    "shopfast-product-service",
    "shopfast-order-service",
    "shopfast-inventory-service",
    "shopfast-notification-handler",
)
ERRORS = {
    "Namespace": "AWS/Lambda",
    "MetricName": "Errors",
    "Dimensions": [{"Name": "FunctionName", "Value": "shopfast-product-service"}],
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 0,
    "ComparisonOperator": "GreaterThanThreshold",
}
RETROFIT = Overlay(
    resources=(
        *(
            ResourceOverlay(
                FUNCTION,
                name,
                {"TracingConfig.Mode": "Active", "LoggingConfig.LogFormat": "JSON"},
                ("powertools", "runtime"),
            )
            for name in FUNCTIONS
        ),
        ResourceOverlay(LOG_GROUP, "/aws/lambda/shopfast-product-service", {"RetentionInDays": 30}),
        ResourceOverlay(REST_STAGE, "prod", {"TracingEnabled": True}),
        ResourceOverlay(STATE_MACHINE, "shopfast-order-workflow", {"TracingConfiguration.Enabled": True}),
    ),
    alarms=(AlarmDefinition("shopfast-product-errors", "lambda-errors", "shopfast-product-service", ERRORS),),
    alarm_topic="shopfast-alarms",
).with_resource(
    ResourceOverlay(
        FUNCTION, FUNCTIONS[0], {"Timeout": 10, "MemorySize": 512, "Environment.Variables.LOG_LEVEL": "INFO"}
    )
)


@dataclass(frozen=True)
class Synthesis:
    """One cloud assembly and what the app said while it was made."""

    folder: Path
    stderr: str

    @property
    def paths(self) -> list[Path]:
        """The template files."""
        return sorted(self.folder.glob("*.template.json"))

    def template(self, stack: str) -> dict[str, Any]:
        """A stack's template."""
        template: dict[str, Any] = json.loads((self.folder / f"{stack}.template.json").read_text(encoding="utf-8"))
        return template

    def resources(self, *types: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Logical id and body of the resources of all stacks, all of them or those of the given types."""
        for path in self.paths:
            for logical_id, body in json.loads(path.read_text(encoding="utf-8"))["Resources"].items():
                if not types or body["Type"] in types:
                    yield logical_id, body

    def named(self, type_: str, property_name: str, name: str) -> dict[str, Any]:
        """The properties of the resource with that name."""
        found = [b["Properties"] for _, b in self.resources(type_) if b["Properties"].get(property_name) == name]
        assert len(found) == 1, f"{len(found)} of {type_} {name}"
        properties: dict[str, Any] = found[0]
        return properties

    def function(self, name: str) -> dict[str, Any]:
        """The properties of a function."""
        return self.named(FUNCTION, "FunctionName", name)


@pytest.fixture(scope="session")
def synthesise(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Synthesis]:
    """Synthesise a copy of the tree, under the overlay if one is given."""

    def run(name: str, overlay: Overlay | None = None, **context: str) -> Synthesis:
        tree = tmp_path_factory.mktemp(name)
        for part in ("cdk", "starter"):
            ignored = shutil.ignore_patterns("__pycache__", "overlay.json", "cdk.out", "frontend", "node_modules")
            shutil.copytree(ROOT / part, tree / part, ignore=ignored)
        if overlay is not None:
            (tree / "cdk" / "overlay.json").write_text(overlay_file.write(overlay), encoding="utf-8")
        environ = {key: value for key, value in os.environ.items() if not key.startswith(("CDK_", "SHOPFAST_", "AWS_"))}
        environ |= {"CDK_OUTDIR": str(tree / "out"), "PYTHONDONTWRITEBYTECODE": "1"}
        if context:
            environ["CDK_CONTEXT_JSON"] = json.dumps(context)
        done = subprocess.run(
            [sys.executable, str(tree / "cdk" / "app.py")],
            check=False,
            env=environ,
            cwd=tree,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return Synthesis(tree / "out", done.stderr)

    return run


@pytest.fixture(scope="session")
def pristine(synthesise: Callable[..., Synthesis]) -> Synthesis:
    """ShopFast as it is before anyone helps it."""
    return synthesise("pristine")


@pytest.fixture(scope="session")
def retrofitted(synthesise: Callable[..., Synthesis]) -> Synthesis:
    """ShopFast under the overlay of this file."""
    return synthesise("retrofitted", RETROFIT)
