"""One trace for the page: its waterfall with its log lines, and the trace of a number that a customer names."""

from __future__ import annotations

import re
import time
from typing import Any

from shopfast_obs.analysis.traces.waterfall import LAMBDA_LOGS, functions, request_ids, waterfall
from shopfast_obs.console.interface import Surroundings
from shopfast_obs.console.rolling import HISTORY
from shopfast_obs.errors import DeniedError, UserError
from shopfast_obs.model.telemetry import LogEvent, TimeRange, Trace
from shopfast_obs.parse.logs.correlation import Wanted, related
from shopfast_obs.report.html.data import trace_data
from shopfast_obs.report.masking import masked

AROUND = 5.0  # seconds around a trace in which its log lines may lie
_ID = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")
_NUMBER = re.compile(r"[\w.:/=+-]{1,200}")  # nothing that ends a text of a filter expression


class TraceReader:
    """Reads what a viewer opens."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around

    def waterfall(self, trace_id: str) -> dict[str, Any]:
        """The waterfall of a trace in the report's own form; raises UserError where there is none."""
        if not _ID.fullmatch(trace_id):
            raise UserError("That is no trace id.")
        cloud = self._around.cloud()
        trace = next(iter(cloud.traces([trace_id])), None)
        if trace is None or not trace.segments:
            raise UserError(f"There is no trace {trace_id} any more.")
        return trace_data(masked(waterfall(trace, self._logs(trace))))

    def _logs(self, trace: Trace) -> list[LogEvent]:
        parts = list(trace.walk())
        starts, ends = [part.start for part in parts], [part.end for part in parts if part.end is not None]
        window = TimeRange(min(starts) - AROUND, max([*ends, *starts]) + AROUND)
        cloud = self._around.cloud()
        events: list[LogEvent] = []
        for function in functions(trace):
            try:
                events += cloud.events(f"{LAMBDA_LOGS}{function}", window)
            except DeniedError:  # the waterfall is worth seeing without its lines
                continue
        found = related(events, Wanted((trace.id, *request_ids(trace))))
        return [line.event for line in found if line.belongs]

    def find(self, value: str) -> dict[str, Any]:
        """The newest traces of a correlation id, or of a trace's own id; raises UserError where there is none."""
        value = value.strip()
        if _ID.fullmatch(value):
            return {"traces": [value]}
        if not _NUMBER.fullmatch(value):
            raise UserError("Type a correlation id or a trace id.")
        now = time.time()
        expression = f'annotation.correlation_id = "{value}"'
        found = self._around.cloud().trace_ids(TimeRange(now - HISTORY, now + 1), expression)
        if not found:
            raise UserError(f"No trace of the last 15 minutes has the correlation id {value}.")
        return {"traces": sorted(found, key=lambda one: one[2:10], reverse=True)[:20]}
