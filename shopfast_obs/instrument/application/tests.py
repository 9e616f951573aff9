"""What a project's tests do with boto3: a client that is made before they come escapes them, and asks AWS itself."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path

from shopfast_obs.instrument.application.sources import Source

MADE = re.compile(rb"^[ \t]+\w+\s*=\s*boto3\.", re.MULTILINE)
# In a test, and what a test stands on.
AWS = re.compile(rb"\b(boto3|botocore|aioboto3|aiobotocore)\b")
# Anywhere: plug-ins, base classes, what a project says that its tests need.
MOCKS = re.compile(
    rb"\b(moto|mock_aws|mock_(dynamodb2?|s3|sqs|sns|ssm|sts|events|lambda|secretsmanager|stepfunctions)|placebo|localstack"
    rb"|pytest_localstack|pytest_moto|Stubber|botocore_client|testcontainers)\b|patch\w*\([^)\n]*boto"
)
TEST = re.compile(
    r"(^|[/_.-])(unit|integration|e2e)?(tests?|testing|specs?|features|steps|conftest|fixtures?|mocks?)([/_.-]|$)", re.I
)
ROOTS = (
    ".git",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "template.yaml",
    "template.yml",
    "serverless.yml",
    "tox.ini",
)
NEEDS = re.compile(
    r"(requirements.*\.(txt|in)|Pipfile|pyproject\.toml|setup\.(cfg|py)|tox\.ini|noxfile\.py|environment\.ya?ml)$", re.I
)
ELSEWHERE = frozenset({"node_modules", "__pycache__", "venv", "env", "site-packages", "cdk.out"})
MOST_FILES = 5_000
LARGEST = 2_000_000  # bytes of a file that is looked into
HIGHEST = 8  # folders above a module in which its project's root is looked for


def working_on_boto3(source: Source) -> str:
    """The first file of the module's project that puts something in boto3's place, or tests with it, as a reason; empty
    when there is none."""
    return _mocking(_root(source.path.parent)) if MADE.search(source.data) else ""


def forget() -> None:
    """Look again at projects that were looked at already."""
    _mocking.cache_clear()


@cache
def _mocking(root: Path) -> str:
    for path in islice(_files(root), MOST_FILES):
        name = path.relative_to(root).as_posix()
        text = _content(path)
        if MOCKS.search(text):
            return f"{name} replaces boto3, or what it asks"
        if path.suffix == ".py" and TEST.search(name) and AWS.search(text):
            return f"{name} works on boto3 itself"
    return ""


def _files(root: Path) -> Iterator[Path]:
    """Python files and lists of what a project needs."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(each for each in folders if each not in ELSEWHERE and not each.startswith("."))
        yield from (Path(folder) / each for each in sorted(files) if each.endswith(".py") or NEEDS.match(each))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.is_file() and path.stat().st_size <= LARGEST else b""
    except OSError:
        return b""


def _root(folder: Path) -> Path:
    """The project's root: the repository, else the highest folder that looks like one; without any, the one above."""
    near = (folder, *folder.parents)[:HIGHEST]
    for each in near:
        if (each / ".git").exists():
            return each
    found = [each for each in near if any((each / name).exists() for name in ROOTS)]
    return found[-1] if found else near[min(1, len(near) - 1)]
