"""What osls packaged of our own files, as far as rules read it.

`npx osls@4.3.1 package` beside a serverless.yml of tests/recorded/templates/osls and an empty app.py, then
`python -m tests.parse.dialects.packaged FOLDER`, keep `packaged.json`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

FOLDERS = Path(__file__).parents[2] / "recorded" / "templates" / "osls"
# The properties that rules, alarms and the map read; the framework writes more.
READ: dict[str, tuple[str, ...]] = {
    "AWS::Lambda::Function": (
        "FunctionName", "Handler", "Runtime", "Timeout", "MemorySize", "Architectures", "VpcConfig", "KmsKeyArn",
        "Tags", "EphemeralStorage", "SnapStart", "LoggingConfig", "TracingConfig", "DeadLetterConfig", "Environment",
        "Layers", "ReservedConcurrentExecutions", "Role",
    ),
    "AWS::Lambda::Alias": ("FunctionName", "Name", "ProvisionedConcurrencyConfig"),
    "AWS::Lambda::Url": ("AuthType", "TargetFunctionArn"),
    "AWS::Lambda::EventInvokeConfig": (
        "FunctionName", "Qualifier", "DestinationConfig", "MaximumRetryAttempts", "MaximumEventAgeInSeconds",
    ),
    "AWS::Lambda::Permission": ("FunctionName", "Action", "Principal", "FunctionUrlAuthType", "InvokedViaFunctionUrl"),
    "AWS::Lambda::EventSourceMapping": (
        "FunctionName", "EventSourceArn", "BatchSize", "MaximumBatchingWindowInSeconds", "MaximumRetryAttempts",
        "Enabled", "MaximumRecordAgeInSeconds", "BisectBatchOnFunctionError", "FunctionResponseTypes",
        "DestinationConfig", "FilterCriteria", "StartingPosition", "ScalingConfig", "ParallelizationFactor",
        "SelfManagedEventSource", "Topics", "Queues",
    ),
    "AWS::Events::Rule": ("Name", "EventBusName", "EventPattern", "ScheduleExpression", "State", "Targets"),
    "AWS::Events::EventBus": ("Name",),
    "AWS::Scheduler::Schedule": ("ScheduleExpression", "State", "Target", "FlexibleTimeWindow"),
    "AWS::SNS::Topic": ("TopicName", "Subscription"),
    "AWS::SNS::Subscription": ("TopicArn", "Protocol", "Endpoint", "FilterPolicy", "RedrivePolicy"),
    "AWS::SQS::Queue": ("VisibilityTimeout", "MessageRetentionPeriod", "RedrivePolicy"),
    "AWS::DynamoDB::Table": ("BillingMode", "StreamSpecification", "KeySchema"),
    "AWS::Logs::LogGroup": ("LogGroupName", "RetentionInDays"),
    "AWS::Logs::SubscriptionFilter": ("LogGroupName", "FilterPattern", "DestinationArn"),
    "AWS::ApiGateway::RestApi": ("Name",),
    "AWS::ApiGateway::Method": ("HttpMethod", "RestApiId"),
    "AWS::ApiGatewayV2::Api": ("Name", "ProtocolType"),
    "AWS::ApiGatewayV2::Integration": ("ApiId", "IntegrationType", "IntegrationUri", "TimeoutInMillis"),
    "AWS::ApiGatewayV2::Route": ("ApiId", "RouteKey", "Target"),
    "AWS::ApiGatewayV2::Stage": ("ApiId", "StageName"),
}  # fmt: skip
# What the framework needs to deploy: a function and a group of its own.
OWN = ("CustomDash", "ApiGatewayLogGroup", "HttpApiLogGroup", "WebsocketsLogGroup")


def read(resources: dict[str, Any]) -> dict[str, Any]:
    """The resources of these types with these properties, by logical id."""
    return {
        logical_id: {
            "Type": entry["Type"],
            "Properties": {k: v for k, v in entry.get("Properties", {}).items() if k in READ[entry["Type"]]},
        }
        for logical_id, entry in resources.items()
        if entry.get("Type") in READ and not logical_id.startswith(OWN)
    }


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    made = json.loads(
        (folder / ".serverless" / "cloudformation-template-update-stack.json").read_text(encoding="utf-8")
    )
    kept = json.dumps({"Resources": read(made["Resources"])}, indent=1, sort_keys=True)
    (folder / "packaged.json").write_text(f"{kept}\n", encoding="utf-8")
