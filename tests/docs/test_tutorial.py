"""The tutorial and the guides that deploy: every command of them, in one ShopFast on one local cloud."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.blocks import Block, blocks

pytestmark = [pytest.mark.slow, pytest.mark.cloud]
BIN = Path(sys.executable).parent
FIRST = ("docs/tutorial.md",)  # the others go on in what it leaves
COMMANDS = [block for block in blocks() if block.language == "console" and (block.how, block.what) == ("run", "shop")]
FINDS = "shopfast-obs diagnose"  # exits with 1, because the shop is broken
ELSEWHERE = ("pip install",)  # what the tests run in has it


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """ShopFast in a folder of its own; its cloud is stopped at the end."""
    folder = tmp_path_factory.mktemp("tutorial") / "shop"
    assert run(folder.parent, "shopfast-obs init shop").returncode == 0
    yield folder
    run(folder, "shopfast-obs cloud stop")


@pytest.mark.parametrize("block", sorted(COMMANDS, key=lambda one: one.page not in FIRST), ids=str)
def test_the_commands_run(block: Block, shop: Path) -> None:
    """As their reader would run them, in the order of the page."""
    for line in block.commands:
        if not line.startswith(ELSEWHERE):
            ran = run(shop, line)
            assert ran.returncode == (1 if line == FINDS else 0), f"{line}\n{ran.stdout[-3000:]}\n{ran.stderr[-3000:]}"


def run(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    """The line in a shell that finds the command, without another cloud's address."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SHOPFAST_OBS_"))}
    env = {**clean, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    shell = ["bash", "-euo", "pipefail", "-c", line]
    return subprocess.run(shell, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=600)
