"""A wheel of this checkout, and an empty environment that has it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Installed:
    """An environment outside of the checkout, and a folder to work in."""

    bin: Path
    folder: Path

    def run(self, *command: str, cwd: Path | None = None, code: int = 0) -> subprocess.CompletedProcess[str]:
        """What a command of the environment printed; fails where it ends with another exit code."""
        done = subprocess.run(
            [str(self.bin / command[0]), *command[1:]],
            cwd=cwd or self.folder,
            env=environment(self.folder),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, f"{command}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done


def environment(folder: Path) -> dict[str, str]:
    """The variables of somebody who has no checkout, no AWS account, and an empty cache."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON", "VIRTUAL_ENV"))}
    return {**kept, "HOME": str(folder / "home"), "XDG_CACHE_HOME": str(folder / "cache")}


def made(folder: Path, python: str, *packages: str) -> Installed:
    """A new environment of this Python with these packages, outside of the checkout."""
    (folder / "home").mkdir(parents=True)
    subprocess.run([python, "-m", "venv", str(folder / "venv")], check=True)
    there = Installed(folder / "venv/bin", folder)
    subprocess.run([there.bin / "python", "-m", "pip", "install", "--quiet", *packages], check=True, cwd=folder)
    return there


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Path]:
    """The source package, and the wheel that is built from it."""
    place = tmp_path_factory.mktemp("distributions")
    program = (
        "import sys; from hatchling.build import build_sdist, build_wheel; build = globals()[sys.argv[1]];"
        "print(build(sys.argv[2]))"
    )

    def build(kind: str, source: Path) -> Path:
        command = [sys.executable, "-c", program, kind, str(place)]
        done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=True)
        return place / done.stdout.split()[-1]

    source = build("build_sdist", ROOT)
    subprocess.run(["tar", "-xzf", source, "-C", place], check=True)
    return source, build("build_wheel", place / source.name.removesuffix(".tar.gz"))


@pytest.fixture(scope="session")
def wheel(distributions: Sequence[Path]) -> Path:
    """The wheel."""
    return distributions[1]


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """An empty environment with all that the wheel can do, and pytest."""
    folder = tmp_path_factory.mktemp("elsewhere")
    return made(folder, sys.executable, f"shopfast-obs[workshop,mcp] @ {wheel.as_uri()}", "pytest")
