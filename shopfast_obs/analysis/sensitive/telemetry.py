"""Traces without secrets and personal data."""

from __future__ import annotations

from dataclasses import replace

from shopfast_obs.analysis.sensitive.masker import Masker
from shopfast_obs.model.telemetry import Segment, Trace, TracedException


def masked_trace(trace: Trace, masker: Masker) -> Trace:
    """The trace with stand-ins in everything that an application may have put into it."""
    return replace(trace, segments=tuple(_segment(segment, masker) for segment in trace.segments))


def _segment(segment: Segment, masker: Masker) -> Segment:
    return segment._replace(
        annotations=masker.value(segment.annotations),
        metadata=masker.value(segment.metadata),
        http=masker.value(segment.http),
        aws=masker.value(segment.aws),
        user=masker.text(segment.user),
        exceptions=tuple(_exception(exception, masker) for exception in segment.exceptions),
        subsegments=tuple(_segment(inner, masker) for inner in segment.subsegments),
    )


def _exception(exception: TracedException, masker: Masker) -> TracedException:
    return replace(exception, message=masker.text(exception.message))
