"""The files of the workshop's application, as the installed package or the checkout has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from shopfast_obs import confine

PACKAGED = Path(__file__).with_name("shopfast")
CHECKOUT = Path(__file__).parents[2]
FOLDERS = ("starter", "cdk", "runbooks")  # in a wheel beside the files that follow, in a checkout at its top
OWN = {"pyproject.toml": "pyproject.toml", "README.md": "README.md", "gitignore": ".gitignore"}
# What builds and commands leave among the sources of a checkout.
LEFT_OUT = frozenset(
    {"__pycache__", "node_modules", "dist", "cdk.out", "overlay.json", ".pytest_cache", ".ruff_cache", ".mypy_cache"}
)


def files() -> Iterator[tuple[PurePosixPath, bytes]]:
    """Each file of the application: its path in a project of its own, and its bytes."""
    for name, written in OWN.items():
        yield PurePosixPath(written), confine.content(PACKAGED / name)
    for name in FOLDERS:
        folder = next(place / name for place in (PACKAGED, CHECKOUT) if (place / name).is_dir())
        for file in confine.Walk(folder, skip=_left_out):
            yield PurePosixPath(name, *file.relative_to(folder).parts), confine.content(file)


def _left_out(name: str) -> bool:
    return name in LEFT_OUT or name.endswith(".pyc")
