"""The rights that a look at an account needs: reading, nothing else."""

from __future__ import annotations

from typing import Any

# By what they are for. A test holds them equal to the calls that are made.
CONFIGURATION = (
    "application-autoscaling:DescribeScalableTargets",
    "apigateway:GET",
    "cloudformation:DescribeStackEvents",
    "cloudformation:DescribeStacks",
    "cloudformation:GetTemplate",
    "cloudformation:ListStackResources",
    "dynamodb:DescribeTable",
    "dynamodb:ListTables",
    "events:ListEventBuses",
    "events:ListRules",
    "events:ListTargetsByRule",
    "lambda:GetFunctionConcurrency",
    "lambda:GetFunctionUrlConfig",
    "lambda:GetPolicy",
    "lambda:ListAliases",
    "lambda:ListEventSourceMappings",
    "lambda:ListFunctionEventInvokeConfigs",
    "lambda:ListFunctions",
    "pipes:DescribePipe",
    "pipes:ListPipes",
    "scheduler:GetSchedule",
    "scheduler:ListSchedules",
    "sns:GetSubscriptionAttributes",
    "sns:ListSubscriptions",
    "sns:ListTopics",
    "sqs:GetQueueAttributes",
    "sqs:ListQueues",
    "states:DescribeStateMachine",
    "states:ListStateMachines",
)
TELEMETRY = (
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetAlarmMuteRule",
    "cloudwatch:GetMetricData",
    "cloudwatch:ListAlarmMuteRules",
    "logs:DescribeAccountPolicies",
    "logs:DescribeLogGroups",
    "logs:FilterLogEvents",
    "logs:GetQueryResults",
    "logs:StartQuery",
    "xray:BatchGetTraces",
    "xray:GetServiceGraph",
    "xray:GetTraceSegmentDestination",
    "xray:GetTraceSummaries",
    "xray:ListRetrievedTraces",
    "xray:StartTraceRetrieval",
)


def policy() -> dict[str, Any]:
    """The policy document; every action only reads."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": "*"}
            for sid, actions in (("ReadConfiguration", CONFIGURATION), ("ReadTelemetry", TELEMETRY))
        ],
    }
