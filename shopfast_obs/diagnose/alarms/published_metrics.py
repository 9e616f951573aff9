"""What AWS's services publish: dimensions, units and names of metrics (the pages "metrics and dimensions" of their
guides, read on 2026-11-30)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

Sets = tuple[frozenset[str], ...]


def _sets(*sets: str) -> Sets:
    """Sets of dimensions from lists of their names."""
    return tuple(frozenset(names.split()) for names in sets)


_REST = _sets("ApiName", "ApiName Stage", "ApiName Stage Method Resource")
_HTTP = _sets("ApiId", "ApiId Stage", "ApiId Stage Method Resource")
_SOCKET = (*_sets("ApiId Stage Route"), *_HTTP[:2])
_BY_OPERATION = _sets("TableName Operation", "TableName Operation StreamLabel")
_TABLE = _sets("TableName", "TableName GlobalSecondaryIndexName")
_ACCOUNT = _sets("")

# By any metric of a namespace; what is not here may be published by anything.
SETS: Mapping[str, Sets] = {
    "AWS/EventBridge/Pipes": _sets("PipeName", "AwsAccountId", "AwsAccountId PipeName"),
    "AWS/Events": _sets("", "RuleName", "EventBusName", "EventBusName RuleName", "EventSourceName"),
    "AWS/Firehose": _sets("DeliveryStreamName"),
    "AWS/Kinesis": _sets("StreamName", "StreamName ShardId", "StreamName ConsumerName"),
    "AWS/Lambda": _sets(
        "",
        "FunctionName",
        "FunctionName Resource",
        "FunctionName Resource ExecutedVersion",
        "EventSourceMappingUUID",
        "EventSourceMappingUUID FunctionName",
    ),
    "AWS/SNS": _sets(
        "", "TopicName", "PhoneNumber", "Platform", "Application", "Application Platform", "Country", "SMSType",
        "Country SMSType",
    ),
    "AWS/SQS": _sets("QueueName"),
    "AWS/States": _sets(
        "StateMachineArn", "StateMachineArn Alias", "StateMachineArn Version", "ActivityArn", "LambdaFunctionArn",
        "ServiceIntegrationResourceArn", "ServiceMetric", "APIName",
    ),
}  # fmt: skip
# By one metric, where that differs from the others of its namespace.
ONLY: Mapping[tuple[str, str], Sets] = {
    **{("AWS/ApiGateway", name): _REST for name in ("4XXError", "5XXError", "CacheHitCount", "CacheMissCount")},
    **{("AWS/ApiGateway", name): _HTTP for name in ("4xx", "5xx", "DataProcessed")},
    **{
        ("AWS/ApiGateway", name): _SOCKET
        for name in ("ConnectCount", "MessageCount", "IntegrationError", "ClientError", "ExecutionError")
    },
    **{("AWS/ApiGateway", name): (*_REST, *_HTTP, *_SOCKET) for name in ("Count", "Latency", "IntegrationLatency")},
    **{
        ("AWS/DynamoDB", name): _BY_OPERATION
        for name in ("ThrottledRequests", "SystemErrors", "SuccessfulRequestLatency", "ReturnedItemCount")
    },
    **{("AWS/DynamoDB", name): _TABLE for name in ("ReadThrottleEvents", "WriteThrottleEvents")},
    ("AWS/DynamoDB", "UserErrors"): _ACCOUNT,
    ("AWS/DynamoDB", "ConditionalCheckFailedRequests"): _sets("TableName"),
    ("AWS/DynamoDB", "TimeToLiveDeletedItemCount"): _sets("TableName"),
    ("AWS/Lambda", "UnreservedConcurrentExecutions"): _ACCOUNT,
    ("AWS/SNS", "SMSMonthToDateSpentUSD"): _ACCOUNT,
    ("AWS/SNS", "SMSSuccessRate"): _sets("", "PhoneNumber", "Country", "SMSType", "Country SMSType"),
    ("AWS/Lambda", "ClaimedAccountConcurrency"): _ACCOUNT,
}
# Metrics that a widely used library names and nobody publishes, with the one that is meant (aws-cdk-lib 2.275).
MEANT: Mapping[tuple[str, str], str] = {("AWS/Logs", "IncomingLogs"): "IncomingLogEvents by LogGroupName"}
_MILLISECONDS = {
    "AWS/ApiGateway": "Latency IntegrationLatency",
    "AWS/DynamoDB": "SuccessfulRequestLatency",
    "AWS/Events": "IngestionToInvocationStartLatency IngestionToInvocationCompleteLatency",
    "AWS/Lambda": "Duration PostRuntimeExtensionsDuration IteratorAge AsyncEventAge UrlRequestLatency "
    "DurableExecutionDuration",
    "AWS/States": "ExecutionTime ActivityRunTime ActivityScheduleTime LambdaFunctionRunTime",
}
_COUNT = {
    "AWS/ApiGateway": "4XXError 5XXError 4xx 5xx Count",
    "AWS/DynamoDB": "ReadThrottleEvents WriteThrottleEvents ThrottledRequests SystemErrors UserErrors",
    "AWS/Events": "Invocations FailedInvocations MatchedEvents TriggeredRules ThrottledRules InvocationsSentToDlq "
    "InvocationsFailedToBeSentToDlq",
    "AWS/Lambda": "Invocations Errors Throttles DeadLetterErrors DestinationDeliveryFailures AsyncEventsReceived "
    "AsyncEventsDropped ConcurrentExecutions UnreservedConcurrentExecutions ProvisionedConcurrentExecutions "
    "ProvisionedConcurrencyInvocations ProvisionedConcurrencySpilloverInvocations OffsetLag Url4xxCount Url5xxCount "
    "UrlRequestCount RecursiveInvocationsDropped SignatureValidationErrors DurableExecutionStarted "
    "DurableExecutionSucceeded DurableExecutionFailed DurableExecutionTimedOut DurableExecutionStopped "
    "DurableExecutionOperations",
    "AWS/SNS": "NumberOfMessagesPublished NumberOfNotificationsDelivered NumberOfNotificationsFailed "
    "NumberOfNotificationsFilteredOut NumberOfNotificationsRedrivenToDlq NumberOfNotificationsFailedToRedriveToDlq",
    "AWS/SQS": "NumberOfMessagesSent NumberOfMessagesReceived NumberOfMessagesDeleted NumberOfEmptyReceives "
    "ApproximateNumberOfMessagesVisible ApproximateNumberOfMessagesNotVisible ApproximateNumberOfMessagesDelayed",
    "AWS/States": "ExecutionsStarted ExecutionsSucceeded ExecutionsFailed ExecutionsTimedOut ExecutionsAborted "
    "ExecutionThrottled",
}


def _units(unit: str, names: Mapping[str, str]) -> dict[tuple[str, str], str]:
    return {(namespace, name): unit for namespace, listed in names.items() for name in listed.split()}


UNITS: Mapping[tuple[str, str], str] = {
    **_units("Milliseconds", _MILLISECONDS),
    **_units("Count", _COUNT),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"): "Seconds",
}
METRICS: Mapping[str, frozenset[str]] = {
    namespace: frozenset(name for where, name in (*UNITS, *ONLY) if where == namespace)
    for namespace in {where for where, _ in (*UNITS, *ONLY)}
}


def dimensions(namespace: str, metric: str) -> Sets | None:
    """The sets of dimensions that a metric is published by; None where that is not known."""
    return ONLY.get((namespace, metric), SETS.get(namespace))


def alike(said: str, known: Iterable[str]) -> str:
    """The known name that is meant by one that nobody publishes: it differs in case, a plural, a letter or the order of
    its words; empty where none is that near."""
    from difflib import get_close_matches

    names = {name.lower(): name for name in known}
    if said in names.values():
        return ""
    near = get_close_matches(said.lower(), names, 1, 0.9)
    turned = (name for name in names.values() if _words(name) == _words(said))
    return names[near[0]] if near else next(turned, "")


def _words(name: str) -> list[str]:
    """The words of `ApproximateNumberOfMessagesVisible`, in the order of the alphabet."""
    return sorted(re.findall(r"[A-Z]+[a-z0-9]*|[a-z0-9]+", name))
