"""The AWS::StepFunctions::StateMachine segment of a traced execution: a part for every state, and inside of it one for
every call of a service. Shapes as in recorded traces."""

from __future__ import annotations

import contextvars
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from shopfast_obs.localcloud.gateway import call, trace_header
from shopfast_obs.localcloud.gateway.trace_header import TraceContext
from shopfast_obs.localcloud.ministack.untyped import Untyped

Record = dict[str, Untyped]


@dataclass(slots=True)
class Part:
    """The segment, a state, a branch or a call. A branch has `states`, a Parallel state has `branches`."""

    name: str
    context: TraceContext
    fields: Record = field(default_factory=dict)
    states: Record = field(default_factory=dict)
    branches: list[Record] = field(default_factory=list)
    id: str = field(default_factory=trace_header.new_id)
    started: float = field(default_factory=time.time)
    ended: float | None = None
    inner: list[Part] = field(default_factory=list)

    def document(self) -> Record:
        """The part as it is now."""
        document: Record = {"id": self.id, "name": self.name, "start_time": self.started, "cause": {}, **self.fields}
        document |= {"in_progress": True} if self.ended is None else {"end_time": self.ended}
        return {**document, "subsegments": [p.document() for p in list(self.inner)]} if self.inner else document

    def failed(self, flag: str, kind: str, message: str) -> None:
        """Say how the part failed, and with what."""
        exception = {"type": kind, "message": message, "remote": "namespace" in self.fields}
        self.fields |= {flag: True, "cause": {"message": message or kind, "exceptions": [exception]}}

    def end(self) -> None:
        """End the part, and what is still under way in it: an execution that timed out waits for nobody."""
        self.ended = time.time()
        for part in self.inner:
            if part.ended is None:
                part.end()


_under_way: contextvars.ContextVar[Part | None] = contextvars.ContextVar("shopfast_obs_workflow_part", default=None)


def current() -> Part | None:
    """The innermost part under way; None in an execution that is not traced."""
    return _under_way.get()


@contextmanager
def execution(machine: Record, run: Record, write: Callable[[Record], None]) -> Iterator[None]:
    """An execution of a state machine: its segment is written when it begins and when it ends, if it is traced."""
    enabled = bool((machine.get("tracingConfiguration") or {}).get("enabled"))
    header = call.trace_header()
    context = trace_header.decide(header, active=True)
    if not enabled or not context.sampled:
        with _within(None, header):
            yield
        return
    part = Part(str(machine["name"]), context, _identity(machine, run, context))
    write(part.document())
    try:
        with _within(part, context.header(part.id)):
            yield
    finally:
        if run["status"] not in ("SUCCEEDED", "RUNNING"):
            flag = "error" if run["status"] == "ABORTED" else "fault"
            part.failed(flag, run.get("error") or str(run["status"]), run.get("cause") or "")
        part.end()
        write(part.document())


@contextmanager
def inside(name: str, **fields: Untyped) -> Iterator[Part | None]:
    """A part of the part under way; what is called meanwhile is on the trace below it. None when nothing is traced."""
    parent = _under_way.get()
    if parent is None:
        yield None
        return
    part = Part(name, parent.context, fields)
    parent.inner.append(part)
    try:
        with _within(part, part.context.header(part.id)):
            yield part
    except Exception as problem:
        kind = str(getattr(problem, "error", type(problem).__name__))
        part.failed("fault", kind, str(getattr(problem, "cause", problem)))
        raise
    finally:
        part.end()


@contextmanager
def _within(part: Part | None, header: str) -> Iterator[None]:
    where = _under_way.set(part)
    request = call.current.set(call.Call(trace_header=header, request_id=str(uuid.uuid4()) if part else ""))
    try:
        yield
    finally:
        call.current.reset(request)
        _under_way.reset(where)


def _identity(machine: Record, run: Record, context: TraceContext) -> Record:
    fields: Record = {
        "trace_id": context.root,
        "origin": "AWS::StepFunctions::StateMachine",
        "resource_arn": machine["stateMachineArn"],
        "aws": {"resource_arn": run["executionArn"]},
    }
    return {**fields, "parent_id": context.parent} if context.parent else fields
