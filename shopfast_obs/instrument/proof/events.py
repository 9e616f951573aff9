"""Events to call handlers with: those that a repository keeps for its handlers, else one of each common kind."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

EACH = 6  # events for a handler
OWN = 4  # of them from the repository
NAMES = re.compile(r"event|payload|request|test", re.IGNORECASE)
LARGEST = 64 * 1024  # bytes of a file of an event
MOST = 4000  # files that are looked at

BODY = json.dumps({"id": "1", "name": "test"})
_HTTP = {
    "headers": {"Content-Type": "application/json", "Host": "test.example"},
    "queryStringParameters": {"id": "1"},
    "pathParameters": {"id": "1"},
    "body": BODY,
    "isBase64Encoded": False,
}
# By kind: the words in a source that ask for it, and the event.
KINDS: Mapping[str, tuple[re.Pattern[str], Any]] = {
    "api": (
        re.compile("httpMethod|pathParameters|statusCode|APIGatewayRest|resource"),
        {
            **_HTTP, "resource": "/items/{id}", "path": "/items/1", "httpMethod": "POST", "multiValueHeaders": {},
            "requestContext": {"requestId": "r", "stage": "test", "httpMethod": "POST", "accountId": "123456789012",
                               "identity": {"sourceIp": "127.0.0.1"}},
        },
    ),
    "http": (
        re.compile("rawPath|routeKey|APIGatewayHttp|LambdaFunctionUrl"),
        {
            **_HTTP, "version": "2.0", "routeKey": "GET /items/{id}", "rawPath": "/items/1", "rawQueryString": "id=1",
            "requestContext": {"requestId": "r", "stage": "$default", "accountId": "123456789012",
                               "http": {"method": "GET", "path": "/items/1", "sourceIp": "127.0.0.1"}},
        },
    ),
    "sqs": (
        re.compile("sqs|Records|BatchProcessor|messageId", re.IGNORECASE),
        {"Records": [{"messageId": "m-1", "receiptHandle": "h", "body": BODY, "attributes": {}, "messageAttributes": {},
                      "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:q",
                      "awsRegion": "us-east-1"}]},
    ),
    "sns": (
        re.compile("sns", re.IGNORECASE),
        {"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": {
            "MessageId": "m-1", "Subject": "test", "Message": BODY, "Timestamp": "2026-01-01T00:00:00.000Z",
            "TopicArn": "arn:aws:sns:us-east-1:123456789012:t", "MessageAttributes": {}}}]},
    ),
    "s3": (
        re.compile("s3", re.IGNORECASE),
        {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "awsRegion": "us-east-1", "s3": {
            "bucket": {"name": "bucket", "arn": "arn:aws:s3:::bucket"}, "object": {"key": "key.json", "size": 1}}}]},
    ),
    "eventbridge": (
        re.compile("detail|schedule", re.IGNORECASE),
        {"version": "0", "id": "e-1", "detail-type": "test", "source": "test", "account": "123456789012",
         "time": "2026-01-01T00:00:00Z", "region": "us-east-1", "resources": [], "detail": {"id": "1", "name": "test"}},
    ),
    "plain": (re.compile(r"event\["), {"id": "1", "name": "test"}),
    "empty": (re.compile(r"$^"), {}),
}  # fmt: skip


def kept(root: Path) -> dict[Path, Any]:
    """The events in a repository's JSON files, by file."""
    found: dict[Path, Any] = {}
    for path in _files(root):
        if not (NAMES.search(path.stem) or NAMES.search(path.parent.name)) or path.stat().st_size > LARGEST:
            continue
        try:
            event = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            continue
        if isinstance(event, dict) and event:
            found[path] = event
    return found


def _files(root: Path) -> Iterator[Path]:
    left, folders = MOST, [root]
    while folders and left > 0:
        for path in sorted(folders.pop(0).iterdir()):
            left -= 1
            hidden = path.name.startswith(".") or path.name in {"node_modules", "cdk.out", "venv"}
            if path.is_symlink() or hidden:
                continue
            if path.is_dir():
                folders.append(path)
            elif path.suffix == ".json":
                yield path


def chosen(handler: Path, source: str, events: Mapping[Path, Any]) -> dict[str, Any]:
    """Six events for a handler, by name: the nearest of the repository, then those that its source speaks of."""
    near = sorted(events, key=lambda path: (-_shared(handler, path), str(path)))[:OWN]
    found = {os.path.relpath(path, handler.parent): events[path] for path in near}
    kinds: Sequence[str] = sorted(KINDS, key=lambda kind: not KINDS[kind][0].search(source))
    for kind in kinds:
        if len(found) == EACH:
            break
        found[kind] = KINDS[kind][1]
    return found


def _shared(one: Path, other: Path) -> int:
    """How many folders two files share."""
    count = 0
    for a, b in zip(one.parts, other.parts, strict=False):
        if a != b:
            break
        count += 1
    return count
