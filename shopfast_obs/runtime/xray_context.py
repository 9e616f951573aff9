"""The X-Ray SDK's context for work that goes on side by side: what is open follows tasks and threads.

In Lambda the SDK keeps what is open in a list for each thread. Tasks of one loop share it, so that each part hangs
below the one that another task opened last, and a new thread has an empty one. Here it is an immutable chain in a
context variable: who opens a part sees what was open where its task or thread was started. The segment still comes
from Lambda's environment, anew for each invocation, and is one for all tasks and threads of it. Loaded when the SDK is.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from contextvars import ContextVar, Token
from types import CodeType
from typing import Any, NamedTuple

from aws_xray_sdk.core.lambda_launcher import LambdaContext
from aws_xray_sdk.core.models.dummy_entities import DummySegment
from aws_xray_sdk.core.models.subsegment import SubsegmentContextManager
from aws_xray_sdk.core.models.trace_header import TraceHeader

from shopfast_obs.runtime import switches, threads
from shopfast_obs.runtime.trace_header import VARIABLE

SDK = ("aws_xray_sdk.", "shopfast_obs.runtime.")
GENERATOR = 0x20 | 0x200  # flags of code: generators, also asynchronous ones
MOST_FRAMES = 200
OTHERS = (0, 0)  # the owner of what was open where a thread was started
_MARK = "_shopfast_obs_ends_its_own"

Frame = tuple[int, CodeType]  # its identity and its code; a frame that is kept would keep what is in it


class Opened(NamedTuple):
    """A subsegment, the thread and task that has opened it, and the frame if a generator did."""

    entity: Any
    owner: tuple[int, int]
    generator: Frame | None


class State(NamedTuple):
    """What a task or thread is in."""

    header: str  # the trace header of the invocation
    segment: Any  # of Lambda, as the SDK stands in for it
    opened: tuple[Opened, ...] = ()  # outermost first


_state: ContextVar[State | None] = ContextVar("shopfast_obs_xray", default=None)
_ending: ContextVar[Any] = ContextVar("shopfast_obs_xray_ending", default=None)


class ParallelContext(LambdaContext):  # type: ignore[misc]
    """The SDK's context in Lambda; its methods are the SDK's interface for contexts of one's own."""

    def __init__(self) -> None:
        super().__init__()
        self._local = Local(self)
        self._lock = threading.RLock()
        self._latest: State | None = None

    def put_subsegment(self, subsegment: Any) -> None:  # noqa: ANN401
        """The part hangs below what is open where it is opened. What has started it may have ended, as with a task that
        nobody waited for: then it is sent by itself, as a child of that."""
        state = self.state()
        parent = self._parent(state)
        if parent is state.segment and (getattr(parent, "initializing", False) or isinstance(parent, DummySegment)):
            super().put_subsegment(subsegment)  # says why it is discarded
            return
        with self._lock:
            if parent.in_progress:
                parent.add_subsegment(subsegment)
            else:
                state.segment.add_subsegment(subsegment)
                subsegment.parent_id = parent.id
        added = Opened(subsegment, _owner(), _generator(sys._getframe(1)))
        _state.set(state._replace(opened=(*state.opened, added)))

    def end_subsegment(self, end_time: float | None = None) -> bool:
        """End the part whose `with` block is left, else the innermost one that is open here."""
        entity = _ending.get() or self.get_trace_entity()
        if not self._is_subsegment(entity):
            return bool(super().end_subsegment(end_time))
        state = self.state()
        with self._lock:
            if entity.in_progress:
                entity.close(end_time)
            _let_go(entity)
        _state.set(state._replace(opened=tuple(each for each in state.opened if each.entity is not entity)))
        if entity.parent_segment is not state.segment:  # of an earlier invocation, whose segment the recorder has left
            _send(entity.parent_segment)
        return True

    def get_trace_entity(self) -> Any:  # noqa: ANN401
        """What is open here: the innermost part, or Lambda's segment."""
        state = self.state()
        if state.opened and (last := state.opened[-1]).generator is None and last.entity.in_progress:
            return last.entity
        open_here = (each.entity for each in _entered(state.opened, _owner()) if each.entity.in_progress)
        return next(open_here, state.segment)

    def set_trace_entity(self, trace_entity: Any) -> None:  # noqa: ANN401
        """What is open here is that, from now on, whatever was before."""
        part = self._is_subsegment(trace_entity)
        segment = trace_entity.parent_segment if part else trace_entity
        opened = (Opened(trace_entity, _owner(), None),) if part else ()
        _state.set(State(os.environ.get(VARIABLE, ""), segment, opened))

    def clear_trace_entities(self) -> None:
        """Nothing is open here."""
        _state.set(None)

    def state(self) -> State:
        """What is open here, in the invocation that Lambda's environment names."""
        header, state = os.environ.get(VARIABLE, ""), _state.get()
        if state is not None and (not header or header == state.header):
            return state
        with self._lock:
            latest = self._latest
            if latest is None or latest.header != header:
                self._initialize_context(TraceHeader.from_header_str(header))
                latest = self._latest = State(header, self._local.segment)
        _state.set(latest)
        return latest

    def _parent(self, state: State) -> Any:  # noqa: ANN401
        """What a part that is opened now belongs to: also one that has ended, where another task or thread ended it."""
        here = _owner()
        for each in _entered(state.opened, here):
            if each.entity.in_progress or each.owner != here:
                return each.entity
        return state.segment


