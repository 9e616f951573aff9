"""Which services start a handler, as the templates of its repository say: SAM and the Serverless Framework."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from shopfast_obs.errors import UserError
from shopfast_obs.parse.dialects.interface import mapping
from shopfast_obs.parse.templates.template_file import read_document

TEMPLATE = re.compile(r"^(.*template.*|sam.*|serverless.*)\.(ya?ml|json)$", re.IGNORECASE)
LARGEST = 512 * 1024  # bytes of a template
SAM_FUNCTION = "AWS::Serverless::Function"
# By the name that SAM or the framework has for the trigger: the kind of event.
KINDS = {
    "Api": "api", "HttpApi": "http", "SQS": "sqs", "SNS": "sns", "S3": "s3", "EventBridgeRule": "eventbridge",
    "CloudWatchEvent": "eventbridge", "Schedule": "eventbridge", "ScheduleV2": "eventbridge", "DynamoDB": "dynamodb",
    "Kinesis": "kinesis", "http": "api", "httpApi": "http", "sqs": "sqs", "sns": "sns", "s3": "s3", "url": "http",
    "schedule": "eventbridge", "eventBridge": "eventbridge", "cloudwatchEvent": "eventbridge", "websocket": "api",
}  # fmt: skip
Triggers = Mapping[tuple[Path, str], Sequence[str]]


def named(files: Sequence[Path]) -> Triggers:
    """The kinds of events by the file and the function of a handler, from those of the files that are templates."""
    found: dict[tuple[Path, str], list[str]] = {}
    for path in files:
        if not TEMPLATE.match(path.name) or path.stat().st_size > LARGEST:
            continue
        try:
            value = read_document(path.read_text(encoding="utf-8"), str(path)).value
        except (OSError, ValueError, UserError):
            continue
        for place, name, kind in (*_sam(value, path.parent), *_serverless(value, path.parent)):
            found.setdefault((place, name), []).append(kind)
    return found


def _sam(value: Mapping[str, Any], folder: Path) -> Iterator[tuple[Path, str, str]]:
    shared = mapping(mapping(value.get("Globals")).get("Function"))
    for resource in mapping(value.get("Resources")).values():
        if mapping(resource).get("Type") != SAM_FUNCTION:
            continue
        own = {**shared, **mapping(mapping(resource).get("Properties"))}
        place = _place(folder, own.get("CodeUri", "."), own.get("Handler"))
        types = [mapping(event).get("Type") for event in mapping(own.get("Events")).values()]
        yield from _kinds(place, [*types, *(["url"] if own.get("FunctionUrlConfig") else [])])


def _serverless(value: Mapping[str, Any], folder: Path) -> Iterator[tuple[Path, str, str]]:
    functions = value.get("functions")
    parts = functions if isinstance(functions, list) else [functions]
    for function in (each for part in parts for each in mapping(part).values()):
        own = mapping(function)
        events = own.get("events")
        types = [name for event in events for name in mapping(event)] if isinstance(events, list) else []
        yield from _kinds(_place(folder, ".", own.get("handler")), [*types, *(["url"] if own.get("url") else [])])


def _kinds(place: tuple[Path, str] | None, types: Sequence[Any]) -> Iterator[tuple[Path, str, str]]:
    for kind in (KINDS[each] for each in types if isinstance(each, str) and each in KINDS):
        if place is not None:
            yield (*place, kind)


def _place(folder: Path, code: Any, handler: Any) -> tuple[Path, str] | None:  # noqa: ANN401 - YAML
    if not isinstance(code, str) or not isinstance(handler, str) or "." not in handler:
        return None
    module, _, name = handler.rpartition(".")
    return (folder / code / f"{module.replace('.', '/')}.py").resolve(), name
