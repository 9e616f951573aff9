"""Rule requests-refused."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.api.client_errors import RULE
from shopfast_obs.model.resources import HTTP_API, Resource
from shopfast_obs.model.telemetry import MetricSeries
from tests.diagnose.builders import clear, found, function, metric, observed, undecided

WEB = function()


def counted(total: float, refused: float) -> list[MetricSeries]:
    """Requests to the URL."""
    values = {"UrlRequestCount": total, "Url4xxCount": refused}
    return [metric("AWS/Lambda", name, value, FunctionName="web") for name, value in values.items()]


def test_found_when_most_are_refused() -> None:
    """A 404 for everyone."""
    finding = found(RULE.check(WEB, observed(WEB, metrics=counted(40, 39))))
    assert finding.title == "web refuses 98 % of its requests (39 of 40 got a 4xx)"


def test_found_for_an_http_api_and_not_for_a_websocket() -> None:
    """Its metric has another name; a WebSocket API has none."""
    api = Resource(HTTP_API, "shop", "Shop", "app", "a1b2", {"ProtocolType": "HTTP"})
    series = [metric("AWS/ApiGateway", name, value, ApiId="a1b2") for name, value in (("Count", 40), ("4xx", 30))]
    assert "shop refuses 75 %" in found(RULE.check(api, observed(api, metrics=series))).title
    chat = Resource(HTTP_API, "chat", "Chat", "app", "c3d4", {"ProtocolType": "WEBSOCKET"})
    assert "WebSocket API" in undecided(RULE.check(chat, observed(chat)))


def test_clear_when_few_are() -> None:
    """Somebody always asks for what is not there."""
    assert clear(RULE.check(WEB, observed(WEB, metrics=counted(40, 4)))) == "10 % of 40 requests got a 4xx"


def test_no_data_from_a_handful() -> None:
    """Too few."""
    assert "too few to judge" in undecided(RULE.check(WEB, observed(WEB, metrics=counted(3, 3))))