class Local:
    """What others read and set on the SDK's contexts: `segment` and the open `entities`, of the task or thread that
    asks."""

    def __init__(self, context: ParallelContext) -> None:
        self._context = context

    @property
    def segment(self) -> Any:  # noqa: ANN401
        """Lambda's segment, as the SDK stands in for it."""
        state = _state.get()
        return None if state is None else state.segment

    @segment.setter
    def segment(self, segment: Any) -> None:  # noqa: ANN401
        _state.set(State(os.environ.get(VARIABLE, ""), segment))

    @segment.deleter
    def segment(self) -> None:
        _state.set(None)

    @property
    def entities(self) -> list[Any]:
        """What is open, outermost first."""
        state = _state.get()
        return [] if state is None else [each.entity for each in state.opened if each.entity.in_progress]

    @entities.setter
    def entities(self, entities: list[Any]) -> None:
        state = _state.get()
        if state is not None:
            _state.set(state._replace(opened=tuple(Opened(each, _owner(), None) for each in entities)))


def install(recorder: Any) -> None:  # noqa: ANN401
    """Give the recorder this context in place of the SDK's one for Lambda; any other is the application's choice."""
    before = recorder.context
    if type(before) is not LambdaContext or not switches.parallel():
        return
    context, local = ParallelContext(), before._local
    if getattr(local, "segment", None) is not None:  # a handler whose tracer stands outside of us
        context._local.segment = local.segment
        context._local.entities = getattr(local, "entities", [])
        context._latest = State(os.environ.get(VARIABLE, ""), local.segment)
    recorder.context = context
    threads.carry(_state.get, _enter, _state.reset)
    _end_their_own()


def _enter(state: State) -> Token[State | None]:
    """In a thread the parts are those of others, also where a thread of a pool has opened one of them itself."""
    return _state.set(state._replace(opened=tuple(each._replace(owner=OTHERS) for each in state.opened)))


def _end_their_own() -> None:
    """A `with` block ends the part that it has begun; the SDK ends what is open innermost, which generators may make
    another one."""
    leave = SubsegmentContextManager.__exit__
    if hasattr(leave, _MARK):
        return

    def left(manager: Any, *raised: Any) -> Any:  # noqa: ANN401
        token = _ending.set(manager.subsegment)
        try:
            return leave(manager, *raised)
        finally:
            _ending.reset(token)

    setattr(left, _MARK, True)
    SubsegmentContextManager.__exit__ = left


def _let_go(entity: Any) -> None:  # noqa: ANN401
    """What is still open below a part that has ended is sent by itself later: waiting for it could lose both."""
    for child in [child for child in entity.subsegments if child.in_progress]:
        entity.subsegments.remove(child)
        entity.parent_segment.subsegments.append(child)


def _send(segment: Any) -> None:  # noqa: ANN401
    recorder = sys.modules["aws_xray_sdk.core"].xray_recorder
    with suppress(Exception):
        if recorder.streaming.is_eligible(segment):
            recorder.streaming.stream(segment, recorder.emitter.send_entity)


def _entered(opened: tuple[Opened, ...], here: tuple[int, int]) -> Iterator[Opened]:
    """Innermost first, without those of a generator that waits to be asked for its next value: its consumer is not
    inside of it."""
    for each in reversed(opened):
        if each.generator is None or each.owner != here or _is_running(each.generator):
            yield each


def _owner() -> tuple[int, int]:
    """The running thread, and the task in it."""
    asyncio: Any = sys.modules.get("asyncio")
    loop = asyncio._get_running_loop() if asyncio is not None else None
    return threading.get_ident(), id(asyncio.current_task(loop)) if loop is not None else 0


def _generator(frame: Any) -> Frame | None:  # noqa: ANN401
    """The frame that opens a part, if it is a generator's; one that `contextlib` made a context manager of is meant to
    wait while the work in it goes on."""
    while frame is not None and str(frame.f_globals.get("__name__")).startswith(SDK):
        frame = frame.f_back
    if frame is None or not frame.f_code.co_flags & GENERATOR:
        return None
    asking = frame.f_back
    if asking is not None and asking.f_globals.get("__name__") == "contextlib":
        return None
    return id(frame), frame.f_code


def _is_running(generator: Frame) -> bool:
    frame: Any = sys._getframe(1)
    for _ in range(MOST_FRAMES):
        if frame is None:
            return False
        if id(frame) == generator[0] and frame.f_code is generator[1]:
            return True
        frame = frame.f_back
    return False
