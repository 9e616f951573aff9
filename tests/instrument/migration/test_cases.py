"""What docs/examples/migration.yaml says is so."""

import ast
from pathlib import Path
from typing import Any

import pytest
import yaml

from shopfast_obs.changes import engine
from shopfast_obs.instrument.plan import Instrumentation, for_paths
from shopfast_obs.instrument.selection import migration

CASES = yaml.safe_load((Path(__file__).parents[3] / "docs" / "examples" / "migration.yaml").read_text())


def planned(folder: Path, **sources: str) -> Instrumentation:
    """The plan for a folder with these modules."""
    for name, text in sources.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return for_paths([folder], folder, migration([folder]))


@pytest.mark.parametrize("case", CASES["moved"], ids=lambda case: case["name"])
def test_what_is_moved_becomes_what_the_case_says(case: dict[str, Any], tmp_path: Path) -> None:
    """It parses, a second run changes nothing, and every byte comes back."""
    found = planned(tmp_path / "app", app=case["before"])
    (file,) = found.files
    assert file.reason == ""
    assert (file.after or b"").decode() == case["after"]
    ast.parse(case["after"])
    applied = engine.apply(found.plan, found.root, tmp_path / "state")
    assert planned(tmp_path / "app").plan.empty
    engine.undo(found.root, tmp_path / "state", applied.id)
    assert (tmp_path / "app" / "app.py").read_text() == case["before"]


@pytest.mark.parametrize("case", CASES["left"], ids=lambda case: case["name"])
def test_what_cannot_be_moved_is_left_with_its_line_and_the_reason(case: dict[str, Any], tmp_path: Path) -> None:
    """No byte of it changes."""
    found = planned(tmp_path, app=case["before"])
    (file,) = found.files
    assert found.plan.empty
    assert file.status == "skipped"
    assert f"app.py:{case['line']}: {case['reason']}" in file.reason


def test_an_import_that_nothing_uses_goes_and_nothing_comes(tmp_path: Path) -> None:
    """A handler that was not traced is not traced afterwards."""
    used = "def lambda_handler(event, context):\n    return json\n"
    source = f"import json\nfrom aws_lambda_powertools import Tracer\n\n\n{used}"
    (file,) = planned(tmp_path / "app", app=source).files
    assert (file.after or b"").decode() == source.replace("from aws_lambda_powertools import Tracer\n", "")
