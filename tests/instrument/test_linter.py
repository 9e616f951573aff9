"""What ruff says of instrumented sources, by a project's own settings: nothing that it did not say before."""

import subprocess
import sys
from pathlib import Path

import pytest

from shopfast_obs.instrument.application import style
from shopfast_obs.instrument.plan import for_paths
from shopfast_obs.instrument.registry import selected

HANDLER = """\
import json
import sys

import boto3

import shared.tools
from logic import price

client = boto3.client("dynamodb")


class Logger:
    pass


def lambda_handler(event, context):
    print("a message of the order in its way:", event["a"], event["b"])
    print("to the other stream", event["a"], file=sys.stderr)
    try:
        return json.dumps(price(event, client)) + shared.tools.end
    except Exception:
        pass
"""
LOGIC = """\
import logging

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)
unused = logging.getLogger("x")


def price(event, client):
    for item in event:
        for part in item:
            logger.info("the price of a part %s %s", part, item)
    return client
"""
SETTINGS = {
    "line-length = 60": "",
    "line-length = 79": "",
    "line-length = 100": 'src = ["src/app"]',
    "line-length = 120": 'lint.isort.known-first-party = ["logic"]',
    "line-length = 88": "lint.isort.force-single-line = true",
    "line-length = 90": "lint.isort.force-sort-within-sections = true",
    "line-length = 80": "lint.isort.combine-as-imports = true",
    "indent-width = 4": 'format.quote-style = "single"',
}


def _ruff(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments, "--no-cache", "src"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.parametrize("one", SETTINGS)
def test_ruff_says_nothing_new(tmp_path: Path, one: str) -> None:
    """Imports in their order, blank lines, the length of lines, quotes, imports that nothing uses."""
    style.of.cache_clear()
    (tmp_path / "ruff.toml").write_text(f'{one}\n{SETTINGS[one]}\nlint.select = ["E", "F", "I", "W"]\n')
    sources = {"handler": HANDLER, "logic": LOGIC, "shared/tools": 'end = ""\n', "shared/__init__": ""}
    for name, text in sources.items():
        path = tmp_path / "src" / "app" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    _ruff(tmp_path, "check", "--fix")
    _ruff(tmp_path, "format")
    assert _ruff(tmp_path, "check").startswith("All checks passed")
    found = for_paths([tmp_path], tmp_path, selected(profile="all"))
    assert {change.path for change in found.plan.changes} >= {"src/app/handler.py", "src/app/observability.py"}
    for change in found.plan.changes:
        (tmp_path / change.path).write_bytes(change.after or b"")
    assert _ruff(tmp_path, "check") == "All checks passed!\n"
    assert "Would reformat" not in _ruff(tmp_path, "format", "--check"), _ruff(tmp_path, "format", "--diff")
