"""The correlation id as a field of the X-Ray trace header, which services hand on beside a payload.

The header may have fields of the application's own: load balancers keep them, AWS's SDKs read them and send them on. A
service that drops them still hands on `Root`, the trace's id.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

NAME = "X-Amzn-Trace-Id"
VARIABLE = "_X_AMZN_TRACE_ID"  # where Lambda tells a function the header
FIELD = "CorrelationId"
LONGEST = 256  # characters; StartExecution takes no longer one


def carried(header: str) -> str:
    """The id that came with the header; empty when none did."""
    return unquote(_field(header, FIELD)) if FIELD in header else ""


def root(header: str) -> str:
    """The trace's id; empty when the header has none."""
    return _field(header, "Root")


def carrying(header: str, value: str) -> str:
    """The header with the id in place of any other; without one where the trace's own id says it, or where it is too
    long."""
    parts = [part for part in header.split(";") if part and not part.strip().startswith(f"{FIELD}=")]
    bare = ";".join(parts)
    if not root(bare) or root(bare) == value:
        return bare
    told = f"{bare};{FIELD}={quote(value, safe='-:')}"
    return told if len(told) <= LONGEST else bare


def _field(header: str, name: str) -> str:
    for part in header.split(";"):
        found, equals, value = part.strip().partition("=")
        if equals and found == name:
            return value
    return ""
