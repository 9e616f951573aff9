"""The services that policies name as principals, in every partition: `events.amazonaws.com`, China's
`events.amazonaws.com.cn`, a region's own `logs.eu-west-1.amazonaws.com`, and with `${AWS::URLSuffix}`."""

from __future__ import annotations

import re
from typing import Any

_SERVICE = re.compile(r"([a-z0-9-]+)(?:\.(?:[a-z0-9-]+|\$\{AWS::Region\}))?\.(?:[a-z0-9.-]*[a-z]|\$\{AWS::URLSuffix\})")


def service(principal: Any) -> str:  # noqa: ANN401 - whatever stands in its place
    """The service (`events`) that a principal is; empty for an account, everybody and what is no text."""
    found = _SERVICE.fullmatch(principal) if isinstance(principal, str) else None
    return found[1] if found else ""
