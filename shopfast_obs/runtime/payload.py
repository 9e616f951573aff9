"""The correlation id inside a payload: put there only where `SHOPFAST_OBS_CORRELATION_PAYLOADS` asks for it, and taken
out again before a receiver's handler, its idempotency key or its validation sees it.

Its key is no application's own, so that what is taken out was put in by this layer.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeGuard

from shopfast_obs.runtime import correlation

KEY = "_shopfast_obs_correlation_id"
PLAIN = re.compile(r"[\w.:@+/=-]{1,128}\Z", re.ASCII)  # needs no escape in JSON, nor in JSON within JSON
LIMITS = (256 * 1024, 1_000_000, 1024 * 1024, 10_000_000, 10 * 1024 * 1024)  # bytes, of messages, events and records
MOST_NODES = 200  # of a payload that are looked at
DEEPEST = 5
TEXTS = ("body", "Message")  # of records: SQS, SNS
BATCHES = ("Records", "records")
SIMPLE = frozenset((str, int, float, bool, type(None)))

_ENTRY = rf'(\\*"){KEY}\{{n}}\s*:\s*\{{n}}[\w.:@+/=-]*\{{n}}'
_OURS = re.compile(rf"{_ENTRY.format(n=1)}(?:, ?)?|, ?{_ENTRY.format(n=2)}")


def injected(text: str, value: str) -> str:
    """The text of a JSON object with the id in it, every other character as it was; any other text as it is."""
    if not PLAIN.match(value) or not text.lstrip(" \t\r\n").startswith("{"):
        return text
    try:
        document = json.loads(text, parse_constant=_refused)
    except (ValueError, RecursionError):
        return text
    if KEY in document or correlation.KEY in document:
        return text
    at = text.index("{") + 1
    # Text, not a parsed copy: numbers, twins among the keys and their order stay as the application wrote them.
    longer = f'{text[:at]}"{KEY}": "{value}"{", " if document else ""}{text[at:]}'
    return text if crosses(len(text.encode()), len(longer.encode())) else longer


def crosses(before: int, after: int) -> bool:
    """Whether something grew over a size that a service may refuse."""
    return any(before <= limit < after for limit in LIMITS)


def take_out(event: Any, objects: Sequence[Any] | None = None) -> None:  # noqa: ANN401 - events have any JSON type
    """Leave the event as its producer made it: what `injected` put in is gone, also from the texts of records. Who has
    its objects hands them in."""
    for node in objects_of(event) if objects is None else objects:
        if type(node) is dict and isinstance(node.get(KEY), str):
            del node[KEY]
    for record in _records(event):
        for part in (record, record.get("Sns"), record.get("kinesis")):
            if type(part) is dict:
                _take_out_of_texts(part)


def is_object(value: Any) -> TypeGuard[Mapping[str, Any]]:  # noqa: ANN401
    """Whether a value is what JSON calls an object. Most are dictionaries or simple; asking `Mapping` takes long."""
    return type(value) not in SIMPLE and (type(value) is dict or isinstance(value, Mapping))


def objects_of(document: Any) -> list[Mapping[str, Any]]:  # noqa: ANN401
    """The objects of a payload, the nearest first, within bounds."""
    found: list[Mapping[str, Any]] = []
    level: list[Any] = [document]
    seen = 0
    for _ in range(DEEPEST):
        following: list[Any] = []
        for node in level:
            seen += 1
            if seen > MOST_NODES:
                return found
            if type(node) is list:
                following += [child for child in node if type(child) not in SIMPLE]
            elif is_object(node):
                found.append(node)
                following += [child for child in node.values() if type(child) not in SIMPLE]
            elif isinstance(node, list):
                following += node
        level = following
    return found


def without(text: str) -> str:
    """The text that `injected` was given."""
    return _OURS.sub("", text) if KEY in text else text


def _take_out_of_texts(part: dict[str, Any]) -> None:
    for name in TEXTS:
        text = part.get(name)
        if isinstance(text, str) and KEY in text:
            part[name] = without(text)
    data = part.get("data")
    if isinstance(data, str) and any(needle in data for needle in NEEDLES):
        with suppress(ValueError):
            part["data"] = base64.b64encode(without(base64.b64decode(data).decode()).encode()).decode()


def _records(event: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    """The records of a batch: also of Firehose, and those that a pipe brings."""
    batches = (event.get(name) for name in BATCHES) if type(event) is dict else (event,)
    for batch in batches:
        if isinstance(batch, list):
            yield from (record for record in batch if type(record) is dict)


def _refused(constant: str) -> Any:  # noqa: ANN401
    raise ValueError(f"{constant} is no JSON")


def _encoded(key: bytes) -> Iterator[str]:
    """What base64 makes of the key wherever it stands, without the characters that its neighbours have a part in."""
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + key).decode()
        yield text[-(-shift * 8 // 6) : (shift + len(key)) * 8 // 6]


NEEDLES = tuple(_encoded(KEY.encode()))
