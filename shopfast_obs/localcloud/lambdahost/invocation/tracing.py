"""The trace of one invocation: the caller's header, the function's header, and the two segments that Lambda writes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shopfast_obs.localcloud.gateway import trace_header
from shopfast_obs.localcloud.gateway.trace_header import TraceContext, new_id
from shopfast_obs.localcloud.interface import FunctionSpec, Invocation

MOST_LINKS = 20  # of one segment (X-Ray developer guide, "Tracing event-driven applications")


@dataclass(frozen=True, slots=True)
class Trace:
    """Where an invocation stands in a trace. Without `sampled` no segment is written."""

    context: TraceContext
    service_id: str  # the AWS::Lambda segment, or the attempt's part of it
    function_id: str  # the AWS::Lambda::Function segment
    invocation_id: (
        str  # its Invocation subsegment, which holds what the function's SDK sends, as recorded traces have it
    )

    @property
    def root(self) -> str:
        """The trace id."""
        return self.context.root

    @property
    def sampled(self) -> bool:
        """Whether segments are written."""
        return self.context.sampled

    @property
    def header(self) -> str:
        """X-Amzn-Trace-Id for the runtime, which puts it into `_X_AMZN_TRACE_ID`."""
        return self.context.header(self.invocation_id)


@dataclass(frozen=True, slots=True)
class Times:
    """When things happened, epoch seconds. `init` is there after a cold start only."""

    received: float
    started: float
    answered: float
    ended: float
    init: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How it ended, as X-Ray sees it: an exception of the function is an error, the death of its sandbox a fault."""

    error: bool = False
    fault: bool = False
    status: int = 200
    cause: Mapping[str, Any] | None = None

    @property
    def flags(self) -> dict[str, Any]:
        """The fields of a segment document."""
        return {name: True for name in ("error", "fault") if getattr(self, name)}


def begin(spec: FunctionSpec, header: str, now: float, attempt: str = "") -> Trace:
    """The trace of an invocation: the caller's, or in Active mode a new one, always sampled."""
    context = trace_header.decide(header, spec.tracing_mode == "Active", now)
    return Trace(context, attempt or new_id(), new_id(), new_id())


def cause_of(header: str) -> Mapping[str, Any] | None:
    """The `cause` that the runtime posted with an error, if it is one."""
    try:
        cause = json.loads(header) if header else None
    except (ValueError, RecursionError):
        return None
    return cause if isinstance(cause, dict) else None


def segments(
    spec: FunctionSpec, invocation: Invocation, stream: str, *, trace: Trace, times: Times, verdict: Verdict
) -> list[dict[str, Any]]:
    """The AWS::Lambda and AWS::Lambda::Function documents of a sampled invocation; only the latter of an attempt."""
    function = {
        "id": trace.function_id,
        "trace_id": trace.root,
        "parent_id": trace.service_id,
        "name": spec.name,
        "origin": "AWS::Lambda::Function",
        "start_time": times.started,
        "end_time": times.ended,
        "aws": _owner(spec, invocation, stream),
        **verdict.flags,
        "subsegments": _phases(spec, trace, times, verdict),
    }
    if verdict.cause:
        function["cause"] = verdict.cause
    return [function] if invocation.attempt else [_service(spec, invocation, trace, times, verdict), function]


def _service(
    spec: FunctionSpec, invocation: Invocation, trace: Trace, times: Times, verdict: Verdict
) -> dict[str, Any]:
    http: dict[str, Any] = {"response": {"status": verdict.status}}
    if invocation.http:
        method, url = invocation.http
        http["request"] = {"method": method, "url": url}
    service = {
        "id": trace.service_id,
        "trace_id": trace.root,
        "name": spec.name,
        "origin": "AWS::Lambda",
        "resource_arn": spec.arn,
        "start_time": times.received,
        "end_time": times.ended,
        "http": http,
        "aws": {"request_id": invocation.request_id},
        **verdict.flags,
    }
    if trace.context.parent:
        service["parent_id"] = trace.context.parent
    links = list(_links(invocation.links))
    return {**service, "links": links} if links else service


def _links(headers: Iterable[str]) -> Iterable[dict[str, Any]]:
    """Where the messages of a batch came from: the sampled traces of their senders, each once."""
    contexts = (trace_header.decide(header, active=False) for header in dict.fromkeys(headers))
    senders = [context for context in contexts if context.sampled and context.parent]
    for sender in senders[:MOST_LINKS]:
        attributes = {"aws.xray.reserved.reference_type": "parent"}
        yield {"trace_id": sender.root, "id": sender.parent, "attributes": attributes}


def _owner(spec: FunctionSpec, invocation: Invocation, stream: str) -> dict[str, Any]:
    group = spec.log_group or f"/aws/lambda/{spec.name}"
    return {
        "account_id": spec.account,
        "function_arn": spec.arn,
        "request_id": invocation.request_id,
        "resource_names": [spec.name],
        "cloudwatch_logs": [
            {
                "log_group": group,
                "arn": f"arn:aws:logs:{spec.region}:{spec.account}:log-group:{group}",
                "log_stream": stream,
            }
        ],
    }


def _phases(spec: FunctionSpec, trace: Trace, times: Times, verdict: Verdict) -> list[dict[str, Any]]:
    phases: list[dict[str, Any]] = []
    if times.init is not None:
        phases.append(_phase(spec, "Initialization", *times.init))
    invocation = _phase(spec, "Invocation", times.started, times.answered) | {"id": trace.invocation_id}
    phases.append(invocation | verdict.flags)
    phases.append(_phase(spec, "Overhead", times.answered, times.ended))
    return phases


def _phase(spec: FunctionSpec, name: str, start: float, end: float) -> dict[str, Any]:
    return {
        "id": new_id(),
        "name": name,
        "start_time": start,
        "end_time": max(start, end),
        "aws": {"function_arn": spec.arn},
    }
