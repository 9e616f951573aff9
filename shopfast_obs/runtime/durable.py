"""Durable executions (aws-durable-execution-sdk-python): the handler runs again from its start at each resume.

All invocations of an execution have one correlation id; what runs again is neither counted nor told as new. Loaded by
the first durable event.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from shopfast_obs.runtime import (
    annotation,
    correlation,
    durable_operations,
    payload,
    powertools,
    routes,
    sources,
    switches,
)
from shopfast_obs.runtime.correlation import Request

DONE = ("SUCCEEDED", "FAILED")
Watch = Callable[[Any, Request], Callable[[], None] | None]  # what ends it


class Execution:
    """An execution as one of its invocations sees it."""

    def __init__(self, arn: str, given: Any, started: float | None, root: Any = None) -> None:  # noqa: ANN401
        self.arn = arn
        self.input = given  # of the execution, parsed
        self.started = started  # seconds of the epoch
        self.root = root  # the SDK's context of the handler, once it is made

    @property
    def correlation_id(self) -> str:
        """The id that came with the input, else the execution's name: the same at each resume, which has neither the
        caller's client context nor, for sure, its trace header."""
        name = self.arn.rpartition("/durable-execution/")[2].partition("/")[0]
        return sources.of_input(self.input) or name or self.arn

    def replaying(self) -> bool:
        """Whether the code that asks has run before in this execution; a step that runs has not."""
        return durable_operations.replaying(self.root)


def of(event: Any, context: Any) -> Execution | None:  # noqa: ANN401
    """The execution that an invocation belongs to: Lambda's own event, what the SDK's test runner gives, or the input
    with the SDK's context, for a decorator that stands inside of `@durable_execution`."""
    if type(event) is dict and "CheckpointToken" in event:
        operations = (event.get("InitialExecutionState") or {}).get("Operations") or [{}]
        text = (operations[0].get("ExecutionDetails") or {}).get("InputPayload")
        return Execution(event["DurableExecutionArn"], _parsed(text), _seconds(operations[0].get("StartTimestamp")))
    if hasattr(event, "durable_execution_arn"):
        first = next(iter(event.initial_execution_state.operations), None)
        text = getattr(getattr(first, "execution_details", None), "input_payload", None)
        return Execution(event.durable_execution_arn, _parsed(text), _seconds(getattr(first, "start_timestamp", None)))
    state = getattr(context, "state", None)
    if hasattr(context, "lambda_context") and hasattr(state, "durable_execution_arn"):
        return Execution(state.durable_execution_arn, event, None, context)  # type: ignore[union-attr]
    return None


def handled(call: Callable[[], Any], event: Any, begun: Request, execution: Execution, watch: Watch) -> Any:  # noqa: ANN401
    """What the handler answers to a call, with everything that `@observed` does around it."""
    _begin(event, begun, execution)
    inside = execution.root is not None  # of `@durable_execution`, which makes an answer of a failure
    token = correlation.enter(begun)
    stop, request = None, None
    try:
        with suppress(Exception):
            request = _route(execution)
        with suppress(Exception):
            stop = watch(begun.context, begun)
        try:
            answer = call()
        except Exception:
            if inside:
                _settled(request, "FAILED", None)
            raise
        finally:
            if stop is not None:
                stop()
        with suppress(Exception):
            _settled(request, "SUCCEEDED" if inside else answer["Status"], answer)
        return answer
    finally:
        execution.root = None
        correlation.leave(begun, token)


def _begin(event: Any, begun: Request, execution: Execution) -> None:  # noqa: ANN401
    begun.execution = execution
    with suppress(Exception):
        durable_operations.install(_made)
    with suppress(Exception):
        if switches.correlation():
            begun.value = execution.correlation_id
            _take_out(event)
    with suppress(Exception):
        annotation.begin()
    with suppress(Exception):
        annotation.begin_in_span()
    if begun.value:
        with suppress(Exception):
            powertools.set_correlation_id(begun.value)
    with suppress(Exception):
        powertools.install()
        if execution.root is not None:
            durable_operations.join(execution.root, begun)
            _give_logger(execution.root)


def _made(context: Any) -> None:  # noqa: ANN401 - the SDK's DurableContext
    """The SDK has made the handler's context in the invocation at hand."""
    begun = correlation.request()
    if begun.execution is not None and begun.execution.root is None:
        begun.execution.root = context
        durable_operations.join(context, begun)
        _give_logger(context)


def _give_logger(context: Any) -> None:  # noqa: ANN401
    """`context.logger` writes through Powertools, unless the application has set another one; where a test listens to
    the root logger, that stays."""
    import logging

    root = logging.getLogger()
    if not switches.in_lambda() and root.handlers:
        return
    own = logging.getLogger(durable_operations.SDK)  # says which step has failed, and why
    for logger in powertools.loggers():
        if logger is not own:
            if not own.handlers:
                own.handlers, own.propagate = list(logger.handlers), False
            if context.logger.get_logger() is root:
                context.set_logger(logger)
            return


def _route(execution: Execution) -> routes.Request | None:
    request = routes.begin(execution.input) if switches.routes() else None
    if request is not None and execution.started is not None:
        request.begun_before(time.time() - execution.started)
    return request


def _settled(request: routes.Request | None, status: str, answer: Any) -> None:  # noqa: ANN401
    """The invocation was the execution's last: what it was asked for is counted, and a failure told in its trace, which
    the SDK turns into an ordinary answer."""
    if status not in DONE:
        return
    result = answer.get("Result") if isinstance(answer, Mapping) and "Status" in answer else answer
    if request is not None:
        request.count(failed=status == "FAILED" or routes.failed(_parsed(result)))
    if status == "FAILED" and isinstance(answer, Mapping):
        error = answer.get("Error") or {}
        annotation.execution_failed(str(error.get("ErrorType") or "Error"), str(error.get("ErrorMessage") or ""))


def _take_out(event: Any) -> None:  # noqa: ANN401
    """Leave the input as its producer made it."""
    if type(event) is not dict or "InitialExecutionState" not in event:
        return
    for operation in event["InitialExecutionState"].get("Operations", [])[:1]:
        details = operation.get("ExecutionDetails") or {}
        if isinstance(text := details.get("InputPayload"), str):
            details["InputPayload"] = payload.without(text)


def _parsed(text: Any) -> Any:  # noqa: ANN401
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return None


def _seconds(stamp: Any) -> float | None:  # noqa: ANN401
    if hasattr(stamp, "timestamp"):
        return float(stamp.timestamp())
    return float(stamp) / 1000 if isinstance(stamp, int | float) else None
