"""Which resources a value names."""

import pytest

from shopfast_obs.analysis.wiring.dead_letters import dead_letter_queues
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.resources import (
    FUNCTION,
    FUNCTION_ALIAS,
    LOG_GROUP,
    QUEUE,
    SUBSCRIPTION,
    TOPIC,
    Inventory,
    Resource,
)
from shopfast_obs.parse.templates.template import inventory

WEB = Resource(FUNCTION, "web", "Web", arn="arn:aws:lambda:eu-west-1:1:function:web")
QUEUE_ = Resource(QUEUE, "orders", "Orders", arn="arn:aws:sqs:eu-west-1:1:orders")
TOPIC_ = Resource(TOPIC, "orders", "OrdersTopic", arn="arn:aws:sns:eu-west-1:1:orders")
GROUP = Resource(LOG_GROUP, "/aws/lambda/web", "Logs")
FIFO = Resource(QUEUE, "work.fifo", "Work")
INDEX = References(Inventory("x", (WEB, QUEUE_, TOPIC_, GROUP, FIFO)))


@pytest.mark.parametrize(
    "value",
    [
        "web",
        "arn:aws:lambda:eu-west-1:1:function:web:live",
        "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:x:1:function:web/invocations",
        {"Fn::GetAtt": ["Web", "Arn"]},
        {"Fn::Sub": "arn:${AWS::Partition}:lambda:${AWS::Region}:1:function:${Web}"},
        ["x", {"Ref": "Web"}],
    ],
)
def test_a_name_is_found_in_every_form(value: object) -> None:
    """ARN with and without alias, nested ARN, intrinsics."""
    assert INDEX.named(value, FUNCTION) == (WEB,)
    assert INDEX.names(value, WEB)


@pytest.mark.parametrize(
    "value", ["web-other", "my-web", "webhook", {"Ref": "Website"}, None, 3, "arn:aws:sqs:x:1:web"]
)
def test_a_name_inside_another_is_not_meant(value: object) -> None:
    """Whole names only, and of the service that the ARN names."""
    assert INDEX.named(value, FUNCTION) == ()


def test_an_arn_tells_a_queue_from_a_topic_of_the_same_name() -> None:
    """A bare name means both."""
    assert INDEX.named("arn:aws:sqs:eu-west-1:1:orders") == (QUEUE_,)
    assert INDEX.named("arn:aws:sns:eu-west-1:1:orders") == (TOPIC_,)
    assert INDEX.named("orders") == (QUEUE_, TOPIC_)


def test_names_may_hold_slashes_and_dots() -> None:
    """Log groups and FIFO queues."""
    assert INDEX.named("arn:aws:logs:x:1:log-group:/aws/lambda/web:*", LOG_GROUP) == (GROUP,)
    assert INDEX.named("https://sqs.x.amazonaws.com/1/work.fifo", QUEUE) == (FIFO,)


@pytest.mark.parametrize(
    "properties",
    [
        {"RedrivePolicy": {"deadLetterTargetArn": QUEUE_.arn}},
        {"RedrivePolicy": '{"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:1:orders"}'},
        {"Targets": [{"Id": "x", "DeadLetterConfig": {"Arn": QUEUE_.arn}}]},
        {"DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["Orders", "Arn"]}}}},
        {"DeadLetterQueue": {"Type": "SQS", "TargetArn": QUEUE_.arn}},
    ],
)
def test_a_dead_letter_queue_is_one_that_somebody_names_as_such(properties: dict[str, object]) -> None:
    """Wherever CloudFormation and SAM let it be named."""
    source = Resource(SUBSCRIPTION, "s", properties=properties)
    assert dead_letter_queues(Inventory("x", (QUEUE_, TOPIC_, source))) == (QUEUE_,)


def test_a_target_is_no_dead_letter_queue() -> None:
    """A subscription's endpoint is where messages belong."""
    source = Resource(SUBSCRIPTION, "s", properties={"Endpoint": QUEUE_.arn, "RedrivePolicy": "not json"})
    assert dead_letter_queues(Inventory("x", (QUEUE_, source))) == ()


def test_an_alias_or_a_version_leads_to_its_function() -> None:
    """Whoever names it means the function: triggers, permissions, asynchronous configuration."""
    declared = {
        "Fn": {"Type": FUNCTION},
        "FnAliaslive": {"Type": FUNCTION_ALIAS, "Properties": {"FunctionName": {"Ref": "Fn"}, "Name": "live"}},
        "FnVersion": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Fn"}}},
        "X": {"Type": "X", "Properties": {"A": {"Ref": "FnAliaslive"}, "B": {"Ref": "FnVersion"},
                                          "C": {"Fn::Sub": "${Fn.Arn}:live"}}},
    }  # fmt: skip
    found = inventory({"Resources": declared}, "t", "shop")
    index, said = References(found), found.resources[-1].properties
    assert [[f.name for f in index.named(said[key], FUNCTION)] for key in "ABC"] == [["Fn"]] * 3
    assert [f.name for f in index.named(said["A"])] == ["FnAliaslive", "Fn"]


def test_a_logical_id_names_nothing_as_text_nor_in_another_stack() -> None:
    """Two stacks with the same logical ids are two namespaces; a reference from one is not the other's."""
    one, other = (inventory({"Resources": {"Fn": {"Type": FUNCTION}}}, "t", stack) for stack in ("a", "b"))
    index = References(Inventory("x", (*one.resources, *other.resources)))
    assert index.named("Fn") == ()
    assert index.named("arn:aws:lambda:x:1:function:${Fn@b}:live") == other.resources
