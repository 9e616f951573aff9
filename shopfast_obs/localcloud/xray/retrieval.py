"""Transaction Search's way to traces: start a retrieval, then list what it found."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shopfast_obs.localcloud.interface import Clock
from shopfast_obs.localcloud.protocol.wire import AwsError
from shopfast_obs.localcloud.xray.graph import graph
from shopfast_obs.localcloud.xray.traces import AssembledTrace, Traces, trace_id_of

MAX_IDS = 100
MAX_TRACES, MAX_SPANS = 5, 100  # on a page
FORMATS = ("XRAY", "OTEL")
LIFETIME = 3600.0
Parameters = Mapping[str, Any]
Record = dict[str, Any]


@dataclass(slots=True)
class Retrieval:
    """One retrieval; `status` as the API names it."""

    ids: tuple[str, ...]
    started: float
    status: str = "COMPLETE"


class Retrievals:
    """The retrievals of an account and region. They are complete at once: everything is at hand."""

    def __init__(self, traces: Traces, clock: Clock) -> None:
        self._traces = traces
        self._clock = clock
        self._known: dict[str, Retrieval] = {}
        self.operations = {
            "StartTraceRetrieval": self.start,
            "ListRetrievedTraces": self.page,
            "GetRetrievedTracesGraph": self.graph,
            "CancelTraceRetrieval": self.cancel,
        }

    def start(self, parameters: Parameters) -> Record:
        """A token for up to a hundred traces."""
        ids = parameters["TraceIds"]
        if len(ids) > MAX_IDS:
            raise AwsError("InvalidRequestException", f"Exceeding maximum number of trace ids: {MAX_IDS}")
        if parameters["StartTime"] >= parameters["EndTime"]:
            raise AwsError("InvalidRequestException", "The EndTime must be after the StartTime.")
        now = self._clock.now()
        self._known = {token: one for token, one in self._known.items() if one.started > now - LIFETIME}
        token = uuid.uuid4().hex
        self._known[token] = Retrieval(tuple(trace_id_of(text) for text in ids), now)
        return {"RetrievalToken": token}

    def page(self, parameters: Parameters) -> Record:
        """A page of what was found: five traces, a hundred segments of each; the rest of one is on the next page."""
        retrieval = self._found(parameters)
        form = parameters.get("TraceFormat", "XRAY")
        if form not in FORMATS:
            raise AwsError("InvalidRequestException", "The format is XRAY or OTEL.")
        parts = [part for trace in self._of(retrieval) for part in _parts(trace, form)]
        first = _place(parameters.get("NextToken"))
        page, following = parts[first : first + MAX_TRACES], first + MAX_TRACES
        answer: Record = {"RetrievalStatus": retrieval.status, "TraceFormat": form, "Traces": page}
        return answer | ({"NextToken": str(following)} if following < len(parts) else {})

    def graph(self, parameters: Parameters) -> Record:
        """The service graph of what was found, with the links of its traces."""
        retrieval = self._found(parameters)
        traces = self._of(retrieval)
        links: dict[str, list[str]] = {}
        for trace in traces:
            for source, _ in trace.links:
                links.setdefault(source, []).append(trace.stored.id)
        described = [
            {"ReferenceType": "child", "SourceTraceId": source, "DestinationTraceIds": list(dict.fromkeys(ids))}
            for source, ids in links.items()
        ]
        services = graph(traces, self._traces.by_id)
        return {
            "RetrievalStatus": retrieval.status,
            "Services": [
                {"Service": service, "Links": described if service.get("Root") else []} for service in services
            ],
        }

    def cancel(self, parameters: Parameters) -> Record:
        """Ask no more for it."""
        self._found(parameters).status = "CANCELLED"
        return {}

    def _found(self, parameters: Parameters) -> Retrieval:
        found = self._known.get(parameters["RetrievalToken"])
        if found is None:
            raise AwsError("ResourceNotFoundException", "There is no retrieval with this token.", 404)
        return found

    def _of(self, retrieval: Retrieval) -> list[AssembledTrace]:
        return list(self._traces.by_id(retrieval.ids).values()) if retrieval.status == "COMPLETE" else []


def _parts(trace: AssembledTrace, form: str) -> Iterator[Record]:
    described = trace.described
    spans = described["Segments"] if form == "XRAY" else trace.spans()
    for first in range(0, len(spans), MAX_SPANS):
        yield {"Id": described["Id"], "Duration": described["Duration"], "Spans": spans[first : first + MAX_SPANS]}


def _place(token: str | None) -> int:
    if token and not (token.isdecimal() and len(token) < 12):
        raise AwsError("InvalidRequestException", "Invalid NextToken")
    return int(token or 0)
