"""The JSON document of a diagnosis and its schema."""

import copy
import json
from typing import Any

import jsonschema
import pytest

from shopfast_obs.model.review import Review
from shopfast_obs.report.findings.document import SCHEMA, document
from tests.report.findings.builders import NASTY, declared, reviewed

Validator = jsonschema.Draft202012Validator


def schema() -> dict[str, Any]:
    """The schema that ships in the package."""
    found: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Validator.check_schema(found)
    return found


@pytest.mark.parametrize("review", [reviewed(), reviewed(NASTY), declared()], ids=["live", "nasty", "template"])
def test_every_document_is_what_the_schema_says(review: Review) -> None:
    """Also one that is read back from its text."""
    text = json.dumps(document(review, {"lambda:ListFunctions": 2}))
    Validator(schema()).validate(json.loads(text))


def test_the_schema_allows_nothing_that_is_not_written() -> None:
    """Each property that is promised is there, and each that is there is promised."""
    closed = copy.deepcopy(schema())
    for part in (closed, closed["$defs"]["finding"]):
        part["additionalProperties"] = False
    Validator(closed).validate(document(reviewed()))
    with pytest.raises(jsonschema.ValidationError):
        Validator(closed).validate({**document(reviewed()), "new": 1})


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
