"""What is deployed or declared, in the words of CloudFormation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from shopfast_obs.model.bounds import Line
from shopfast_obs.model.records import record
from shopfast_obs.model.references import reference

FUNCTION = "AWS::Lambda::Function"
EVENT_SOURCE_MAPPING = "AWS::Lambda::EventSourceMapping"
FUNCTION_ALIAS = "AWS::Lambda::Alias"
FUNCTION_VERSION = "AWS::Lambda::Version"
FUNCTION_URL = "AWS::Lambda::Url"
INVOKE_CONFIG = "AWS::Lambda::EventInvokeConfig"
PERMISSION = "AWS::Lambda::Permission"
RESOURCE_POLICY = "AWS::Lambda::ResourcePolicy"
LOG_GROUP = "AWS::Logs::LogGroup"
LOG_POLICY = "AWS::Logs::AccountPolicy"
METRIC_FILTER = "AWS::Logs::MetricFilter"
SUBSCRIPTION_FILTER = "AWS::Logs::SubscriptionFilter"
TABLE = "AWS::DynamoDB::Table"
REST_API = "AWS::ApiGateway::RestApi"
REST_STAGE = "AWS::ApiGateway::Stage"
REST_METHOD = "AWS::ApiGateway::Method"
HTTP_API = "AWS::ApiGatewayV2::Api"
WEBSOCKET = "WEBSOCKET"  # the ProtocolType of an HTTP_API that is none
HTTP_STAGE = "AWS::ApiGatewayV2::Stage"
HTTP_INTEGRATION = "AWS::ApiGatewayV2::Integration"
HTTP_ROUTE = "AWS::ApiGatewayV2::Route"
QUEUE = "AWS::SQS::Queue"
QUEUE_POLICY = "AWS::SQS::QueuePolicy"
TOPIC = "AWS::SNS::Topic"
SUBSCRIPTION = "AWS::SNS::Subscription"
EVENT_BUS = "AWS::Events::EventBus"
EVENT_RULE = "AWS::Events::Rule"
STATE_MACHINE = "AWS::StepFunctions::StateMachine"
SCHEDULE = "AWS::Scheduler::Schedule"
PIPE = "AWS::Pipes::Pipe"
DATA_STREAM = "AWS::Kinesis::Stream"
DELIVERY_STREAM = "AWS::KinesisFirehose::DeliveryStream"
BUCKET = "AWS::S3::Bucket"
ALARM = "AWS::CloudWatch::Alarm"
LOG_ALARM = "AWS::CloudWatch::LogAlarm"
MUTE_RULE = "AWS::CloudWatch::AlarmMuteRule"
NESTED = "AWS::CloudFormation::Stack"
SUPPRESSION = "ShopfastObs::Suppression"  # a finding that somebody decided to live with; no service has it


@record
class Location:
    """A place in a file of the user's, as the user named the file; lines count from 1."""

    file: str
    line: Line = 1


@record
class Resource:
    """One resource: its CloudFormation type, what people call it, and its properties.

    `name` is the physical name where that is known, else the construct path or the logical id: nothing that a service
    knows. What other resources' values hold to name it is the `identifier`: the physical name, or a reference such as
    `${Hello@stack}` that stands in `by_reference`.

    `properties` has CloudFormation's property names whatever the source (template or live API). What the source leaves
    out is left out here too: AWS's defaults are applied by who asks (`effective`), so that "3 s because nobody chose"
    and "3 s because someone wrote 3" stay different.

    What a template declares has its `file`, the `lines` of its properties by their path (`TracingConfig.Mode`; an empty
    path is the resource itself), and in `code` the folder of a function's source where the template names one.
    """

    type: str
    name: str
    logical_id: str = ""
    stack: str = ""
    arn: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
    code: str = ""
    by_reference: str = ""

    @property
    def identifier(self) -> str:
        """What values hold that name it: its physical name, or a reference where only the deployment gives it one."""
        return self.by_reference or self.name

    @property
    def reference(self) -> str:
        """The reference to it in any template of its inventory; empty for what no stack owns."""
        return reference(self.logical_id, self.stack) if self.logical_id else ""

    def effective(self, property_name: str) -> Any:  # noqa: ANN401 - a CloudFormation value has any JSON type
        """The value in force: the declared one, else AWS's documented default, else None."""
        if property_name in self.properties:
            return self.properties[property_name]
        return DEFAULTS.get((self.type, property_name))

    def location(self, *properties: str) -> Location | None:
        """Where the first of the properties that is written down stands, else the resource; None for a live one."""
        if not self.file:
            return None
        paths = [path for name in properties for path in _upwards(name)]
        return Location(self.file, next((self.lines[path] for path in (*paths, "") if path in self.lines), 1))


def is_durable(function: Resource) -> bool:
    """Whether a function's executions go over several invocations, as its `DurableConfig` says."""
    said = function.properties.get("DurableConfig")
    return isinstance(said, Mapping) and bool(said)


def _upwards(path: str) -> Iterator[str]:
    """`a.b`, then `a`."""
    while path:
        yield path
        path = path.rpartition(".")[0]


# Defaults as the CloudFormation reference documents them, where a rule or an alarm depends on one.
DEFAULTS: Mapping[tuple[str, str], Any] = {
    (FUNCTION, "Timeout"): 3,  # seconds
    (FUNCTION, "MemorySize"): 128,  # MB
    (FUNCTION, "TracingConfig"): {"Mode": "PassThrough"},
    (FUNCTION, "LoggingConfig"): {"LogFormat": "Text"},
    (QUEUE, "VisibilityTimeout"): 30,  # seconds
    (QUEUE, "MessageRetentionPeriod"): 345_600,  # seconds
}


@record
class Gap:
    """Something that could not be read, and why. `types` are the kinds of resources that are missing for it."""

    what: str
    reason: str
    types: tuple[str, ...] = ()


@record
class Output:
    """What a template gives to others: its value, and the name under which it is exported, if it is."""

    name: str
    value: Any
    stack: str = ""
    export: str = ""


@dataclass(frozen=True)
class Inventory:
    """All resources of one source (`template app.template.json`, `local`, `aws eu-west-1`), what is missing, and the
    outputs of templates."""

    source: str
    resources: tuple[Resource, ...] = ()
    gaps: tuple[Gap, ...] = ()
    outputs: tuple[Output, ...] = ()

    def of_type(self, *types: str) -> Iterator[Resource]:
        """The resources of the given CloudFormation types, in the source's order."""
        if len(types) == 1:
            return iter(self._by_type.get(types[0], ()))
        return (resource for resource in self.resources if resource.type in types)

    @cached_property
    def _by_type(self) -> Mapping[str, tuple[Resource, ...]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            found.setdefault(resource.type, []).append(resource)
        return {type_: tuple(resources) for type_, resources in found.items()}

    def find(self, type_: str, name: str) -> Resource | None:
        """The resource of that type that people or values call so, or None: by its name first, then its logical id."""
        for resource in self.of_type(type_):
            if name in (resource.name, resource.identifier):
                return resource
        for resource in self.of_type(type_):
            if name in (resource.logical_id, resource.reference):
                return resource
        return None
