"""Rule lambda-async-no-destination."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.async_no_destination import RULE
from shopfast_obs.model.resources import EVENT_RULE, FUNCTION, INVOKE_CONFIG, PERMISSION, SUBSCRIPTION, Gap, Resource
from tests.diagnose.builders import clear, declared, found, function, observed, undecided

WEB = function()
NEWS = Resource(SUBSCRIPTION, "s", properties={"Endpoint": "arn:aws:lambda:x:1:function:web"})
ALLOWED = Resource(PERMISSION, "p", properties={"FunctionName": "web", "Principal": "s3.amazonaws.com"})
RULES = Resource(EVENT_RULE, "r", properties={"Targets": [{"Id": "1", "Arn": {"Ref": "Web"}}]})


def test_found_when_it_is_invoked_asynchronously() -> None:
    """By subscription, permission or rule."""
    finding = found(RULE.check(WEB, declared(WEB, NEWS, ALLOWED, RULES)))
    assert "web loses what fails: EventBridge, S3, SNS invoke it asynchronously" in finding.title


def test_found_when_only_retries_are_configured_or_a_schedule_invokes_it() -> None:
    """An EventInvokeConfig keeps nothing by itself; Scheduler invokes asynchronously."""
    config = Resource(INVOKE_CONFIG, "c", properties={"FunctionName": "web", "MaximumRetryAttempts": 0})
    assert found(RULE.check(WEB, declared(WEB, NEWS, config)))
    nightly = Resource("AWS::Scheduler::Schedule", "n", properties={"Target": {"Arn": {"Ref": "Web"}}})
    assert "EventBridge Scheduler invokes it" in found(RULE.check(WEB, declared(WEB, nightly))).title


def test_clear_with_a_destination_or_without_such_callers() -> None:
    """Queue, destination, or nobody."""
    safe = function(DeadLetterConfig={"TargetArn": "x"})
    assert clear(RULE.check(safe, declared(safe, NEWS))) == "it has a dead-letter queue"
    kept = {"DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:x:1:failed"}}}
    config = Resource(INVOKE_CONFIG, "c", properties={"FunctionName": "web", **kept})
    assert clear(RULE.check(WEB, declared(WEB, NEWS, config))) == "it has a destination for failures"
    assert clear(RULE.check(WEB, declared(WEB))) == "nothing invokes it asynchronously"


def test_clear_for_an_authorizer_of_iot() -> None:
    """Whoever wants to connect waits for its answer."""
    allowed = Resource(PERMISSION, "p", properties={"FunctionName": "web", "Principal": "iot.amazonaws.com"})
    assert found(RULE.check(WEB, declared(WEB, allowed)))
    asks = Resource("AWS::IoT::Authorizer", "a", properties={"AuthorizerFunctionArn": {"Fn::GetAtt": ["Web", "Arn"]}})
    assert clear(RULE.check(WEB, declared(WEB, allowed, asks))) == "nothing invokes it asynchronously"


def test_no_data_for_a_function_of_no_stack_that_was_not_asked() -> None:
    """Its configuration for events is a call of its own; where it was asked, the function is as any other."""
    wild, gap = Resource(FUNCTION, "web"), Gap("functions of no stack", "too many", (INVOKE_CONFIG,))
    assert undecided(RULE.check(wild, observed(wild, NEWS, gaps=[gap]))) == "functions of no stack: too many"
    assert found(RULE.check(wild, observed(wild, NEWS)))
    assert found(RULE.check(WEB, observed(WEB, NEWS, gaps=[gap])))
