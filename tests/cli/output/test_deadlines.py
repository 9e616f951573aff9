"""`diagnose --deadlines`."""

import json
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.parse import recording
from tests.cli.command_line import outcome
from tests.cli.test_diagnose import FakeApp, failing, run

assert failing  # a fixture

SOURCE = """
import boto3
from aws_lambda_powertools import Tracer

table = boto3.client("dynamodb")


def handler(event, context):
    return table.get_item(TableName="things", Key={})
"""
FUNCTION: dict[str, Any] = {
    "Type": "AWS::Serverless::Function",
    "Properties": {"Runtime": "python3.9", "Handler": "app.handler", "CodeUri": "src", "Timeout": 10},
}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A SAM application with a locked SDK of before."""
    source = tmp_path / "src"
    source.mkdir()
    (source / "app.py").write_text(SOURCE)
    (source / "requirements.txt").write_text("boto3==1.34.0\n")
    file = tmp_path / "template.json"
    file.write_text(json.dumps({"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Orders": FUNCTION}}))
    return file


def test_a_template_tells_its_days(template: Path) -> None:
    """Each with its functions, past ones as past; and from where it is."""
    code, out, _ = outcome("diagnose", "--deadlines", str(template))
    assert code == 1
    plain = " ".join(out.split())
    assert "2025-12-15 python3.9: AWS stops patching it; next: python3.14 (past, " in plain
    assert "1 function: Orders" in plain
    assert "2026-11-10 boto3 ==1.34.0: an update makes 3 attempts of a call (DynamoDB 4) of 5 (10) (past, " in plain
    assert "2027-03-03 python3.9: no function on it can be updated" in plain
    assert "source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html" in plain
    assert "1 function looked at." in plain


def test_as_json_in_the_order_of_the_days(template: Path) -> None:
    """For scripts."""
    document = json.loads(outcome("diagnose", "--deadlines", str(template), "--format", "json")[1])
    assert (document["format"], document["functions"]) == ("shopfast-obs deadlines", 1)
    days = [one["day"] for one in document["deadlines"]]
    assert days == sorted(days) and len(days) == 6
    first = document["deadlines"][0]
    assert (first["past"], first["kind"], first["fact"], first["functions"]) == (
        True, "runtime", "python3.9", ["Orders"],
    )  # fmt: skip


def test_saved_evidence_tells_the_same(template: Path, tmp_path: Path) -> None:
    """Offline, whatever else is in it."""
    kept = tmp_path / "kept.json.gz"
    outcome("diagnose", str(template), "--save-evidence", str(kept))
    ours = outcome("diagnose", "--deadlines", "--evidence", str(kept), "--format", "json")
    theirs = outcome("diagnose", "--deadlines", str(template), "--format", "json")
    assert ours[1] == theirs[1]
    assert recording.read(kept.read_bytes(), "kept", observe=False)[0].sources["Orders"].imports


def test_what_was_observed_is_left_unread(failing: FakeApp, tmp_path: Path) -> None:
    """No log, metric or trace has a day, and they are the most of the file."""
    kept = tmp_path / "kept.json.gz"
    run(failing, "--save-evidence", str(kept))
    (whole,) = recording.read(kept.read_bytes(), "kept")
    (without,) = recording.read(kept.read_bytes(), "kept", observe=False)
    assert whole.observations is not None and without.observations is None
    assert without.inventory == whole.inventory


def test_nothing_past_is_clean(tmp_path: Path) -> None:
    """A runtime of today."""
    file = tmp_path / "template.json"
    properties = {**FUNCTION["Properties"], "Runtime": "nodejs24.x"}
    file.write_text(
        json.dumps(
            {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"F": {**FUNCTION, "Properties": properties}}}
        )
    )
    code, out, _ = outcome("diagnose", "--deadlines", str(file))
    assert (code, out.splitlines()[-1]) == (0, "3 deadlines, 0 past; 1 function looked at.")


def test_a_cloud_is_asked_for_its_configuration_alone(failing: FakeApp) -> None:
    """No log, metric or trace has a day."""
    asked: list[str] = []
    inner = failing.cloud()

    class Counting:
        def __getattr__(self, name: str) -> Any:
            asked.append(name)
            return getattr(inner, name)

    failing._cloud = Counting()  # type: ignore[assignment]
    assert run(failing, "--deadlines") == 0
    assert "2 functions looked at." in failing.stdout.getvalue()
    assert set(asked) <= {"inventory", "target", "api_calls", "stacks"}


@pytest.mark.parametrize("option", [("--level", "high"), ("--only", "lambda-*"), ("--since", "1h")])
def test_options_about_findings_are_refused(template: Path, option: tuple[str, str]) -> None:
    """They would be ignored."""
    code, _, err = outcome("diagnose", "--deadlines", *option, "--template", str(template))
    assert code == 2
    assert option[0] in err


def test_formats_of_findings_are_refused(template: Path) -> None:
    """SARIF has no days."""
    code, _, err = outcome("diagnose", "--deadlines", str(template), "--format", "sarif")
    assert code == 2
    assert "Give one of: text, json" in err
