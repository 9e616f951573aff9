"""What whoever is connected to a WebSocket API hears of its function."""

import json
from types import SimpleNamespace
from typing import Any

from shopfast_obs.localcloud.ministack.http.websockets import workers


def heard(result: dict[str, Any]) -> dict[str, Any]:
    """What MiniStack is told of an invocation with that result."""
    functions: Any = SimpleNamespace(execute=lambda func, event: result)
    return workers(functions)("fn", {}, b"zip").invoke({"requestContext": {"connectionId": "c1"}}, "r1")


def test_an_answer_is_handed_on() -> None:
    """As the function gave it."""
    answer = {"statusCode": 200, "body": "hi"}
    assert heard({"body": answer}) == {"status": "ok", "result": answer}


def test_a_failure_is_told_in_aws_words() -> None:
    """With the ids to look for, and nothing of the function's."""
    answer = heard({"error": True, "body": {"errorMessage": "the password is wrong"}})
    said = {"message": "Internal server error", "connectionId": "c1", "requestId": "r1"}
    assert (answer["status"], json.loads(answer["error"])) == ("error", said)
