"""The page's own tests, types and size."""

import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopfast_obs.cloud.deploy import frontend
from shopfast_obs.cloud.deploy.npm import Npm, UnreachableError
from shopfast_obs.settings import load

SOURCE = Path(__file__).parents[2] / "starter" / "frontend"
MOST_SCRIPT = 120_000  # bytes, compressed


@pytest.fixture(scope="module")
def workspace() -> Iterator[Path]:
    """The page with its packages and its tests."""
    try:
        with frontend.workspace(SOURCE, load().cache_dir, lambda _: None) as folder:
            shutil.copytree(SOURCE / "tests", folder / "tests")
            yield folder
    except UnreachableError as problem:
        pytest.skip(f"the page's own tests did not run: {problem.message}")


def test_types_and_tests_of_the_page_pass(workspace: Path) -> None:
    """`tsc` and Vitest, with the packages that its lock names."""
    Npm.found().run(workspace, "check")
    Npm.found().run(workspace, "test")


def test_the_script_is_small(workspace: Path) -> None:
    """All of it, as browsers get it."""
    page = frontend.build(SOURCE, load().cache_dir, lambda _: None)
    assert isinstance(page, frontend.Page)
    assert sum(len(gzip.compress(path.read_bytes())) for path in page.folder.rglob("*.js")) <= MOST_SCRIPT


def test_the_lock_names_no_registry() -> None:
    """Whoever installs chooses theirs."""
    assert "resolved" not in (SOURCE / "package-lock.json").read_text(encoding="utf-8")
