"""An event that has what a handler reads: made from nothing, or from the usual event of a service."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from shopfast_obs.instrument.application_tests.reads import Read, Step

ONE = "1"  # a text that is a number, an id and JSON
NAMED = (
    (re.compile("arn$", re.IGNORECASE), "arn:aws:states:us-east-1:123456789012:execution:name:1"),
    (re.compile("ur[il]$|endpoint$", re.IGNORECASE), "https://test.example/1"),
    (re.compile("e-?mail", re.IGNORECASE), "name@test.example"),
    (re.compile("(time|date|_at|At|timestamp)$"), "2026-01-01T00:00:00Z"),
)


def made(read: Read, *, last: bool = False, name: str = "") -> Any:  # noqa: ANN401 - JSON
    """A value with everything that is read of it; `last` takes the last of the constants that it is compared with
    instead of the first."""
    keys = {key: part for key, part in read.parts.items() if isinstance(key, str)}
    if Step.TEXT in read.parts and not keys:
        return json.dumps(made(read.parts[Step.TEXT], last=last))
    if Step.BASE64 in read.parts and not keys:
        inner = made(read.parts[Step.BASE64], last=last)
        return base64.b64encode(str(inner).encode()).decode()
    if keys:
        return {key: made(part, last=last, name=key) for key, part in keys.items()}
    if Step.ITEM in read.parts:
        return [made(read.parts[Step.ITEM], last=last, name=name)]
    if read.constants:
        return read.constants[-1 if last else 0]
    return 1 if read.number else next((value for pattern, value in NAMED if pattern.search(name)), ONE)


def fitted(value: Any, read: Read, *, name: str = "") -> Any:  # noqa: ANN401 - JSON
    """The value with what it lacks of what is read of it."""
    keys = {key: part for key, part in read.parts.items() if isinstance(key, str)}
    if isinstance(value, dict) and keys:
        return value | {k: fitted(value[k], p, name=k) if k in value else made(p, name=k) for k, p in keys.items()}
    if isinstance(value, list) and value and Step.ITEM in read.parts:
        return [fitted(each, read.parts[Step.ITEM]) for each in value]
    if isinstance(value, str) and Step.TEXT in read.parts:
        return json.dumps(fitted(_decoded(value), read.parts[Step.TEXT]))
    if isinstance(value, dict | list) or not (read.parts or read.constants):
        return value
    return made(read, name=name)


def _decoded(text: str) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(text)
    except ValueError:
        return {}
