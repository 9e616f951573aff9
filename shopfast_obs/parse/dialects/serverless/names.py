"""The logical ids that the Serverless Framework makes of keys, paths and ARNs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import md5
from typing import Any

LONGEST = 64  # characters of a rule's name, and of a target's id
_SIGN = re.compile(r"[^A-Za-z0-9]")
_ROUTE_SIGNS = {"-": "Dash", "_": "Underscore", "/": "Slash", ".": "Period", "$": "S"}


def normalised(key: str) -> str:
    """A function's key as the framework begins logical ids with it."""
    return large(key.replace("-", "Dash").replace("_", "Underscore"))


def large(text: str) -> str:
    """The text with a large first letter."""
    return text[:1].upper() + text[1:]


def word(text: Any) -> str:  # noqa: ANN401 - what stands in a file
    """Letters and digits only, the first one large."""
    return large(_SIGN.sub("", str(text)))


def path_word(path: str) -> str:
    """`orders/{orderId}` as `OrdersOrderidVar`."""
    return "".join(_segment(part) for part in path.split("/"))


def _segment(part: str) -> str:
    return word(re.sub(r"\{(.*)\}", r"\1Var", part.lower().replace("-", "Dash")))


def route_word(route: str) -> str:
    """A route of a WebSocket API: `$connect` as `Sconnect`, `send.it` as `sendPeriodit`."""
    return "".join(_ROUTE_SIGNS.get(sign, sign) for sign in route)


def shortened(name: str, suffix: str) -> str:
    """The name of a rule or a target; one that is too long keeps its beginning, and a hash tells it from others."""
    if len(name) <= LONGEST:
        return name
    return f"{name[: 31 - len(suffix)]}{md5(name.encode(), usedforsecurity=False).hexdigest()}-{suffix}"


def source_word(arn: Any) -> str:  # noqa: ANN401
    """The part of a logical id that names an event source."""
    return word(source_name(arn))


def source_name(arn: Any) -> str:  # noqa: ANN401
    """The resource of an ARN or of an intrinsic."""
    if isinstance(arn, Mapping):
        attribute = arn.get("Fn::GetAtt")
        if attribute:
            return str(attribute.partition(".")[0] if isinstance(attribute, str) else attribute[0])
        known = arn.get("Ref", arn.get("Fn::ImportValue"))
        if isinstance(known, str):
            return known
        joined = arn.get("Fn::Join")
        parts = joined[1] if isinstance(joined, list) and len(joined) == 2 and isinstance(joined[1], list) else [""]
        return str(parts[-1]).rpartition("/")[2] if parts else ""
    text = str(arn)
    resource = text.split(":", 5)[-1] if text.startswith("arn:") else text
    parts = resource.split("/")
    return parts[1] if len(parts) > 1 else parts[0]
