"""Findings as SARIF: valid, placed, and the same in every run."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from shopfast_obs.diagnose.engine import catalogue
from shopfast_obs.model.review import Review
from shopfast_obs.report.findings.sarif import sarif
from tests.report.findings.builders import NASTY, declared, reviewed

SCHEMA = Path(__file__).parents[2] / "recorded" / "schemas" / "sarif-2.1.0-rtm.5.json"


def run_of(review: Review) -> dict[str, Any]:
    """The one run of the log, which the official schema accepts."""
    log = json.loads(json.dumps(sarif(review, catalogue())))
    jsonschema.Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(log)
    run: dict[str, Any] = log["runs"][0]
    return run


@pytest.mark.parametrize("review", [reviewed(), reviewed(NASTY), declared()], ids=["live", "nasty", "template"])
def test_the_log_is_valid(review: Review) -> None:
    """By OASIS's own schema."""
    assert run_of(review)["results"]


def test_a_result_names_its_rule_its_line_and_its_fingerprint() -> None:
    """What code scanning needs to show it and to know it again."""
    run = run_of(reviewed())
    first, again = run["results"][0], run_of(reviewed())["results"][0]
    rule = run["tool"]["driver"]["rules"][first["ruleIndex"]]
    assert first["ruleId"] == rule["id"] == "lambda-timeout-kills"
    assert rule["help"]["markdown"].startswith("The caller waits")
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "infra/my%20template.yaml", "uriBaseId": "%SRCROOT%"}
    assert place["region"]["startLine"] == 4
    assert first["partialFingerprints"] == again["partialFingerprints"]
    assert len({tuple(r["partialFingerprints"].values()) for r in run["results"]}) == len(run["results"])


def test_what_is_deployed_has_a_name_instead_of_a_line() -> None:
    """There is no file to point at."""
    idle = next(r for r in run_of(reviewed())["results"] if "idle" in r["message"]["text"])
    assert "physicalLocation" not in idle["locations"][0]
    assert idle["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "AWS::Lambda::Function/idle"


def test_known_and_suppressed_results_are_marked() -> None:
    """So that they do not fail a gate."""
    results = run_of(reviewed())["results"]
    states = {r["ruleId"]: r["baselineState"] for r in results if "web" in r["message"]["text"]}
    assert states["lambda-timeout-kills"] == "new"
    assert [r["ruleId"] for r in results if r["baselineState"] == "unchanged" and "suppressions" not in r]
    suppressed = [r for r in results if "suppressions" in r]
    assert {r["ruleId"] for r in suppressed} == {"lambda-no-alarm"}
    assert suppressed[0]["suppressions"][0]["justification"] == "we know"


def test_gaps_are_notifications() -> None:
    """A reader of the log sees what was not looked at."""
    (note,) = run_of(reviewed())["invocations"][0]["toolExecutionNotifications"]
    assert "queues: denied" in note["message"]["text"]
