"""The version of Powertools that a project asks for says whether its log calls take fields."""

from pathlib import Path

import pytest

from shopfast_obs.instrument.application.powertools import forget, without_fields
from shopfast_obs.instrument.plan import for_paths
from shopfast_obs.instrument.registry import selected

SOURCE = """\
import logging

log = logging.getLogger()
log.setLevel(logging.INFO)


def lambda_handler(event, context):
    log.info("got %s", event["id"])
    print("order", event["order"])
    return 1
"""


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("requirements.txt", "boto3\naws-lambda-powertools==1.25.6\n"),
        ("requirements-dev.txt", "aws_lambda_powertools[tracer]~=1.31 ; python_version > '3.7'\n"),
        ("requirements.in", "aws-lambda-powertools>=1.20,<2\n"),
        ("requirements.txt", "aws-lambda-powertools==2.0.0\n"),
        (
            "pyproject.toml",
            '[tool.poetry.dependencies]\naws-lambda-powertools = {version = "^1.25", extras = ["all"]}\n',
        ),
        ("pyproject.toml", '[tool.poetry.dependencies]\naws-lambda-powertools = "^1.25"\nboto3 = "^1.34"\n'),
        ("pyproject.toml", '[project]\ndependencies = ["boto3", "aws-lambda-powertools==1.31.1"]\n'),
        ("Pipfile", '[packages]\naws-lambda-powertools = "==1.29.2"\n'),
        ("poetry.lock", '[[package]]\nname = "aws-lambda-powertools"\nversion = "1.26.0"\n'),
    ],
)
def test_before_two_one_there_are_no_fields(tmp_path: Path, file: str, text: str) -> None:
    """Calls of `logging` and `print` stay, and the reason is told; the decorators work with each version."""
    (tmp_path / "src" / "orders").mkdir(parents=True)
    (tmp_path / file).write_text(text)
    (tmp_path / "src" / "orders" / "app.py").write_text(SOURCE)
    planned = for_paths([tmp_path / "src"], tmp_path, selected(profile="all"))
    (change,) = planned.plan.changes
    text = (change.after or b"").decode()
    assert SOURCE[SOURCE.index("log = ") : SOURCE.index("\n\n\ndef")] in text
    assert SOURCE[SOURCE.index("    log.info") :] in text
    assert "@observed" in text
    assert any("2.1" in skipped.reason for skipped in planned.plan.skipped)


@pytest.mark.parametrize(
    "text",
    [
        "boto3==1.26.0\n",
        "aws-lambda-powertools\nboto3==1.26.0\n",
        "aws-lambda-powertools>=1.25\n",
        "aws-lambda-powertools==2.15.0\n",
        "aws-lambda-powertools~=2.43  # 1.25 had no fields\n",
        "aws-lambda-powertools>=2,<4\n",
        "aws-lambda-powertools==3.10.0\n",
        'dependencies = ["aws-lambda-powertools>=2.5", "boto3~=1.34"]\n',
        'dependencies = ["aws-lambda-powertools", "boto3~=1.34"]\n',
    ],
)
def test_from_two_one_on_there_are(tmp_path: Path, text: str) -> None:
    """Also where nothing says which version it is; other packages have versions of their own."""
    (tmp_path / ("pyproject.toml" if "[" in text else "requirements.txt")).write_text(text)
    forget()
    assert without_fields(tmp_path) == ""


def test_the_nearest_file_that_names_it_counts(tmp_path: Path) -> None:
    """Services of one repository have their own; what is above the repository is not asked."""
    for folder, version in ((".", "1.25.6"), ("repo", "1.25.6"), ("repo/new", "3.10.0")):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "requirements.txt").write_text(f"aws-lambda-powertools=={version}\n")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / ".git").mkdir()
    forget()
    found = [bool(without_fields(tmp_path / each)) for each in ("repo", "repo/old", "repo/new", "own")]
    assert found == [True, True, False, False]
