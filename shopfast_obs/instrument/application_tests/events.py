"""Events to call handlers with: those that a repository keeps, those that have what the handler reads, and the usual
ones of the services that start it."""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shopfast_obs.instrument.application_tests import reads, triggers
from shopfast_obs.instrument.application_tests.fitting import fitted, made

EACH = 6  # events for a handler
OWN = 3  # of them from the repository
NAMES = re.compile(r"event|payload|request|test", re.IGNORECASE)
FOLDERS = re.compile(
    r"(\w+[-_])?(events?|payloads?|requests?|tests?|fixtures?|samples?|mocks?|data|unit|integration)", re.IGNORECASE
)
NO_EVENT = ("StartAt", "AWSTemplateFormatVersion", "dependencies", "$schema")  # workflows, templates, packages, schemas
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
    "dynamodb": (
        re.compile("dynamodb|NewImage|OldImage"),
        {"Records": [{"eventID": "1", "eventName": "INSERT", "eventSource": "aws:dynamodb", "awsRegion": "us-east-1",
                      "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/s", "dynamodb": {
                          "Keys": {"id": {"S": "1"}}, "NewImage": {"id": {"S": "1"}, "name": {"S": "test"}},
                          "SequenceNumber": "1", "StreamViewType": "NEW_AND_OLD_IMAGES"}}]},
    ),
    "kinesis": (
        re.compile("kinesis"),
        {"Records": [{"eventID": "s:1", "eventName": "aws:kinesis:record", "eventSource": "aws:kinesis",
                      "eventSourceARN": "arn:aws:kinesis:us-east-1:123456789012:stream/s", "awsRegion": "us-east-1",
                      "kinesis": {"partitionKey": "1", "sequenceNumber": "1",
                                  "data": "eyJpZCI6ICIxIiwgIm5hbWUiOiAidGVzdCJ9"}}]},
    ),
    "sqs": (
        re.compile("sqs|Records|BatchProcessor|messageId", re.IGNORECASE),
        {"Records": [{"messageId": "m-1", "receiptHandle": "h", "body": BODY, "attributes": {}, "messageAttributes": {},
                      "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:q",
                      "awsRegion": "us-east-1"}]},
    ),
    "cloudformation": (
        re.compile("RequestType|ResourceProperties|cfnresponse|crhelper"),
        {"RequestType": "Create", "ResponseURL": "https://test.example/answer", "RequestId": "r",
         "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/s/1", "ResourceType": "Custom::Test",
         "LogicalResourceId": "l", "ResourceProperties": {"ServiceToken": "t"}},
    ),
    "eventbridge": (
        re.compile("detail|schedule", re.IGNORECASE),
        {"version": "0", "id": "e-1", "detail-type": "test", "source": "test", "account": "123456789012",
         "time": "2026-01-01T00:00:00Z", "region": "us-east-1", "resources": [], "detail": {"id": "1", "name": "test"}},
    ),
    "plain": (re.compile(r"event\["), {"id": "1", "name": "test"}),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """What a repository says about events: those that it keeps, by file, and the triggers in its templates."""

    events: Mapping[Path, Any]
    triggers: triggers.Triggers


def known(root: Path) -> Known:
    """What stands in a repository's files."""
    files = list(_files(root))
    return Known(dict(_kept(files)), triggers.named(files))


def _kept(files: Sequence[Path]) -> Iterator[tuple[Path, Any]]:
    for path in files:
        named = NAMES.search(path.stem) or NAMES.search(path.parent.name)
        if path.suffix != ".json" or not named or path.stat().st_size > LARGEST:
            continue
        try:
            event = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            continue
        if isinstance(event, dict) and event and not any(key in event for key in NO_EVENT):
            yield path, event


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
            elif path.suffix in {".json", ".yaml", ".yml"}:
                yield path


def chosen(handler: Path, name: str, source: str, about: Known) -> dict[str, Any]:
    """Six events for a handler, by name: the repository's nearest, that of its trigger, what its source reads, those of
    the services that it speaks of, and an empty one."""
    near = [path for path in about.events if handler.is_relative_to(_project(path))]
    near.sort(key=lambda path: (-len(_project(path).parts), str(path)))
    found = {os.path.relpath(path, handler.parent): about.events[path] for path in near[:OWN]}
    read = _read(source, name)
    own = about.triggers.get((handler, name), ())
    for kind in own:
        found[kind] = fitted(KINDS[kind][1], read)
    if read.parts:
        found |= {"what it reads": made(read), "what it reads, the last of each choice": made(read, last=True)}
    for kind in sorted(KINDS, key=lambda kind: not KINDS[kind][0].search(source)):
        found.setdefault(kind, fitted(KINDS[kind][1], read))
    return {**dict(list(found.items())[: EACH - 1]), "empty": {}}


def _project(event: Path) -> Path:
    """The folder whose handlers a kept event is for: the one that its folder of events lies in."""
    folder = event.parent
    while FOLDERS.fullmatch(folder.name) and folder != folder.parent:
        folder = folder.parent
    return folder


def _read(source: str, name: str) -> reads.Read:
    try:
        return reads.of(ast.parse(source), name)
    except (SyntaxError, ValueError, RecursionError):  # of a newer Python than ours
        return reads.Read()
