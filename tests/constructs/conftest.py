"""A CDK app of nobody in particular, in this process."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.constructs import apply_overlay, node
from shopfast_obs.model.overlay import Overlay
from shopfast_obs.parse import overlay as overlay_file

node.ensure()


class Synthesised(dict[str, dict[str, Any]]):
    """The resources of an assembly by logical id, of its stages too."""

    def __init__(self, folder: Path) -> None:
        self.stacks: dict[str, dict[str, Any]] = {}
        for path in sorted(folder.rglob("*.template.json")):
            resources = json.loads(path.read_text(encoding="utf-8")).get("Resources", {})
            self.stacks[path.name.removesuffix(".template.json")] = resources
            self.update(resources)

    def of_type(self, type_: str) -> list[dict[str, Any]]:
        """The properties of the resources of one type."""
        return [body.get("Properties", {}) for body in self.values() if body["Type"] == type_]


Build = Callable[[Any], None]


@pytest.fixture
def synthesise(tmp_path: Path) -> Callable[..., Synthesised]:
    """Build an app with `build(app)`, apply the overlay, and give what it synthesises."""

    def run(build: Build, overlay: Overlay | None = None) -> Synthesised:
        from aws_cdk import App

        folder = tmp_path / ("with" if overlay else "without")
        app = App(outdir=str(folder), analytics_reporting=False, builtin_cloud_formation_validation=False)
        build(app)
        path = tmp_path / "overlay.json"
        if overlay:
            path.write_text(overlay_file.write(overlay), encoding="utf-8")
        apply_overlay(app, path)
        app.synth()
        return Synthesised(folder)

    return run
