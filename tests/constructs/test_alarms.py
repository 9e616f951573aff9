"""The overlay's alarms: beside what they watch, with one topic for all."""

from collections.abc import Callable
from typing import Any

import pytest

from shopfast_obs.model.overlay import AlarmDefinition, Overlay, ResourceOverlay
from shopfast_obs.model.resources import ALARM, QUEUE, TOPIC
from tests.constructs.conftest import Synthesised

pytestmark = pytest.mark.synth

Synthesise = Callable[..., Synthesised]


def alarm(name: str, resource: str) -> AlarmDefinition:
    """An alarm on a queue."""
    return AlarmDefinition(name, "depth", resource, {"Threshold": 1, "Metrics": [{"Id": "m1"}]})


def two_stacks(app: Any) -> None:
    """A queue in each of two stacks."""
    from aws_cdk import Stack
    from aws_cdk.aws_sqs import CfnQueue

    for name in ("first", "second"):
        CfnQueue(Stack(app, name), "Queue", queue_name=f"{name}-queue")


def test_each_alarm_is_in_the_stack_of_its_resource(synthesise: Synthesise) -> None:
    """The properties are the overlay's, the case of their keys too; the topic is made once, and named elsewhere."""
    from aws_cdk import CfnResource, Stack

    def build(app: Any) -> None:
        for name in ("first", "second"):
            CfnResource(Stack(app, name), f"{name}Queue", type=QUEUE, properties={})

    overlay = Overlay((), (alarm("one", "firstQueue"), alarm("two/x", "secondQueue")), "alarms")
    made = synthesise(build, overlay)
    assert made.of_type(TOPIC) == [{"TopicName": "alarms"}]
    (one,) = [b["Properties"] for b in made.stacks["first"].values() if b["Type"] == ALARM]
    (two,) = [b["Properties"] for b in made.stacks["second"].values() if b["Type"] == ALARM]
    (topic_id,) = [key for key, b in made.stacks["first"].items() if b["Type"] == TOPIC]
    assert one == {
        "AlarmName": "one",
        "Threshold": 1,
        "Metrics": [{"Id": "m1"}],
        "AlarmActions": [{"Ref": topic_id}],
        "OKActions": [{"Ref": topic_id}],
    }
    assert two["AlarmName"] == "two/x"
    assert "".join(str(part) for part in two["AlarmActions"][0]["Fn::Join"][1]).endswith(":alarms")
    assert two["OKActions"] == two["AlarmActions"]


def test_an_alarm_on_something_else_is_in_the_last_stack(synthesise: Synthesise) -> None:
    """What the app does not make can be watched all the same."""
    made = synthesise(two_stacks, Overlay((), (alarm("far", "elsewhere"),), "alarms"))
    assert [b["Type"] for b in made.stacks["second"].values()] == [QUEUE, TOPIC, ALARM]
    assert [b["Type"] for b in made.stacks["first"].values()] == [QUEUE]


def test_a_nested_stack_has_the_alarms_and_changes_of_its_own_resources(synthesise: Synthesise) -> None:
    """Both go by the path of the construct, and references by the resource that makes the nested stack."""
    from aws_cdk import NestedStack, Stack
    from aws_cdk.aws_sqs import CfnQueue

    def build(app: Any) -> None:
        CfnQueue(NestedStack(Stack(app, "Shop"), "Mail"), "Queue")

    maker = "MailNestedStackMailNestedStackResourceDB9379ED"
    watched = dimension("depth", "Shop/Mail/Queue", {"Fn::GetAtt": [f"Queue@Shop-{maker}", "QueueName"]})
    change = ResourceOverlay(QUEUE, "Shop/Mail/Queue", {"VisibilityTimeout": 60})
    made = synthesise(build, Overlay((change,), (watched,), "alarms"))
    (nested,) = [resources for name, resources in made.stacks.items() if name.endswith(".nested")]
    assert nested["Queue"]["Properties"] == {"VisibilityTimeout": 60}
    (alarm_,) = [body["Properties"] for body in nested.values() if body["Type"] == ALARM]
    assert alarm_["Dimensions"][0]["Value"] == {"Fn::GetAtt": ["Queue", "QueueName"]}


def test_the_apps_own_topic_is_used(synthesise: Synthesise) -> None:
    """A second topic of one name could not be deployed."""
    from aws_cdk import Stack
    from aws_cdk.aws_sns import CfnTopic

    def build(app: Any) -> None:
        CfnTopic(Stack(app, "Shop"), "Pager", topic_name="pager")

    made = synthesise(build, Overlay((), (alarm("one", "x"),), "pager"))
    assert made.of_type(TOPIC) == [{"TopicName": "pager"}]
    assert made.of_type(ALARM)[0]["AlarmActions"] == [{"Ref": "Pager"}]


def test_without_a_topic_an_alarm_only_shows(synthesise: Synthesise) -> None:
    """No action is no property at all."""
    made = synthesise(two_stacks, Overlay((), (alarm("one", "x"),)))
    assert made.of_type(ALARM) == [{"AlarmName": "one", "Threshold": 1, "Metrics": [{"Id": "m1"}]}]
    assert made.of_type(TOPIC) == []


def test_each_stage_has_the_alarms_of_its_resources(synthesise: Synthesise) -> None:
    """Stages are deployed apart, so each has its topic; the app gets no third alarm."""
    from aws_cdk import Stage

    made = synthesise(
        lambda app: [two_stacks(Stage(app, name)) for name in ("Dev", "Prod")],
        Overlay((), (alarm("one", "first-queue"),), "alarms"),
    )
    kinds = sorted((name, body["Type"]) for name, r in made.stacks.items() for body in r.values())
    assert [type_ for _, type_ in kinds].count(ALARM) == [type_ for _, type_ in kinds].count(TOPIC) == 2


def dimension(name: str, resource: str, value: object) -> AlarmDefinition:
    """An alarm that names its resource so."""
    dimensions = [{"Name": "QueueName", "Value": value}]
    return AlarmDefinition(name, "depth", resource, {"Dimensions": dimensions})


def test_a_reference_is_the_constructs_own(synthesise: Synthesise, capsys: pytest.CaptureFixture[str]) -> None:
    """Beside its resource, from another stack by an export; what the app no longer has is said, and makes no alarm."""
    from aws_cdk import Stack
    from aws_cdk.aws_sqs import Queue

    def build(app: Any) -> None:
        for name in ("first", "second"):
            Queue(Stack(app, name), "Work")

    ids: dict[str, str] = {}
    for name, resources in synthesise(build).stacks.items():
        ids[name] = next(iter(resources))
    overlay = Overlay(
        (),
        (
            dimension("own", "second/Work", {"Fn::GetAtt": [f"{ids['second']}@second", "QueueName"]}),
            dimension("far", "second/Work", {"Fn::GetAtt": [f"{ids['first']}@first", "QueueName"]}),
            dimension("gone", "second/Gone", {"Ref": "Gone1@second"}),
        ),
    )
    made = synthesise(build, overlay).stacks["second"]
    said = {b["Properties"]["AlarmName"]: b["Properties"]["Dimensions"] for b in made.values() if b["Type"] == ALARM}
    assert said["own"][0]["Value"] == {"Fn::GetAtt": [ids["second"], "QueueName"]}
    assert "ImportValue" in str(said["far"][0]["Value"])
    assert "gone" not in said
    assert "The alarm gone refers to Gone1, which this app does not have; it is left out." in capsys.readouterr().err
