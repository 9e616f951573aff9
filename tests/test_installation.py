"""What an index makes of the core beside what applications ask for. Needs an index, and minutes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow
NEWEST = "boto3==1.44.8"
DURABLE = "aws-durable-execution-sdk-python==3.0.0"
OLDEST = "boto3==1.35.70"


@pytest.mark.parametrize("beside", [(NEWEST,), (DURABLE,), (NEWEST, DURABLE), (OLDEST,)], ids=" ".join)
@pytest.mark.parametrize("extra", ["", "[prove]", "[local]"])
def test_it_resolves_beside_what_an_application_asks_for(beside: tuple[str, ...], extra: str, tmp_path: Path) -> None:
    """Nothing is downgraded: what was asked for is what would be installed."""
    report = tmp_path / "report.json"
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--dry-run",
        "--ignore-installed",
        "--no-build-isolation",
    ]
    done = subprocess.run(
        [*command, "--report", str(report), *beside, f"{ROOT}{extra}"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = {
        entry["metadata"]["name"].lower(): entry["metadata"]["version"]
        for entry in json.loads(report.read_text())["install"]
    }
    for line in beside:
        name, _, version = line.partition("==")
        assert found[name] == version
    assert "ministack" not in found
