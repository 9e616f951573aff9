"""How long a function's callers wait."""

from __future__ import annotations

from shopfast_obs.diagnose.callers import limit
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, FUNCTION, QUEUE, Resource
from tests.diagnose.builders import declared

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:web"
WEB = Resource(FUNCTION, "web", "Web", arn=ARN)


def method(uri: object, **more: object) -> Resource:
    """A method that calls something."""
    return Resource("AWS::ApiGateway::Method", "GET /", properties={"Integration": {"Uri": uri, **more}})


def test_an_api_waits_29_seconds_unless_it_says_otherwise() -> None:
    """The function must end a second earlier."""
    live = method(f"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{ARN}/invocations")
    found = limit(WEB, declared(WEB, live))
    assert found is not None
    assert found.seconds == 28
    shorter = method({"Fn::Join": ["", ["x", {"Fn::GetAtt": ["Web", "Arn"]}]]}, TimeoutInMillis=5000)
    found = limit(WEB, declared(WEB, live, shorter))
    assert found is not None
    assert (found.seconds, "5 s" in found.reason) == (4, True)


def test_a_queue_waits_its_visibility_timeout() -> None:
    """AWS advises that it be six times the timeout, and refuses a mapping below once."""
    queue = Resource(QUEUE, "work", "Work", arn="arn:aws:sqs:eu-west-1:1:work")
    feed = Resource(EVENT_SOURCE_MAPPING, "m", properties={"EventSourceArn": queue.arn, "FunctionName": ARN})
    found = limit(WEB, declared(WEB, queue, feed))
    assert found is not None
    assert (found.seconds, "work" in found.reason) == (5, True)


def test_nobody_known_sets_no_limit() -> None:
    """A Function URL lets it run as long as Lambda does."""
    assert limit(WEB, declared(WEB, method("arn:aws:lambda:x:1:function:web-other"))) is None
