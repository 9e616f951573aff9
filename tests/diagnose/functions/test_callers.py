"""How long a function's callers wait."""

from __future__ import annotations

from shopfast_obs.diagnose.functions.callers import limit
from shopfast_obs.diagnose.rules.functions import longest_timeout, no_alarm, not_traced
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, FUNCTION, PERMISSION, QUEUE, Resource
from tests.diagnose import builders
from tests.diagnose.builders import clear, declared, function

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


def test_what_only_deployments_call_is_missed_by_nobody() -> None:
    """Neither an alarm nor traces of a custom resource's function are, and it may take its time; unless S3 calls it."""
    seeds = function("seed", Timeout=900)
    made = Resource("Custom::Seed", "data", properties={"ServiceToken": {"Fn::GetAtt": ["seed", "Arn"]}})
    let_in = Resource(PERMISSION, "p", properties={"FunctionName": {"Ref": "seed"}, "Principal": "s3.amazonaws.com"})
    for rule in (no_alarm.RULE, not_traced.RULE, longest_timeout.RULE):
        assert "only deployments call it" in clear(rule.check(seeds, declared(seeds, made)))
        assert builders.found(rule.check(seeds, declared(seeds, made, let_in)))
        assert builders.found(rule.check(seeds, declared(seeds)))
