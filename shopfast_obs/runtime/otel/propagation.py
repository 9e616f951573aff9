"""X-Ray's trace header as the context of a span, and back."""

from __future__ import annotations

import os
import re

from opentelemetry.trace import SpanContext, TraceFlags

from shopfast_obs.runtime import trace_header

_ROOT = re.compile(r"1-([0-9a-f]{8})-([0-9a-f]{24})")
_PARENT = re.compile(r"[0-9a-f]{16}")


def parsed(header: str) -> SpanContext | None:
    """The remote span that the header names; None where it names none."""
    fields = dict(part.strip().partition("=")[::2] for part in header.split(";"))
    root = _ROOT.fullmatch(fields.get("Root", "").lower())
    parent = _PARENT.fullmatch(fields.get("Parent", "").lower())
    if root is None or parent is None:
        return None
    flags = TraceFlags(TraceFlags.SAMPLED if fields.get("Sampled") == "1" else TraceFlags.DEFAULT)
    return SpanContext(int(root[1] + root[2], 16), int(parent[0], 16), is_remote=True, trace_flags=flags)


def incoming() -> SpanContext | None:
    """The function's own segment, as Lambda tells it for each invocation."""
    return parsed(os.environ.get(trace_header.VARIABLE, ""))


def written(context: SpanContext) -> str:
    """The header that makes what is called a part of this span."""
    trace_id = f"{context.trace_id:032x}"
    sampled = int(context.trace_flags.sampled)
    return f"Root=1-{trace_id[:8]}-{trace_id[8:]};Parent={context.span_id:016x};Sampled={sampled}"
