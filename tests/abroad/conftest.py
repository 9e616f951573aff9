"""What the journeys share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.abroad.partner import Partner, partner
from tests.abroad.templates import Abroad

HERE = Path(__file__).parent


@pytest.fixture
def service() -> Iterator[Partner]:
    """The partner that an application calls."""
    with partner() as found:
        yield found


@pytest.fixture
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Abroad]:
    """A copy of the application that is named after its test's module, with a cloud of its own."""
    name = request.module.__name__.rpartition(".")[2].removeprefix("test_")
    folder = tmp_path / name
    shutil.copytree(HERE / name, folder)
    project = Abroad(folder)
    try:
        project.run("cloud start")
        yield project
    finally:
        project.run("cloud stop", code=None)
        shown = "  ".join(f"{step} {seconds:.0f} s" for step, seconds in project.seconds.items())
        print(f"{name}: {shown}")  # noqa: T201 - the figures of docs/measured/abroad.md
