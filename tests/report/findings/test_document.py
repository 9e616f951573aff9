"""The JSON document of a diagnosis and its schema."""

import json
from typing import Any

import jsonschema
import pytest

from shopfast_obs.model.review import Review
from shopfast_obs.report.findings.document import document
from shopfast_obs.report.schema import schema
from tests.report.findings.builders import NASTY, declared, reviewed

VALIDATOR = jsonschema.Draft202012Validator(schema("diagnosis"))


@pytest.mark.parametrize("review", [reviewed(), reviewed(NASTY), declared()], ids=["live", "nasty", "template"])
def test_every_document_is_what_the_schema_says(review: Review) -> None:
    """Also one that is read back from its text."""
    text = json.dumps(document(review, {"lambda:ListFunctions": 2}))
    VALIDATOR.validate(json.loads(text))


def test_the_schema_allows_nothing_that_is_not_written() -> None:
    """A property too many, at the top or in a finding, and one too few are refused."""
    good = document(reviewed())
    first = good["findings"][0]
    assert not VALIDATOR.is_valid({**good, "new": 1})
    assert not VALIDATOR.is_valid({**good, "findings": [{**first, "new": 1}]})
    assert not any(VALIDATOR.is_valid({key: good[key] for key in good if key != missing}) for missing in good)
    assert not any(
        VALIDATOR.is_valid({**good, "findings": [{key: first[key] for key in first if key != missing}]})
        for missing in first
    )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("format", "shopfast-obs traces"),
        ("version", 2),
        ("source", None),
        ("window", {"start": 1.0}),
        ("not_shown", -1),
        ("clear", -1),
        ("clear", 1.5),
        ("failing", "yes"),
        ("api_calls", {"lambda:ListFunctions": 0}),
        ("gaps", [{"what": "queues"}]),
        ("not_enough_data", [{"rule": "a", "resource": "b"}]),
        ("suppressed 0 reason", ""),
        ("suppressed 0 until", 3),
        ("findings 0 fingerprint", "f" * 31),
        ("findings 0 severity", "HIGH"),
        ("findings 0 severity", 4),
        ("findings 0 confidence", "sure"),
        ("findings 0 location line", 0),
        ("findings 0 location", {"file": "t.yaml"}),
        ("findings 0 title", ""),
        ("findings 0 harm", -0.5),
        ("findings 0 usd_a_month", "much"),
        ("findings 0 evidence", []),
        ("findings 0 evidence 0 source", "rumours"),
        ("findings 0 evidence 0 summary", ""),
        ("findings 0 evidence 0 numbers", [1]),
        ("findings 0 evidence 0 window", {"end": 1.0}),
        ("findings 0 evidence 0 traces", "1-2"),
        ("findings 0 remedy summary", ""),
        ("findings 0 remedy changes", [{"type": "t", "resource": "r", "property": "p"}]),
        ("known 0 severity", "bad"),
    ],
)
def test_a_wrong_value_is_refused(path: str, value: object) -> None:
    """Each bound of the types is one of the schema."""
    *before, last = [int(step) if step.isdigit() else step for step in path.split()]
    wrong = document(reviewed())
    place: Any = wrong
    for step in before:
        place = place[step]
    place[last] = value
    assert not VALIDATOR.is_valid(wrong)


def test_new_known_and_suppressed_findings_are_kept_apart() -> None:
    """With the reason of those that somebody lives with."""
    found = document(reviewed())
    assert found["findings"][0]["rule"] == "lambda-timeout-kills"
    assert found["findings"][0]["location"] == {"file": "infra/my template.yaml", "line": 4}
    assert [item["rule"] for item in found["known"]] == ["lambda-not-traced"]
    assert {item["finding"]["rule"] for item in found["suppressed"]} == {"lambda-no-alarm"}
    assert found["suppressed"][0]["reason"] == "we know"
    assert found["unused_suppressions"] == ["x.toml, suppression nothing-*"]
    assert found["failing"] is True
    assert found["gaps"] == [{"what": "queues", "reason": "denied | by <them>"}]
