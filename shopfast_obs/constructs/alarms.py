"""The overlay's alarms as resources, each beside what it watches, and the topic that they notify."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aws_cdk import ArnFormat, CfnResource, Stack
from aws_cdk import aws_sns as sns
from constructs import Construct

from shopfast_obs.constructs.resources import Found
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import ALARM, TOPIC

SCOPE = "ShopfastObsAlarms"


class Alarms:
    """Makes alarms in the stacks of one stage. The topic is made with the first of them, unless the app has it."""

    def __init__(self, topic_name: str, existing: Sequence[Found]) -> None:
        self._topic_name = topic_name
        self._topic = next((f.resource for f in existing if f.type == TOPIC and f.physical_name == topic_name), None)

    def add(self, stack: Stack, alarm: AlarmDefinition) -> None:
        """One alarm in that stack, with the topic as its action in both directions."""
        actions = self._actions(stack)
        properties: dict[str, Any] = {"AlarmName": alarm.name, **alarm.properties}
        if actions:
            properties |= {"AlarmActions": actions, "OKActions": actions}
        made = stack.node.try_find_child(SCOPE)
        scope = made if isinstance(made, Construct) else Construct(stack, SCOPE)
        CfnResource(scope, alarm.name.replace("/", "-"), type=ALARM, properties=properties)

    def _actions(self, stack: Stack) -> list[str]:
        if not self._topic_name:
            return []
        if self._topic is None:
            self._topic = sns.CfnTopic(stack, "ShopfastObsAlarmTopic", topic_name=self._topic_name)
        if Stack.of(self._topic).node.path == stack.node.path:
            return [self._topic.ref]
        # By name and not by export: no stack waits for another because of its alarms.
        return [stack.format_arn(service="sns", resource=self._topic_name, arn_format=ArnFormat.NO_RESOURCE_NAME)]
