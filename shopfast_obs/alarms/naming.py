"""What an alarm says to name what it watches: a physical name, or a reference that CloudFormation resolves.

Never a logical id as text: a service publishes its metrics under physical names, and an alarm on any other has no data
for ever. References carry their stack (`{"Ref": "Hello@shop"}`) until they are written into it.
"""

from __future__ import annotations

import re
from typing import Any

from shopfast_obs.model.references import is_open
from shopfast_obs.model.resources import (
    DELIVERY_STREAM,
    EVENT_BUS,
    FUNCTION,
    PIPE,
    QUEUE,
    TABLE,
    TOPIC,
    Resource,
)

# What gives the name of a resource; the empty one is `Ref` (CloudFormation template reference, return values).
_NAME_BY = {
    DELIVERY_STREAM: "",
    EVENT_BUS: "",
    FUNCTION: "",
    PIPE: "",
    TABLE: "",
    QUEUE: "QueueName",
    TOPIC: "TopicName",
}
LONGEST = 200  # characters of an alarm's name before its kind; CloudWatch takes 255


def name(resource: Resource) -> Any:  # noqa: ANN401 - a string or an intrinsic
    """The physical name of a resource; None where nothing but the deployed resource tells it."""
    literal = not resource.by_reference and not is_open(resource.name)
    if resource.logical_id and resource.type in _NAME_BY and (resource.file or not literal):
        return attribute(resource, _NAME_BY[resource.type])
    if resource.by_reference and resource.by_reference == resource.reference:
        return None
    return text(resource.identifier)


def arn(resource: Resource) -> Any:  # noqa: ANN401
    """The ARN of a resource whose `Ref` gives it, such as a state machine; of an API, the id in its place."""
    if resource.arn and not is_open(resource.arn):
        return resource.arn
    return attribute(resource, "") if resource.logical_id else text(resource.arn)


def attribute(resource: Resource, of: str) -> dict[str, Any]:
    """`Ref` to the resource, or `Fn::GetAtt` of an attribute."""
    said = f"{resource.logical_id}@{resource.stack}" if resource.stack else resource.logical_id
    return {"Fn::GetAtt": [said, of]} if of else {"Ref": said}


def text(value: str) -> Any:  # noqa: ANN401
    """The text, `Fn::Sub` where a part of it is known only to the deployment."""
    return {"Fn::Sub": value} if is_open(value) else value


def title(resource: Resource) -> str:
    """What an alarm is called after: the name of its resource, made legal for one."""
    return re.sub(r"[^\w.$-]+", "-", resource.name).strip("-")[:LONGEST] or resource.logical_id
