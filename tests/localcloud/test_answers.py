"""What callers see of a function's result, by the door that they came through."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from shopfast_obs.localcloud.gateway import call
from shopfast_obs.localcloud.ministack.http.error_responses import proxy_response


@contextmanager
def front(name: call.Front) -> Iterator[None]:
    """A call through this door."""
    token = call.current.set(call.Call(front=name))
    yield
    call.current.reset(token)


def answer(name: call.Front, result: dict[str, Any]) -> tuple[int, str]:
    """Status and body."""
    with front(name):
        response, _ = proxy_response(result)
    assert response is not None
    return response["statusCode"], response["body"]


ERROR = {"error": True, "body": {"errorMessage": "secret", "statusCode": 200}}


@pytest.mark.parametrize(
    ("door", "status", "body"),
    [
        ("url", 502, "Internal Server Error"),
        ("rest", 502, '{"message": "Internal server error"}'),
        ("http", 500, '{"message": "Internal Server Error"}'),
    ],
)
def test_an_error_stays_inside(door: call.Front, status: int, body: str) -> None:
    """The payload of the error is nobody's business, whatever it looks like."""
    assert answer(door, ERROR) == (status, body)


@pytest.mark.parametrize(("door", "status"), [("url", 429), ("rest", 500), ("http", 503)])
def test_a_throttle(door: call.Front, status: int) -> None:
    """Only a Function URL says what it was."""
    result = {"throttle": True, "error": True, "body": {"Reason": "ConcurrentInvocationLimitExceeded"}}
    found, body = answer(door, result)
    assert found == status
    assert ("Reason" in json.loads(body)) == (door == "url")


@pytest.mark.parametrize("payload", ["text", None, [1], {"statusCode": "x"}, {"statusCode": True}, {}, 5])
def test_what_is_no_proxy_response(payload: object) -> None:
    """A REST API calls it malformed; the others infer 200."""
    assert answer("rest", {"body": payload})[0] == 502
    assert answer("url", {"body": payload})[0] == 200


def test_a_proxy_response_passes() -> None:
    """With a number, or a number in a string."""
    assert answer("rest", {"body": {"statusCode": 201, "body": "b"}}) == (201, "b")
    assert answer("url", {"body": {"statusCode": "404", "body": ""}}) == ("404", "")  # type: ignore[comparison-overlap]
