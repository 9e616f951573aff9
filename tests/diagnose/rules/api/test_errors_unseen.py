"""Rule api-errors."""

from __future__ import annotations

from dataclasses import replace

from shopfast_obs.diagnose.rules.api.errors_unseen import RULE
from shopfast_obs.model.resources import HTTP_API, REST_API, REST_METHOD, Resource
from shopfast_obs.model.telemetry import MetricSeries
from tests.diagnose.builders import clear, found, function, metric, observed, undecided

API = Resource(REST_API, "shop", "Api", "app")


def door(api: str, function_name: str) -> Resource:
    """A method of an API that calls a function."""
    properties = {"RestApiId": {"Ref": api}, "Integration": {"Uri": {"Ref": function_name}}}
    return Resource(REST_METHOD, "GET /", stack="app", properties=properties)


DOOR, OTHER = door("Api", "Web"), door("Z", "late")
HTTP = Resource(HTTP_API, "door", "Door", "app", arn="h1", properties={"ProtocolType": "HTTP"})
WEB = function()


def counted(failed: float, errors: float) -> list[MetricSeries]:
    """A hundred requests."""
    values = {"Count": 100, "5XXError": failed}
    series = [metric("AWS/ApiGateway", name, value, ApiName="shop") for name, value in values.items()]
    return [*series, metric("AWS/Lambda", "Errors", errors, FunctionName="web")]


def test_found_when_customers_get_a_5xx() -> None:
    """What no function counts is named."""
    late = function("late")
    other = metric("AWS/Lambda", "Errors", 7, FunctionName="late")
    finding = found(RULE.check(API, observed(API, DOOR, OTHER, WEB, late, metrics=[*counted(12, 2), other])))
    assert finding.title == "shop fails 12 % of its requests (12 of 100 got a 5xx), 10 of them no error of a function"


def test_found_on_an_http_api_whose_metric_has_another_name() -> None:
    """`5xx` by its id; a WebSocket API has none."""
    series = [metric("AWS/ApiGateway", name, value, ApiId="h1") for name, value in (("Count", 10), ("5xx", 5))]
    assert "door fails 50 %" in found(RULE.check(HTTP, observed(HTTP, metrics=series))).title
    socket = replace(HTTP, properties={"ProtocolType": "WEBSOCKET"})
    assert "WebSocket" in undecided(RULE.check(socket, observed(socket, metrics=series)))


def test_clear_when_none_got_one() -> None:
    """A hundred good answers."""
    assert clear(RULE.check(API, observed(API, metrics=counted(0, 0)))) == "none of 100 requests got a 5xx"
