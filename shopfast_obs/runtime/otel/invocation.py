"""What a handler's span says of its invocation, by the semantic conventions of functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opentelemetry.trace import SpanKind

from shopfast_obs.runtime import routes, sources

PUBSUB, DATASOURCE = ("aws:sqs", "aws:sns", "aws:kafka", "aws:mq", "aws:rmq"), ("aws:kinesis", "aws:dynamodb", "aws:s3")
CONSUMERS = ("pubsub", "datasource")


def kind(event: Any) -> SpanKind:  # noqa: ANN401 - events have any JSON type
    """The entry of a service: of a request, or of what was sent before."""
    return SpanKind.CONSUMER if trigger(event) in CONSUMERS else SpanKind.SERVER


def trigger(event: Any) -> str:  # noqa: ANN401
    """What made the function run, in the conventions' words."""
    if not isinstance(event, Mapping):
        return "other"
    if routes.route(event):
        return "http"
    source = _source(event)
    if source == "aws.events" or event.get("detail-type") == "Scheduled Event":
        return "timer"
    if source in DATASOURCE:
        return "datasource"
    return "pubsub" if source.startswith(PUBSUB) or "detail-type" in event else "other"


def attributes(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401
    """The span's attributes as it begins."""
    found: dict[str, Any] = {"faas.trigger": trigger(event)}
    for key, name in (("faas.invocation_id", "aws_request_id"), ("cloud.resource_id", "invoked_function_arn")):
        value = getattr(context, name, None)
        if isinstance(value, str):
            found[key] = value
    if found["faas.trigger"] == "http":
        method, _, route = routes.route(event).partition(" ")
        found |= {"http.request.method": method, "http.route": route}
    elif found["faas.trigger"] in CONSUMERS:
        found |= {"messaging.batch.message_count": sum(len(records) for _, _, records in sources.batches(event)) or 1}
    return found


def _source(event: Mapping[str, Any]) -> str:
    for _, _, records in sources.batches(event):
        for record in records[:1]:
            if isinstance(record, Mapping):
                return str(record.get("eventSource") or record.get("EventSource") or "")
    return str(event.get("eventSource") or event.get("source") or "")
