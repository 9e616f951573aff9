"""HTTP requests are counted once each, by a route that is one of few."""

import json
import time
from types import SimpleNamespace
from typing import Any

import pytest

from shopfast_obs.parse.logs.emf import extract
from shopfast_obs.runtime import observed, routes

CONTEXT = SimpleNamespace(aws_request_id="request-1", client_context=None)
REST: dict[str, Any] = {"httpMethod": "GET", "resource": "/orders/{id}", "path": "/orders/7", "requestContext": {}}


@pytest.fixture(autouse=True)
def _counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function that names its metrics, in a fresh execution environment."""
    monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "shop")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "orders")
    monkeypatch.setattr(routes, "_seen", set())


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was written since."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def call(event: Any, answer: Any = None) -> Any:
    """The answer of a handler that gives this one, or raises it."""

    @observed
    def handler(event: object, context: object) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return handler(event, CONTEXT)


@pytest.mark.parametrize(
    ("event", "name"),
    [
        (REST, "GET /orders/{id}"),
        ({"routeKey": "POST /orders", "requestContext": {"http": {"method": "POST"}}}, "POST /orders"),
        ({"rawPath": "/products/ab12/reviews", "requestContext": {"http": {"method": "GET"}}},
         "GET /products/{id}/reviews"),
        ({**REST, "resource": "/{proxy+}", "path": "/a/1/b"}, "GET /a/{id}/b"),
        ({"httpMethod": "GET", "path": "/x/9", "requestContext": {"elb": {}}}, "GET /x/{id}"),
        ({"Records": []}, ""),
        ({"requestContext": {"connectionId": "c"}}, ""),
    ],
)  # fmt: skip
def test_a_route_is_what_the_api_declares_or_the_words_of_the_path(event: dict[str, Any], name: str) -> None:
    """Ids are none of its words."""
    assert routes.route(event) == name


@pytest.mark.parametrize(
    ("answer", "errors"),
    [({"statusCode": 200}, 0), ({"statusCode": 404}, 0), ({"statusCode": 502}, 1), ({"statusCode": "x"}, 0), (None, 0)],
)
def test_a_request_is_one_line_of_metrics(capsys: pytest.CaptureFixture[str], answer: Any, errors: int) -> None:
    """As CloudWatch reads them."""
    call(REST, answer)
    (line,) = lines(capsys)
    assert (line["Requests"], line["Errors"], line["route"], line["service"]) == (
        1,
        errors,
        "GET /orders/{id}",
        "orders",
    )
    found = extract(json.dumps(line), time.time())
    assert isinstance(found, list)
    assert len(found) == 3


def test_an_error_is_counted_and_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    """The same error."""
    problem = ValueError("broken")
    with pytest.raises(ValueError, match="broken") as raised:
        call(REST, problem)
    assert raised.value is problem
    assert [line["Errors"] for line in lines(capsys)] == [1]


def test_who_comes_first_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """A deadline that is near, or the answer that came after all."""
    request = routes.begin(REST)
    assert request is not None
    request.count(failed=True)
    request.count(failed=False)
    assert [line["Errors"] for line in lines(capsys)] == [1]


def test_paths_that_somebody_invents_do_not_become_metrics_without_end(capsys: pytest.CaptureFixture[str]) -> None:
    """Scanners try thousands; the bill has fifty and the rest."""
    for one in "abcdefghij":
        for two in "abcdefghij":
            call({"rawPath": f"/{one}{two}", "requestContext": {"http": {"method": "GET"}}})
    found = {line["route"] for line in lines(capsys)}
    assert len(found) == 51
    assert "other" in found


def test_it_is_off_where_it_is_told_or_has_no_namespace(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And for what is no HTTP request."""
    call({"Records": []})
    monkeypatch.setenv("SHOPFAST_OBS_ROUTES", "off")
    call(REST)
    monkeypatch.delenv("SHOPFAST_OBS_ROUTES")
    monkeypatch.delenv("POWERTOOLS_METRICS_NAMESPACE")
    call(REST)
    assert lines(capsys) == []
