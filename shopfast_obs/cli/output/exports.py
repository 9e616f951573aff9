"""Traces in the formats of other tools, secrets masked: otlp, folded, speedscope, perfetto."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shopfast_obs.model.telemetry import Trace


def of_traces(traces: Iterable[Trace], output_format: str) -> tuple[str, int, list[str]]:
    """The text of many traces, their number, and what did not fit."""
    from shopfast_obs.analysis.traces.call_paths import call_paths
    from shopfast_obs.model.counts import plural
    from shopfast_obs.report.otlp.spans import span_lines
    from shopfast_obs.report.profiles.stacks import folded, speedscope
    from shopfast_obs.report.profiles.trace_events import MOST, trace_events

    counted = _Counted(traces)
    if output_format == "otlp":
        text = "".join(span_lines(counted))
    elif output_format == "folded":
        text = folded(call_paths(counted))
    elif output_format == "speedscope":
        text = _json(speedscope(call_paths(counted), "Traces by call path"))
    else:
        document = trace_events(counted)
        left_out = document["otherData"]["left_out"]
        told = [f"left out: {plural(left_out, 'trace')}; a file has at most {MOST:,} parts"] if left_out else []
        return _json(document), counted.number, told
    return text, counted.number, []


def of_trace(trace: Trace, output_format: str) -> str:
    """The text of one trace."""
    from shopfast_obs.report.profiles.stacks import trace_speedscope

    return _json(trace_speedscope(trace)) if output_format == "speedscope" else of_traces([trace], output_format)[0]


class _Counted:
    """Traces that are counted on the way."""

    def __init__(self, traces: Iterable[Trace]) -> None:
        self._traces, self.number = traces, 0

    def __iter__(self) -> Iterator[Trace]:
        for trace in self._traces:
            self.number += 1
            yield trace


def _json(document: dict[str, Any]) -> str:
    import orjson

    from shopfast_obs.report.json import escaped

    return escaped(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE).decode())
