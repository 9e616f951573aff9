"""The property that gives a resource its physical name, by CloudFormation type (CloudFormation template reference)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from shopfast_obs.model.records import record
from shopfast_obs.model.resources import (
    ALARM,
    EVENT_BUS,
    EVENT_RULE,
    FUNCTION,
    LOG_ALARM,
    LOG_GROUP,
    MUTE_RULE,
    QUEUE,
    REST_API,
    REST_STAGE,
    STATE_MACHINE,
    TABLE,
    TOPIC,
)

NAME_PROPERTY: Mapping[str, str] = {
    ALARM: "AlarmName",
    EVENT_BUS: "Name",
    EVENT_RULE: "Name",
    FUNCTION: "FunctionName",
    LOG_ALARM: "AlarmName",
    LOG_GROUP: "LogGroupName",
    MUTE_RULE: "Name",
    QUEUE: "QueueName",
    REST_API: "Name",
    REST_STAGE: "StageName",
    STATE_MACHINE: "StateMachineName",
    TABLE: "TableName",
    TOPIC: "TopicName",
    "AWS::ApiGatewayV2::Api": "Name",
    "AWS::ApiGatewayV2::Stage": "StageName",
    "AWS::AppSync::GraphQLApi": "Name",
    "AWS::CloudWatch::CompositeAlarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::DynamoDB::GlobalTable": "TableName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Kinesis::Stream": "Name",
    "AWS::KinesisFirehose::DeliveryStream": "DeliveryStreamName",
    "AWS::Lambda::LayerVersion": "LayerName",
    "AWS::Pipes::Pipe": "Name",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SSM::Parameter": "Name",
    "AWS::Scheduler::Schedule": "Name",
    "AWS::SecretsManager::Secret": "Name",
}


def construct_path(path: str) -> str:
    """The path of the construct that people know, from that of the resource that it makes: `Notes/F/Resource`."""
    return path.strip("/").removesuffix("/Resource").removesuffix("/Default")


def goes_by(name: str, physical: str, path: str, logical_id: str, generated: str) -> bool:
    """True when a resource is meant by that name: its physical name, its construct's path, its logical id, or a name
    that CloudFormation may have given it, which begins with `generated` (empty for a resource that gets none)."""
    if name in (physical, path, logical_id):
        return True
    return bool(generated) and name.startswith(generated) and name.removeprefix(generated).isalnum()


@record
class ConstructPaths:
    """Which construct makes a resource, as the metadata of a CDK stack tells: pairs of a path (`/Notes/F/Resource`) and
    a logical id. Those of nested stacks are among them; two of these may have the same logical id."""

    pairs: tuple[tuple[str, str], ...] = ()

    @property
    def own(self) -> dict[str, str]:
        """The paths by the logical ids of the stack's own resources."""
        inner = tuple(f"{scope}/" for scope in self._scopes.values())
        return {logical_id: path for path, logical_id in self.pairs if not path.startswith(inner)}

    def nested(self, logical_id: str) -> ConstructPaths:
        """Those of the nested stack that this resource makes."""
        scope = self._scopes.get(logical_id)
        return ConstructPaths(tuple(pair for pair in self.pairs if scope and pair[0].startswith(f"{scope}/")))

    @property
    def _scopes(self) -> dict[str, str]:
        """The paths of nested stacks (`/Api/Mail`) by the logical ids of what makes them, whose own path is
        `/Api/Mail.NestedStack/Mail.NestedStackResource`."""
        ends = ".NestedStackResource"
        return {
            id_: path.rpartition("/")[0].removesuffix(".NestedStack") for path, id_ in self.pairs if path.endswith(ends)
        }


def construct_paths(metadata: Mapping[str, Any]) -> ConstructPaths:
    """The pairs in the metadata of a stack, entries by their construct's path."""
    return ConstructPaths(
        tuple(
            (path, str(entry["data"]))
            for path, entries in metadata.items()
            for entry in (entries if isinstance(entries, list) else ())
            if isinstance(entry, Mapping) and entry.get("type") == "aws:cdk:logicalId" and "data" in entry
        )
    )


def holding(part: str) -> Callable[[str], bool]:
    """Whether a name (of a log group) has this part in it. A construct's path, `Notes/F`, is in the names that
    CloudFormation makes of it: the stack's name, the construct's with a hash of eight digits, and random letters."""
    stack, slash, rest = part.partition("/")
    if not (stack and slash and rest):
        return lambda name: part in name
    within = "".join(letter for letter in rest if letter.isalnum())
    made = re.compile(rf"(^|/){re.escape(stack)}-{re.escape(within)}([0-9A-F]{{8}})?-[0-9A-Za-z]+$")
    return lambda name: part in name or bool(made.search(name))
