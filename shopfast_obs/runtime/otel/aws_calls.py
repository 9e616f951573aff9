"""Calls of botocore as spans that X-Ray shows as its own SDK's: service, operation, what was called, how it ended."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from opentelemetry import trace

from shopfast_obs.runtime import trace_header
from shopfast_obs.runtime.otel import calls, notes, propagation

RETRIES = "sdk_retries"  # as the X-Ray road annotates it
SYSTEM = "rpc.system"
# Attributes of a call, by the parameter that says it.
TOLD: Mapping[str, Mapping[str, str]] = {
    "dynamodb": {"TableName": "aws.dynamodb.table_names", "IndexName": "aws.dynamodb.index_name"},
    "sqs": {"QueueUrl": "aws.sqs.queue.url", "QueueName": "aws.sqs.queue.name"},
    "sns": {"TopicArn": "aws.sns.topic.arn", "TargetArn": "aws.sns.topic.arn"},
    "lambda": {"FunctionName": "faas.invoked_name"},
    "kinesis": {"StreamName": "aws.kinesis.stream_name", "StreamARN": "aws.kinesis.stream_arn"},
    "states": {
        "stateMachineArn": "aws.step_functions.state_machine.arn",
        "activityArn": "aws.step_functions.activity.arn",
    },
    "s3": {"Bucket": "aws.s3.bucket", "Key": "aws.s3.key"},
    "secretsmanager": {"SecretId": "aws.secretsmanager.secret.arn"},
}
LISTS = ("aws.dynamodb.table_names",)


def _change_client(module: Any) -> None:  # noqa: ANN401
    original = module.BaseClient._make_api_call

    @functools.wraps(original)
    def traced(client: Any, operation_name: str, api_params: Any, *args: Any) -> Any:  # noqa: ANN401
        span = calls.begun(
            SYSTEM,
            lambda: f"{client.meta.service_model.service_id}.{operation_name}",
            lambda: _attributes(client, operation_name, api_params),
        )
        if span is None:
            return original(client, operation_name, api_params, *args)
        try:
            with calls.inside(span):
                answer = original(client, operation_name, api_params, *args)
        except BaseException as problem:
            with suppress(Exception):
                _failed(span, problem)
            raise
        else:
            with suppress(Exception):
                _answered(span, answer.get("ResponseMetadata") or {})
            return answer
        finally:
            span.end()

    module.BaseClient._make_api_call = traced


def _change_endpoint(module: Any) -> None:  # noqa: ANN401
    original = module.Endpoint.make_request

    @functools.wraps(original)
    def traced(endpoint: Any, operation_model: Any, request_dict: Any) -> Any:  # noqa: ANN401
        with suppress(Exception):
            span = trace.get_current_span()
            if span.is_recording() and notes.attribute(span, SYSTEM) == "aws-api":
                request_dict["headers"][trace_header.NAME] = propagation.written(span.get_span_context())
        return original(endpoint, operation_model, request_dict)

    module.Endpoint.make_request = traced


def _attributes(client: Any, operation: str, params: Any) -> dict[str, Any]:  # noqa: ANN401
    service = client.meta.service_model
    found: dict[str, Any] = {
        SYSTEM: "aws-api",
        "rpc.service": str(service.service_id),
        "rpc.method": operation,
        "peer.service": service.endpoint_prefix,  # what the X-Ray SDK calls it: one node on a map with both roads
        "cloud.region": client.meta.region_name,
    }
    with suppress(Exception):
        found |= _about(service.endpoint_prefix, params)
    return found


def _about(service: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """What the call is about."""
    found: dict[str, Any] = {}
    for name, key in TOLD.get(service, {}).items():
        if isinstance(value := params.get(name), str):
            found[key] = [value] if key in LISTS else value
    if service == "dynamodb" and "TableName" not in params and (tables := _tables(params)):
        found[LISTS[0]] = tables
    if service == "events" and (buses := {e.get("EventBusName") or "default" for e in params.get("Entries") or ()}):
        found["messaging.destination.name"] = ", ".join(sorted(buses))
    return found


def _tables(params: Mapping[str, Any]) -> list[str]:
    """Of calls about several tables."""
    items = params.get("RequestItems")
    if isinstance(items, Mapping):
        return list(items)
    actions = (action for item in params.get("TransactItems") or () for action in item.values())
    return list(dict.fromkeys(action["TableName"] for action in actions))


def _answered(span: trace.Span, told: Mapping[str, Any]) -> None:
    if (status := told.get("HTTPStatusCode")) is not None:
        span.set_attribute("http.response.status_code", status)
    if told.get("RequestId"):
        span.set_attribute("aws.request_id", told["RequestId"])
    if second := (told.get("HTTPHeaders") or {}).get("x-amz-id-2"):
        span.set_attribute("aws.extended_request_id", second)
    if retries := told.get("RetryAttempts"):
        span.set_attribute("aws.retry_attempts", retries)
        notes.on(span, RETRIES, retries)


def _failed(span: trace.Span, problem: BaseException) -> None:
    calls.failed(span, problem)
    response = getattr(problem, "response", None)
    if isinstance(response, Mapping):
        _answered(span, response.get("ResponseMetadata") or {})
        if code := (response.get("Error") or {}).get("Code"):
            span.set_attribute("error.type", str(code))


CHANGES = {"botocore.client": _change_client, "botocore.endpoint": _change_endpoint}
