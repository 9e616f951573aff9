"""Calls to a service that throttles: fewer at once, all of them counted, and an end where it never answers."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from shopfast_obs.cloud.aws_calls import Calls, RefusedError
from shopfast_obs.cloud.interface import Target
from shopfast_obs.cloud.parallel_calls import GIVE_UP, MOST
from shopfast_obs.cloud.session import Session
from shopfast_obs.errors import DeniedError


class Bottleneck:
    """A service that answers two calls at once; of a third one it says that botocore had to repeat it."""

    def __init__(self, room: int = 2) -> None:
        self._room, self._under_way, self._lock = room, 0, threading.Lock()
        self.crowds: list[int] = []  # how many were under way, call by call
        self.repeated = 0

    def describe_log_groups(self) -> dict[str, Any]:
        """One answer."""
        with self._lock:
            self._under_way += 1
            crowd = self._under_way
            self.crowds.append(crowd)
        time.sleep(0.005)
        with self._lock:
            self._under_way -= 1
            self.repeated += crowd > self._room
        return {"ResponseMetadata": {"RetryAttempts": int(crowd > self._room)}}


class Shut:
    """A service that refuses everything."""

    def __init__(self, code: str) -> None:
        self.asked, self._code = 0, code

    def filter_log_events(self) -> dict[str, Any]:
        """No answer."""
        self.asked += 1
        said = {"Error": {"Code": self._code, "Message": "no"}, "ResponseMetadata": {"RetryAttempts": 4}}
        raise ClientError(said, "FilterLogEvents")  # type: ignore[arg-type]


def test_a_crowd_that_is_throttled_thins_out() -> None:
    """It comes with as many calls as may be, learns, and stays near what the service takes; each repeat is counted."""
    service = Bottleneck()
    calls = Calls(lambda _: service)
    calls.each(lambda _: calls.one("logs", "describe_log_groups"), range(100))
    late = service.crowds[20:]
    assert max(service.crowds) <= MOST
    assert sum(late) / len(late) <= 3
    assert calls.made == {"logs:DescribeLogGroups": 100 + service.repeated}


def test_an_api_that_is_throttled_throughout_is_not_asked_for_ever() -> None:
    """Every question gets its refusal; what else is asked of the account goes on."""
    service, refused = Shut("ThrottlingException"), []
    calls = Calls(lambda _: service)
    for _ in range(10):
        with pytest.raises(RefusedError, match="ThrottlingException") as caught:
            calls.one("logs", "filter_log_events")
        refused.append(caught.value.message)
    assert service.asked == GIVE_UP
    assert calls.made == {"logs:FilterLogEvents": GIVE_UP * 5}
    assert refused[-1] == "logs:FilterLogEvents is not asked any more: ThrottlingException, again and again."


def test_a_call_that_is_denied_tells_nothing_of_the_next() -> None:
    """Another resource may be allowed."""
    service = Shut("AccessDeniedException")
    calls = Calls(lambda _: service)
    for _ in range(10):
        with pytest.raises(DeniedError):
            calls.one("logs", "filter_log_events")
    assert service.asked == 10


def test_the_repeats_of_botocore_are_counted() -> None:
    """A real client, throttled once."""
    answers = throttled_once()
    client = Session(Target("local", "us-east-1", "http://127.0.0.1:9")).client("logs")
    client.meta.events.register("before-send.logs", lambda **_: next(answers))
    calls = Calls(lambda _: client)
    assert calls.one("logs", "describe_log_groups")["logGroups"] == []
    assert calls.made == {"logs:DescribeLogGroups": 2}


def throttled_once() -> Iterator[AWSResponse]:
    """What the service answers over HTTP."""
    yield response(400, {"__type": "ThrottlingException", "message": "Rate exceeded"})
    yield response(200, {"logGroups": []})


def response(status: int, document: object) -> AWSResponse:
    """An answer as botocore reads it from the network."""

    class Raw:
        def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
            yield json.dumps(document).encode()

    return AWSResponse("http://127.0.0.1:9", status, {}, Raw())


def test_an_operation_that_the_sdk_does_not_know_is_named() -> None:
    """A gap with what helps, and no AttributeError."""
    calls = Calls(lambda _: Bottleneck())
    assert calls.knows("logs", "describe_log_groups")
    assert not calls.knows("cloudwatch", "put_log_alarm")
    with pytest.raises(RefusedError, match=r"botocore [\d.]+ does not know cloudwatch:PutLogAlarm; a newer boto3 does"):
        calls.require("cloudwatch", "put_log_alarm")


def test_answers_come_in_order_and_only_a_few_before_their_turn() -> None:
    """However many are wanted; a failure is raised where its answer would be."""
    taken: list[int] = []

    def wanted() -> Iterator[int]:
        for number in range(1_000):
            taken.append(number)
            yield number

    found = Calls(lambda _: None).ahead(lambda number: 100 // (7 - number), wanted())
    assert [next(found) for _ in range(7)] == [100 // (7 - number) for number in range(7)]
    assert len(taken) < 20
    with pytest.raises(ZeroDivisionError):
        next(found)
