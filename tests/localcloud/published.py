"""What AWS publishes: the unit and the dimension sets of each metric of its services, from their user guides. A metric
or a dimension set that is not here has no data on AWS."""

from collections.abc import Collection, Mapping

FUNCTION = ({"FunctionName"}, {"FunctionName", "Resource"}, set[str]())
TABLE = ({"TableName"}, {"TableName", "GlobalSecondaryIndexName"})
OPERATION = ({"TableName", "Operation"},)
REST = ({"ApiName"}, {"ApiName", "Stage"})
HTTP = ({"ApiId"}, {"ApiId", "Stage"})
RULE = ({"RuleName"}, {"EventBusName", "RuleName"}, set[str]())
TOPIC, QUEUE, MACHINE, GROUP = ({"TopicName"},), ({"QueueName"},), ({"StateMachineArn"},), ({"LogGroupName"},)
PIPE, STREAM = ({"PipeName"},), ({"DeliveryStreamName"},)
GROUPS = (*GROUP, set[str]())
FORWARDED = ({"LogGroupName", "DestinationType", "FilterName"},)
MS = "Milliseconds"
PUBLISHED: Mapping[str, tuple[str, Collection[set[str]]]] = {
    "AWS/Lambda Invocations": ("Count", FUNCTION),
    "AWS/Lambda Errors": ("Count", FUNCTION),
    "AWS/Lambda Throttles": ("Count", FUNCTION),
    "AWS/Lambda Duration": (MS, FUNCTION),
    "AWS/Lambda ConcurrentExecutions": ("Count", FUNCTION),
    "AWS/Lambda AsyncEventsReceived": ("Count", FUNCTION),
    "AWS/Lambda AsyncEventAge": (MS, FUNCTION),
    "AWS/Lambda AsyncEventsDropped": ("Count", FUNCTION),
    "AWS/Lambda DeadLetterErrors": ("Count", FUNCTION),
    "AWS/Lambda DestinationDeliveryFailures": ("Count", FUNCTION),
    "AWS/Lambda IteratorAge": (MS, FUNCTION),
    "AWS/Lambda UrlRequestCount": ("Count", FUNCTION),
    "AWS/Lambda Url4xxCount": ("Count", FUNCTION),
    "AWS/Lambda Url5xxCount": ("Count", FUNCTION),
    "AWS/Lambda UrlRequestLatency": (MS, FUNCTION),
    "AWS/DynamoDB ReadThrottleEvents": ("Count", TABLE),
    "AWS/DynamoDB WriteThrottleEvents": ("Count", TABLE),
    "AWS/DynamoDB ThrottledRequests": ("Count", OPERATION),
    "AWS/DynamoDB SystemErrors": ("Count", OPERATION),
    "AWS/DynamoDB SuccessfulRequestLatency": (MS, OPERATION),
    "AWS/DynamoDB ReturnedItemCount": ("Count", OPERATION),
    "AWS/DynamoDB UserErrors": ("Count", (set[str](),)),
    "AWS/DynamoDB ConditionalCheckFailedRequests": ("Count", ({"TableName"},)),
    "AWS/DynamoDB TransactionConflict": ("Count", ({"TableName"},)),
    "AWS/ApiGateway Count": ("Count", (*REST, *HTTP)),
    "AWS/ApiGateway 4XXError": ("Count", REST),
    "AWS/ApiGateway 5XXError": ("Count", REST),
    "AWS/ApiGateway 4xx": ("Count", HTTP),
    "AWS/ApiGateway 5xx": ("Count", HTTP),
    "AWS/ApiGateway Latency": (MS, (*REST, *HTTP)),
    "AWS/ApiGateway IntegrationLatency": (MS, (*REST, *HTTP)),
    "AWS/ApiGateway DataProcessed": ("Bytes", HTTP),
    "AWS/ApiGateway ConnectCount": ("Count", HTTP),
    "AWS/ApiGateway MessageCount": ("Count", HTTP),
    "AWS/ApiGateway IntegrationError": ("Count", HTTP),
    "AWS/ApiGateway ExecutionError": ("Count", HTTP),
    "AWS/EventBridge/Pipes Invocations": ("None", PIPE),
    "AWS/EventBridge/Pipes EventCount": ("None", PIPE),
    "AWS/EventBridge/Pipes ExecutionFailed": ("None", PIPE),
    "AWS/Firehose DeliveryToS3.Success": ("Count", STREAM),
    "AWS/Firehose DeliveryToS3.DataFreshness": ("Seconds", STREAM),
    "AWS/Events MatchedEvents": ("Count", RULE),
    "AWS/Events TriggeredRules": ("Count", RULE),
    "AWS/Events Invocations": ("Count", RULE),
    "AWS/Events FailedInvocations": ("Count", RULE),
    "AWS/Events InvocationsSentToDlq": ("Count", RULE),
    "AWS/Events InvocationsFailedToBeSentToDlq": ("Count", RULE),
    "AWS/SNS NumberOfMessagesPublished": ("Count", TOPIC),
    "AWS/SNS NumberOfNotificationsDelivered": ("Count", TOPIC),
    "AWS/SNS NumberOfNotificationsFailed": ("Count", TOPIC),
    "AWS/SNS NumberOfNotificationsFilteredOut": ("Count", TOPIC),
    "AWS/SNS NumberOfNotificationsRedrivenToDlq": ("Count", TOPIC),
    "AWS/SNS NumberOfNotificationsFailedToRedriveToDlq": ("Count", TOPIC),
    "AWS/SNS PublishSize": ("Bytes", TOPIC),
    "AWS/SQS NumberOfMessagesSent": ("Count", QUEUE),
    "AWS/SQS NumberOfMessagesReceived": ("Count", QUEUE),
    "AWS/SQS NumberOfMessagesDeleted": ("Count", QUEUE),
    "AWS/SQS NumberOfEmptyReceives": ("Count", QUEUE),
    "AWS/SQS SentMessageSize": ("Bytes", QUEUE),
    "AWS/SQS ApproximateNumberOfMessagesVisible": ("Count", QUEUE),
    "AWS/SQS ApproximateNumberOfMessagesNotVisible": ("Count", QUEUE),
    "AWS/SQS ApproximateNumberOfMessagesDelayed": ("Count", QUEUE),
    "AWS/SQS ApproximateAgeOfOldestMessage": ("Seconds", QUEUE),
    "AWS/States ExecutionsStarted": ("Count", MACHINE),
    "AWS/States ExecutionsSucceeded": ("Count", MACHINE),
    "AWS/States ExecutionsFailed": ("Count", MACHINE),
    "AWS/States ExecutionsTimedOut": ("Count", MACHINE),
    "AWS/States ExecutionsAborted": ("Count", MACHINE),
    "AWS/States ExecutionTime": (MS, MACHINE),
    "AWS/Logs IncomingLogEvents": ("None", GROUPS),
    "AWS/Logs IncomingBytes": ("Bytes", GROUPS),
    "AWS/Logs EMFParsingErrors": ("Count", GROUP),
    "AWS/Logs EMFValidationErrors": ("Count", GROUP),
    "AWS/Logs ForwardedLogEvents": ("None", FORWARDED),
    "AWS/Logs ForwardedBytes": ("Bytes", FORWARDED),
    "AWS/Logs DeliveryErrors": ("None", FORWARDED),
}


def strange(metric: str, dimensions: Collection[str], unit: str | None = None) -> str:
    """What AWS does not publish of a metric; empty when it does."""
    known = PUBLISHED.get(metric)
    if known is None:
        return f"{metric} is no metric of AWS"
    if set(dimensions) not in known[1]:
        return f"{metric} has no data by {sorted(dimensions)}"
    return f"{metric} is in {known[0]}, not {unit}" if unit not in (None, known[0]) else ""
