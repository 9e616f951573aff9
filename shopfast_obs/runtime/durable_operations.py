"""The SDK's operations: which code is a step, which runs again, and in which thread of which request.

The SDK has hooks of its own for that from its version 2 on, which a function has to name where it is decorated; these
reach functions that were instrumented without their source, too. Every change is around a public method.
"""

from __future__ import annotations

import functools
import hashlib
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from shopfast_obs.runtime import annotation, correlation
from shopfast_obs.runtime.correlation import Request

SDK = "aws_durable_execution_sdk_python"
FUNCTIONS = {
    "step": (0, "func"),
    "run_in_child_context": (0, "func"),
    "map": (1, "func"),
    "wait_for_condition": (0, "check"),
}
_MARK = "_shopfast_obs_told"
_REQUEST = "_shopfast_obs_request"  # of the state that all contexts of an execution share

_here = threading.local()  # .contexts: whose code runs in this thread, the innermost last; None for a step


def install(made: Callable[[Any], None]) -> None:
    """From now on `made` is told the context of each handler, and each operation's function knows where it runs."""
    module = sys.modules.get(f"{SDK}.context")
    kind: Any = getattr(module, "DurableContext", None)
    if kind is None or hasattr(kind, _MARK):
        return
    setattr(kind, _MARK, True)
    make = kind.from_lambda_context

    @functools.wraps(make)
    def from_lambda_context(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        context = make(*args, **kwargs)
        with suppress(Exception):
            made(context)
        return context

    kind.from_lambda_context = staticmethod(from_lambda_context)
    for name, (at, keyword) in FUNCTIONS.items():
        setattr(kind, name, _told(getattr(kind, name), at, keyword, is_step=name in ("step", "wait_for_condition")))
    kind.parallel = _parallel(kind.parallel)


def join(context: Any, begun: Request) -> None:  # noqa: ANN401
    """The context and all that are made from it belong to the request."""
    setattr(context.state, _REQUEST, begun)


def replaying(root: Any) -> bool:  # noqa: ANN401
    """Whether the calling code has run before: that of a context that is still behind its checkpoints."""
    contexts = getattr(_here, "contexts", None)
    context = contexts[-1] if contexts else root
    if context is None:
        return False
    asked = getattr(context, "is_replaying", None) or context.state.is_replaying
    return bool(asked())


def _told(operation: Any, at: int, keyword: str, *, is_step: bool) -> Any:  # noqa: ANN401
    @functools.wraps(operation)
    def told(self: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        with suppress(Exception):
            name = kwargs.get("name") or (args[at + 1] if len(args) > at + 1 else None)
            span = name if isinstance(name, str) else None
            if len(args) > at:
                args = (*args[:at], _placed(self, args[at], span, is_step=is_step), *args[at + 1 :])
            else:
                kwargs = {**kwargs, keyword: _placed(self, kwargs[keyword], span, is_step=is_step)}
        return operation(self, *args, **kwargs)

    return told


def _parallel(operation: Any) -> Any:  # noqa: ANN401
    @functools.wraps(operation)
    def parallel(self: Any, functions: Sequence[Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        with suppress(Exception):
            functions = [_branch(self, each) for each in functions]
        return operation(self, functions, *args, **kwargs)

    return parallel


def _branch(context: Any, branch: Any) -> Any:  # noqa: ANN401
    if callable(branch):
        return _placed(context, branch, None, is_step=False)
    import dataclasses

    return dataclasses.replace(branch, func=_placed(context, branch.func, None, is_step=False))


def _placed(context: Any, function: Any, name: str | None, *, is_step: bool) -> Any:  # noqa: ANN401
    """The function, whose code knows while it runs whether it is a step or which context it has been given."""
    begun = getattr(context.state, _REQUEST, None) or correlation.request()

    def placed(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        own = None if is_step else next(iter(args), context)
        with _within(begun, own):
            if not is_step:
                return function(*args, **kwargs)
            told = name or getattr(function, "_original_name", None) or "step"
            with annotation.subsegment(told, _attempt(begun, args)):
                return function(*args, **kwargs)

    with suppress(Exception):
        functools.update_wrapper(placed, function)
    return placed


@contextmanager
def _within(begun: Request, context: Any) -> Iterator[None]:  # noqa: ANN401
    contexts = _here.__dict__.setdefault("contexts", [])
    contexts.append(context)
    token = correlation.adopt(begun)
    with suppress(Exception):
        annotation.adopt(begun)
    try:
        yield
    finally:
        correlation.give_back(token)
        contexts.pop()


def _attempt(begun: Request, args: tuple[Any, ...]) -> dict[str, Any]:
    """What the subsegment of a step says: the attempt, and an id that is the same should this attempt run once more,
    which X-Ray then takes for one."""
    context = next((arg for arg in args if hasattr(arg, "attempt")), None)
    number = getattr(context, "attempt", 1)
    extra = getattr(getattr(context, "logger", None), "_default_extra", None)
    told: dict[str, Any] = {"attempt": number}
    if begun.execution is not None and isinstance(extra, dict) and "operationId" in extra:
        text = f"{begun.execution.arn}\n{extra['operationId']}\n{number}"
        told["id"] = hashlib.sha256(text.encode()).hexdigest()[:16]
    return told
