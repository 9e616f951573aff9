"""HTTP clients are told the id of their request."""

from types import SimpleNamespace
from typing import Any

import pytest

from shopfast_obs.runtime import correlation, observed

CONTEXT = SimpleNamespace(aws_request_id="request-1", client_context=None)
URL: dict[str, Any] = {"version": "2.0", "requestContext": {"http": {"method": "GET"}}}
REST: dict[str, Any] = {"httpMethod": "GET", "requestContext": {"stage": "prod"}}
BALANCER: dict[str, Any] = {"httpMethod": "GET", "requestContext": {"elb": {"targetGroupArn": "x"}}}


@pytest.fixture(autouse=True)
def _in_lambda(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the runtime tells its functions."""
    monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9")


def answer(event: dict[str, Any], given: Any, value: str = "abc") -> Any:
    """What a client gets when the handler answers with `given`."""

    @observed
    def handler(event: object, context: object) -> Any:
        return given

    result = handler({**event, "headers": {"X-Correlation-Id": value}}, CONTEXT)
    correlation.begin("")
    return result


@pytest.mark.parametrize("event", [URL, REST, BALANCER], ids=["url", "rest", "balancer"])
def test_the_answer_names_the_id_among_its_headers(event: dict[str, Any]) -> None:
    """Beside the handler's own, whose mapping stays as it was."""
    own = {"Content-Type": "text/plain"}
    given = {"statusCode": 200, "headers": own, "body": "x"}
    assert answer(event, given) == {**given, "headers": {**own, "x-correlation-id": "abc"}}
    assert own == {"Content-Type": "text/plain"}
    assert answer(event, {"statusCode": 204}) == {"statusCode": 204, "headers": {"x-correlation-id": "abc"}}


def test_an_answer_in_several_values_gets_a_list() -> None:
    """A load balancer with multi-value headers ignores the others."""
    given = {"statusCode": 200, "multiValueHeaders": {"Set-Cookie": ["a", "b"]}}
    wanted = {"Set-Cookie": ["a", "b"], "x-correlation-id": ["abc"]}
    assert answer(BALANCER, given)["multiValueHeaders"] == wanted


@pytest.mark.parametrize("given", [None, "text", {"body": "x"}, [1], {"statusCode": 200, "headers": "odd"},
                                   {"statusCode": 200, "headers": {"X-CORRELATION-ID": "own"}}])  # fmt: skip
def test_any_other_answer_goes_out_as_it_is(given: Any) -> None:
    """Lambda makes HTTP answers of plain values itself; what the handler says stays."""
    assert answer(URL, given) is given


def test_whoever_is_no_http_client_gets_the_answer_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other functions, workflows, queues, tests; nor anybody when it is off, or for an id that no header can carry."""
    given = {"statusCode": 200}
    assert answer({}, given) is given
    assert answer({"requestContext": {"connectionId": "c", "routeKey": "$connect"}}, given) is given
    assert answer(URL, given, "Grüße") is given
    monkeypatch.delenv("AWS_LAMBDA_RUNTIME_API")
    assert answer(URL, given) is given
    monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9")
    monkeypatch.setenv("SHOPFAST_OBS_CORRELATION", "off")
    assert answer(URL, given) is given
