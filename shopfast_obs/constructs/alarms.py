"""The overlay's alarms as resources, each beside what it watches, and the topic that they notify."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import ArnFormat, CfnResource, Stack
from aws_cdk import aws_sns as sns
from constructs import Construct

from shopfast_obs.constructs.resources import Found
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.references import unqualified
from shopfast_obs.model.resources import TOPIC

SCOPE = "ShopfastObsAlarms"


class GoneError(Exception):
    """An alarm watches something that is not there; the message says what."""


class Alarms:
    """Makes alarms in the stacks of one stage. The topic is made with the first of them, unless the app has it."""

    def __init__(self, topic_name: str, existing: Sequence[Found]) -> None:
        self._topic_name = topic_name
        self._existing = {(found.stack.node.path, found.logical_id): found.resource for found in existing}
        self._stacks = {found.stack_name: found.stack.node.path for found in existing}
        self._places: dict[Stack, tuple[list[str], Construct]] = {}  # what its alarms notify, and where they are made
        self._topic = next((f.resource for f in existing if f.type == TOPIC and f.physical_name == topic_name), None)

    def add(self, stack: Stack, alarm: AlarmDefinition) -> None:
        """One alarm in that stack, with the topic as its action in both directions. Raises GoneError when it refers to
        something that the stage does not have."""
        properties: dict[str, Any] = {"AlarmName": alarm.name, **self._resolved(alarm.properties, stack)}
        if stack not in self._places:
            self._places[stack] = self._actions(stack), self._place(stack)
        actions, scope = self._places[stack]
        if actions:
            properties |= {"AlarmActions": actions, "OKActions": actions}
        CfnResource(scope, alarm.name.replace("/", "-"), type=alarm.type, properties=properties)

    @staticmethod
    def _place(stack: Stack) -> Construct:
        made = stack.node.try_find_child(SCOPE)
        return made if isinstance(made, Construct) else Construct(stack, SCOPE)

    def _resolved(self, value: Any, stack: Stack) -> Any:  # noqa: ANN401 - a property has any JSON type
        """The value with references (`{"Ref": "Hello@shop"}`) to the constructs that they mean."""
        if isinstance(value, list):
            return [self._resolved(item, stack) for item in value]
        if not isinstance(value, Mapping):
            return value
        match value:
            case {"Ref": str(said)} if not said.startswith("AWS::"):
                return self._construct(said, stack).ref
            case {"Fn::GetAtt": [str(said), str(attribute)]}:
                return self._construct(said, stack).get_att(attribute).to_string()
            case {"Fn::Sub": str(text)}:
                return {"Fn::Sub": unqualified(text)}
        return {key: self._resolved(item, stack) for key, item in value.items()}

    def _construct(self, said: str, stack: Stack) -> CfnResource:
        logical_id, _, name = said.partition("@")
        found = self._existing.get((self._stacks.get(name, stack.node.path), logical_id))
        if found is None:
            raise GoneError(f"refers to {logical_id}, which this app does not have")
        return found

    def _actions(self, stack: Stack) -> list[str]:
        if not self._topic_name:
            return []
        if self._topic is None:
            self._topic = sns.CfnTopic(stack, "ShopfastObsAlarmTopic", topic_name=self._topic_name)
        if Stack.of(self._topic).node.path == stack.node.path:
            return [self._topic.ref]
        # By name and not by export: no stack waits for another because of its alarms.
        return [stack.format_arn(service="sns", resource=self._topic_name, arn_format=ArnFormat.NO_RESOURCE_NAME)]
