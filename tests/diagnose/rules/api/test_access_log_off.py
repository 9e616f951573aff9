"""Rule api-access-log-off."""

from __future__ import annotations

import pytest

from shopfast_obs.diagnose.rules.api.access_log_off import RULE
from shopfast_obs.model.resources import HTTP_STAGE, REST_STAGE, Resource
from tests.diagnose.builders import clear, declared, found


def one(said: object, type_: str = REST_STAGE) -> Resource:
    """A stage."""
    name = "AccessLogSetting" if type_ == REST_STAGE else "AccessLogSettings"
    return Resource(type_, "prod", properties={name: said})


@pytest.mark.parametrize("kind", [REST_STAGE, HTTP_STAGE])
def test_found_without_a_log_or_with_one_of_free_text(kind: str) -> None:
    """Both kinds of API."""
    assert "has no access log" in found(RULE.check(one(None, kind), declared())).title
    text = one({"DestinationArn": "arn", "Format": "$context.identity.sourceIp"}, kind)
    assert "no JSON" in found(RULE.check(text, declared())).title


def test_clear_with_json() -> None:
    """By field."""
    fine = one({"DestinationArn": "arn", "Format": '{"id":"$context.requestId"}'})
    assert clear(RULE.check(fine, declared())) == "it writes an access log"
