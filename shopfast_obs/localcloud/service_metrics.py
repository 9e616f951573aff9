"""What AWS's front doors and DynamoDB measure of a request, with AWS's names, units and dimension sets."""

from __future__ import annotations

import re
from dataclasses import dataclass

import orjson

from shopfast_obs.localcloud.gateway.call import Call
from shopfast_obs.localcloud.ministack.asgi_app import ApiStage
from shopfast_obs.localcloud.observer import Observer

_THROTTLES = {"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"}
_READS = {"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"}
_WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}
_COUNT = re.compile(rb'"Count":\s*(\d+)')


@dataclass(frozen=True, slots=True)
class Answered:
    """One request that was answered."""

    status: int
    seconds: float
    body: bytes = b""
    size: int = 0  # bytes of the body


def api(observer: Observer, stage: ApiStage, call: Call, answer: Answered) -> None:
    """`AWS/ApiGateway` for one request of a REST or an HTTP API."""
    rest = stage.kind == "rest"
    name_key, name = ("ApiName", stage.name) if rest else ("ApiId", stage.id)
    client, server = ("4XXError", "5XXError") if rest else ("4xx", "5xx")
    for dimensions in ({name_key: name}, {name_key: name, "Stage": stage.stage}):
        observer.count("AWS/ApiGateway", "Count", dimensions)
        observer.count("AWS/ApiGateway", client, dimensions, float(400 <= answer.status < 500))
        observer.count("AWS/ApiGateway", server, dimensions, float(answer.status >= 500))
        observer.metric("AWS/ApiGateway", "Latency", dimensions, answer.seconds * 1000, "Milliseconds")
        if call.integration:
            began, ended = call.integration
            took = max(0.0, ended - began) * 1000
            observer.metric("AWS/ApiGateway", "IntegrationLatency", dimensions, took, "Milliseconds")
        if not rest:
            observer.metric("AWS/ApiGateway", "DataProcessed", dimensions, float(answer.size), "Bytes")


def function_url(observer: Observer, function: str, answer: Answered) -> None:
    """`AWS/Lambda` for one request of a Function URL."""
    dimensions = {"FunctionName": function}
    observer.count("AWS/Lambda", "UrlRequestCount", dimensions)
    observer.metric("AWS/Lambda", "UrlRequestLatency", dimensions, answer.seconds * 1000, "Milliseconds")
    observer.count("AWS/Lambda", "Url4xxCount", dimensions, float(400 <= answer.status < 500))
    observer.count("AWS/Lambda", "Url5xxCount", dimensions, float(answer.status >= 500))


def dynamodb(observer: Observer, operation: str, request: bytes, answer: Answered) -> None:
    """`AWS/DynamoDB` for one request: what fails is emitted when it happens, never as a zero."""
    if operation not in _READS and operation not in _WRITES:
        return
    tables = _tables(request)
    if answer.status < 300:
        _succeeded(observer, operation, tables, answer)
    elif answer.status >= 500:
        for table in tables:
            observer.count("AWS/DynamoDB", "SystemErrors", {"TableName": table, "Operation": operation})
    else:
        _refused(observer, operation, _Refusal(tables, _index(request), _error_code(answer.body), answer.body))


def _succeeded(observer: Observer, operation: str, tables: list[str], answer: Answered) -> None:
    for table in tables:
        dimensions = {"TableName": table, "Operation": operation}
        took = answer.seconds * 1000
        observer.metric("AWS/DynamoDB", "SuccessfulRequestLatency", dimensions, took, "Milliseconds")
        count = _count(answer.body) if operation in ("Query", "Scan") else None
        if count is not None:
            observer.count("AWS/DynamoDB", "ReturnedItemCount", dimensions, count)


def _count(body: bytes) -> float | None:
    """The number of items in an answer, which stands behind them; no text of an item holds an unescaped quote."""
    at = len(body)
    while (at := body.rfind(b'"Count":', 0, at)) >= 0:
        if found := _COUNT.match(body, at):
            return float(found.group(1))
    return None


@dataclass(frozen=True, slots=True)
class _Refusal:
    tables: list[str]
    index: str
    code: str
    body: bytes

    def by_table(self) -> list[dict[str, str]]:
        index = {"GlobalSecondaryIndexName": self.index} if self.index else {}
        return [{"TableName": table, **index} for table in self.tables]


def _refused(observer: Observer, operation: str, refusal: _Refusal) -> None:
    if refusal.code in _THROTTLES:
        event = "ReadThrottleEvents" if operation in _READS else "WriteThrottleEvents"
        for table in refusal.tables:
            observer.count("AWS/DynamoDB", "ThrottledRequests", {"TableName": table, "Operation": operation})
        for dimensions in refusal.by_table():
            observer.count("AWS/DynamoDB", event, dimensions)
    elif refusal.code == "ConditionalCheckFailedException":
        for table in refusal.tables:
            observer.count("AWS/DynamoDB", "ConditionalCheckFailedRequests", {"TableName": table})
    elif refusal.code == "TransactionConflictException" or b"TransactionConflict" in refusal.body:
        for table in refusal.tables:
            observer.count("AWS/DynamoDB", "TransactionConflict", {"TableName": table})
    elif refusal.code != "TransactionCanceledException":
        observer.count("AWS/DynamoDB", "UserErrors", {})


def _index(request: bytes) -> str:
    """The global secondary index that a read is for, or nothing."""
    try:
        data = orjson.loads(request)
    except ValueError:
        return ""
    return str(data.get("IndexName", "")) if isinstance(data, dict) else ""


def _error_code(body: bytes) -> str:
    try:
        return str(orjson.loads(body).get("__type", "")).rpartition("#")[2]
    except (ValueError, AttributeError):
        return ""


def _tables(request: bytes) -> list[str]:
    try:
        data = orjson.loads(request)
    except ValueError:
        return []
    if not isinstance(data, dict):
        return []
    if isinstance(data.get("TableName"), str):
        return [_table_name(data["TableName"])]
    if isinstance(data.get("RequestItems"), dict):
        return sorted({_table_name(name) for name in data["RequestItems"]})
    items = data.get("TransactItems")
    return sorted({name for item in items for name in _transacted(item)}) if isinstance(items, list) else []


def _transacted(item: object) -> list[str]:
    actions = [action for action in item.values() if isinstance(action, dict)] if isinstance(item, dict) else []
    return [_table_name(str(action["TableName"])) for action in actions if "TableName" in action]


def _table_name(name: str) -> str:
    """The name in a table's name or ARN."""
    return name.rpartition("/")[2]
