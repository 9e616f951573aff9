"""What osls packages of our own files beside our reading of them, as far as rules read it.

Some packages are recorded: `npx osls@4.3.1 package` beside a serverless.yml of tests/recorded/templates/osls or of
osls/services and an empty app.py, then `python -m tests.parse.dialects.packaged FOLDER`, keep `packaged.json`.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from shopfast_obs.parse.dialects.interface import Template
from shopfast_obs.parse.templates.template import inventory, template_of
from shopfast_obs.parse.templates.template_file import read_document

FOLDERS = Path(__file__).parents[2] / "recorded" / "templates" / "osls"
MADE = Path(".serverless") / "cloudformation-template-update-stack.json"
# The properties that rules, alarms and the map read; the framework writes more.
READ: dict[str, tuple[str, ...]] = {
    "AWS::Lambda::Function": (
        "FunctionName", "Handler", "Runtime", "Timeout", "MemorySize", "Architectures", "VpcConfig", "KmsKeyArn",
        "Tags", "EphemeralStorage", "SnapStart", "LoggingConfig", "TracingConfig", "DeadLetterConfig", "Environment",
        "Layers", "ReservedConcurrentExecutions", "Role", "PackageType",
    ),
    "AWS::Lambda::LayerVersion": ("LayerName",),
    "AWS::Lambda::Alias": ("FunctionName", "Name", "ProvisionedConcurrencyConfig"),
    "AWS::Lambda::Url": ("AuthType", "TargetFunctionArn", "InvokeMode"),
    "AWS::Lambda::EventInvokeConfig": (
        "FunctionName", "Qualifier", "DestinationConfig", "MaximumRetryAttempts", "MaximumEventAgeInSeconds",
    ),
    "AWS::Lambda::Permission": ("FunctionName", "Action", "Principal", "FunctionUrlAuthType", "InvokedViaFunctionUrl"),
    "AWS::Lambda::EventSourceMapping": (
        "FunctionName", "EventSourceArn", "BatchSize", "MaximumBatchingWindowInSeconds", "MaximumRetryAttempts",
        "Enabled", "MaximumRecordAgeInSeconds", "BisectBatchOnFunctionError", "FunctionResponseTypes",
        "DestinationConfig", "FilterCriteria", "StartingPosition", "ScalingConfig", "ParallelizationFactor",
        "TumblingWindowInSeconds", "SelfManagedEventSource", "AmazonManagedKafkaEventSourceConfig", "Topics", "Queues",
    ),
    "AWS::Kinesis::StreamConsumer": ("StreamARN",),
    "AWS::Events::Rule": ("Name", "EventBusName", "EventPattern", "ScheduleExpression", "State", "Targets"),
    "AWS::Events::EventBus": ("Name",),
    "AWS::Scheduler::Schedule": ("Name", "ScheduleExpression", "State", "Target", "FlexibleTimeWindow"),
    "AWS::SNS::Topic": ("TopicName", "Subscription"),
    "AWS::SNS::Subscription": (
        "TopicArn", "Protocol", "Endpoint", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy",
    ),
    "AWS::SQS::Queue": ("QueueName", "FifoQueue", "VisibilityTimeout", "MessageRetentionPeriod", "RedrivePolicy"),
    "AWS::SQS::QueuePolicy": ("Queues",),
    "AWS::DynamoDB::Table": ("TableName", "BillingMode", "StreamSpecification", "KeySchema"),
    "AWS::S3::Bucket": ("BucketName",),
    "AWS::Logs::LogGroup": ("LogGroupName", "RetentionInDays"),
    "AWS::Logs::SubscriptionFilter": ("LogGroupName", "FilterPattern", "DestinationArn"),
    "AWS::IoT::TopicRule": ("RuleName", "TopicRulePayload"),
    "AWS::IAM::Role": ("RoleName", "ManagedPolicyArns", "Policies"),
    "AWS::ApiGateway::RestApi": ("Name",),
    "AWS::ApiGateway::Method": ("HttpMethod", "RestApiId", "Integration"),
    "AWS::ApiGatewayV2::Api": ("Name", "ProtocolType"),
    "AWS::ApiGatewayV2::Integration": ("ApiId", "IntegrationType", "IntegrationUri", "TimeoutInMillis"),
    "AWS::ApiGatewayV2::Route": ("ApiId", "RouteKey", "Target"),
    "AWS::ApiGatewayV2::Stage": ("ApiId", "StageName", "AccessLogSettings", "DefaultRouteSettings"),
}  # fmt: skip
SECTIONS = ("Conditions", "Mappings", "Parameters")
INTEGRATION = ("Type", "Uri", "IntegrationHttpMethod", "TimeoutInMillis", "RequestParameters", "ResponseTransferMode")
# What the framework needs to deploy: functions of its own, and where it keeps its packages.
OWN = ("CustomDash", "ServerlessDeploymentBucket", "IamRoleCustomResources")


def template_at(file: Path) -> Template:
    """Our reading of a serverless.yml, with the files beside it."""

    def beside(path: str) -> str | None:
        found = file.parent / path
        return found.read_text(encoding="utf-8") if found.is_file() else None

    return template_of(read_document(file.read_text(encoding="utf-8"), str(file)), beside)


def read(resources: Mapping[str, Any]) -> dict[str, Any]:
    """The resources of these types with these properties, by logical id."""
    return {
        logical_id: {
            **{key: entry[key] for key in ("Type", "Condition") if key in entry},
            "Properties": {
                k: _as_read(entry["Type"], k, v)
                for k, v in entry.get("Properties", {}).items()
                if k in READ[entry["Type"]]
            },
        }
        for logical_id, entry in resources.items()
        if entry.get("Type") in READ and not logical_id.startswith(OWN)
    }


def _as_read(type_: str, name: str, value: Any) -> Any:
    """A property as rules look at it: of policies the actions with a wildcard and those that log and
    trace, of a right the function, not the version
    whose logical id is a sum of the package."""
    if type_ == "AWS::IAM::Role" and name == "Policies":
        statements = [s for policy in value for s in policy.get("PolicyDocument", {}).get("Statement", [])]
        allowed = [s["Action"] for s in statements if s["Effect"] == "Allow"]
        actions = {one for action in allowed for one in (action if isinstance(action, list) else [action])}
        read = sorted(one for one in actions if "*" in one or one.startswith(("logs:", "xray:")))
        return [{"PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": read}]}}]
    if type_ == "AWS::ApiGateway::Method" and name == "Integration":
        options = value["Type"] == "MOCK"
        return {"Type": "MOCK"} if options else {k: v for k, v in value.items() if k in INTEGRATION}
    if type_ == "AWS::Lambda::Permission" and name == "FunctionName" and "LambdaVersion" in str(value):
        return {"Fn::GetAtt": [value["Ref"].partition("LambdaVersion")[0] + "LambdaFunction", "Arn"]}
    return value


def differences(ours: Template, theirs: Mapping[str, Any]) -> Iterator[str]:
    """Where our reading is not the package, both resolved."""
    mine, real = (
        {key: one[key] for key in SECTIONS if key in one} | {"Resources": read(one["Resources"])}
        for one in (ours.value, theirs)
    )
    yield from (f"section {key}" for key in SECTIONS if mine.get(key) != real.get(key))
    found, expected = ({r.logical_id: r for r in inventory(one, "x").resources if r.logical_id} for one in (mine, real))
    yield from sorted(f"{id_} is not in the package" for id_ in found.keys() - expected.keys())
    yield from sorted(f"{id_} is not in our reading" for id_ in expected.keys() - found.keys())
    for id_ in found.keys() & expected.keys():
        a, b = dict(found[id_].properties), dict(expected[id_].properties)
        keys = [key for key in sorted(a.keys() | b.keys()) if a.get(key) != b.get(key)]
        yield from (f"{id_}.{key}: {a.get(key)!r}, packaged {b.get(key)!r}" for key in keys)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    made = json.loads((folder / MADE).read_text(encoding="utf-8"))
    sections = {key: made[key] for key in SECTIONS if key in made}
    kept = json.dumps({**sections, "Resources": read(made["Resources"])}, indent=1, sort_keys=True)
    (folder / "packaged.json").write_text(f"{kept}\n", encoding="utf-8")
