"""Durable executions in a trace: Lambda writes a segment for each invocation, and they are one execution."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from shopfast_obs.model.telemetry import Segment, Trace

FUNCTION, SERVICE = "AWS::Lambda::Function", "AWS::Lambda"
EXECUTION = "durable_execution_arn"  # annotation of the runtime layer
FAILED = "## execution failed"  # its subsegment


def joined(trace: Trace) -> Trace:
    """The trace with one AWS::Lambda segment for each execution, from its begin to its end, above the invocations'; it
    is a fault where the execution failed. A trace without a resume is the same object."""
    functions = [segment for segment in trace.segments if segment.origin == FUNCTION]
    if len(functions) < 2 or max(Counter(segment.name for segment in functions).values()) < 2:
        return trace
    services = {segment.id: segment for segment in trace.segments if segment.origin == SERVICE}
    executions: defaultdict[str, list[Segment]] = defaultdict(list)
    for function in functions:
        arn = next((part.annotations[EXECUTION] for part in _parts(function) if EXECUTION in part.annotations), None)
        if arn is not None and function.parent_id in services:
            executions[str(arn)].append(function)
    whole: dict[str, Segment] = {}  # what stands for a service's segment, by its id
    for invocations in executions.values():
        own = sorted((services[function.parent_id] for function in invocations), key=lambda segment: segment.start)
        ends = [segment.end for segment in own]
        failed = any(part.name == FAILED and part.fault for function in invocations for part in _parts(function))
        end = None if None in ends else max(end for end in ends if end is not None)
        made = own[0]._replace(end=end, fault=own[0].fault or failed)
        whole |= dict.fromkeys((segment.id for segment in own), made)
    if not whole:
        return trace
    return Trace(trace.id, tuple(_placed(trace, whole)), trace.duration, trace.limit_exceeded, trace.problems)


def _placed(trace: Trace, whole: dict[str, Segment]) -> Iterator[Segment]:
    for segment in trace.segments:
        if segment.id in whole:
            if whole[segment.id].id == segment.id:
                yield whole[segment.id]
        elif segment.parent_id in whole:
            yield segment._replace(parent_id=whole[segment.parent_id].id)
        else:
            yield segment


def _parts(segment: Segment) -> Iterator[Segment]:
    waiting = [segment]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += part.subsegments
