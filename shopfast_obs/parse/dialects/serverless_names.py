"""The logical ids that the Serverless Framework makes of keys, paths and ARNs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_SIGN = re.compile(r"[^A-Za-z0-9]")
_ROUTE_SIGNS = {"-": "Dash", "_": "Underscore", "/": "Slash", ".": "Period", "$": "S", "*": "Asterisk", "#": "Hash"}


def normalised(key: str) -> str:
    """A function's key as the framework begins logical ids with it."""
    name = key.replace("-", "Dash").replace("_", "Underscore")
    return name[:1].upper() + name[1:]


def word(text: Any) -> str:  # noqa: ANN401 - what stands in a file
    """Letters and digits only, the first one large."""
    plain = _SIGN.sub("", str(text))
    return plain[:1].upper() + plain[1:]


def path_word(path: str) -> str:
    """`orders/{id}` as `OrdersIdVar`."""
    return "".join(_segment(part) for part in path.strip("/").split("/") if part)


def _segment(part: str) -> str:
    name = part.replace("-", "Dash")
    if name.startswith("{"):
        name = f"{_SIGN.sub('', name)}Var"
    name = _SIGN.sub("", name)
    return name[:1].upper() + name[1:]


def route_word(route: str) -> str:
    """A route of a WebSocket API: `$connect` as `Sconnect`, `send.it` as `sendPeriodit`."""
    return _SIGN.sub("", "".join(_ROUTE_SIGNS.get(sign, sign) for sign in route))


def source_word(arn: Any) -> str:  # noqa: ANN401
    """The part of a logical id that names an event source: the resource of an ARN or of an intrinsic."""
    if isinstance(arn, Mapping):
        attribute = arn.get("Fn::GetAtt")
        if attribute is not None:
            return word(attribute.partition(".")[0] if isinstance(attribute, str) else attribute[0])
        known = arn.get("Ref", arn.get("Fn::ImportValue"))
        if isinstance(known, str):
            return word(known)
        joined = arn.get("Fn::Join")
        parts = joined[1] if isinstance(joined, list) and len(joined) == 2 and isinstance(joined[1], list) else [""]
        return source_word(parts[-1])
    text = str(arn)
    resource = text.split(":", 5)[-1] if text.startswith("arn:") else text
    parts = resource.split("/")
    return word(parts[1] if len(parts) > 1 else parts[0])
