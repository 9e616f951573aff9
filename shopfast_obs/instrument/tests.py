"""What the tests of a module do with boto3: a client that is made before they come would escape them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from shopfast_obs.instrument.sources import Source

MADE = re.compile(rb"^[ \t]+\w+\s*=\s*boto3\.", re.MULTILINE)
BOTO3 = re.compile(rb"\b(boto3|botocore|moto|mock_aws)\b")
ROOTS = (".git", "pyproject.toml", "setup.py", "setup.cfg", "template.yaml", "serverless.yml")
FOLDERS = ("tests", "test")
MOST_FILES = 300
HIGHEST = 5  # folders above a module in which its tests are looked for


def working_on_boto3(source: Source) -> str:
    """The first test near the module that names both it and boto3, as a reason; empty when there is none."""
    if MADE.search(source.data) is None:
        return ""
    name = re.compile(rb"\b" + re.escape(source.path.stem.encode()) + rb"\b")
    for path in islice(_tests(source.path), MOST_FILES):
        text = path.read_bytes()
        if BOTO3.search(text) and name.search(text):
            return f"{path.parent.name}/{path.name} works on boto3 itself"
    return ""


def _tests(path: Path) -> Iterator[Path]:
    for folder in _folders(path.parent):
        for name in FOLDERS:
            yield from (file for file in sorted((folder / name).rglob("*.py")) if file.is_file())
        for pattern in ("test_*.py", "*_test.py"):
            yield from (file for file in sorted(folder.glob(pattern)) if file.is_file())


def _folders(folder: Path) -> Iterator[Path]:
    """The folder and those above it up to the project's root; without a root, only the one above."""
    near = (folder, *folder.parents)[:HIGHEST]
    for number, each in enumerate(near):
        if any((each / root).exists() for root in ROOTS):
            yield from near[: number + 1]
            return
    yield from near[:2]
