"""What an update of a nested stack leaves as it is keeps its attributes."""

from typing import Any

from shopfast_obs.localcloud.ministack.cloudformation.nested_stacks import keeping_attributes

STACKS = {"child": {"_resources": {"Queue": {"Attributes": {"Arn": "arn:q"}}}}}


def update(  # noqa: D103
    type_: str, id_: str, old: dict[str, Any], new: dict[str, Any], stack: str, logical: str | None, attrs: Any
) -> tuple[str, dict[str, Any]]:
    return id_, attrs or {}


def test_attributes_come_from_the_resource_where_the_caller_gives_none() -> None:
    """Those that a caller gives are taken; of what is not known there are none."""
    kept = keeping_attributes(update, STACKS)
    assert kept("AWS::SQS::Queue", "q", {}, {}, "child", "Queue") == ("q", {"Arn": "arn:q"})
    assert kept("AWS::SQS::Queue", "q", {}, {}, "child", "Queue", {"Arn": "mine"}) == ("q", {"Arn": "mine"})
    assert kept("AWS::SQS::Queue", "q", {}, {}, "gone", "Queue") == ("q", {})
