"""Decorators around a handler, Powertools' and `@traced`: they get a context that has what they read, the handler what
was given.

`@observed` stands outside of them. It finds them by the `__wrapped__` that `functools.wraps` leaves, and what each
calls by the cell of its closure.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from types import CellType, FunctionType
from typing import Any, TypeGuard

from shopfast_obs.runtime import switches

Function = Callable[..., Any]
PACKAGE = "aws_lambda_powertools"
TRACED = "shopfast_obs.runtime.otel.handler"  # where `@traced` is made
KINDS = ("logging", "tracing", "metrics")
INVENTED = "service_undefined"  # the namespace that the codemods give metrics for which nobody has chosen one
# Of decorators that are more than those which the codemods write.
OPTIONS = (
    "log_event",
    "correlation_id_path",
    "clear_state",
    "flush_buffer_on_uncaught_error",
    "raise_on_empty_metrics",
)
CAPTURES = "POWERTOOLS_TRACER_CAPTURE_RESPONSE"  # says the same for tracers of the application's own
_told: set[str] = set()  # lines of the tracer that stay out


class StandIn:
    """A context for decorators: what the given one lacks is answered as on a developer's machine."""

    function_name = "local"
    function_version = "$LATEST"
    memory_limit_in_mb = "128"
    invoked_function_arn = "arn:aws:lambda:local:000000000000:function:local"
    aws_request_id = "00000000-0000-0000-0000-000000000000"

    def __init__(self, context: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:  # noqa: ANN401
        self._given = context
        self._call = args, kwargs

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401
        """The given context's own value first."""
        if name in ("_given", "_call", "__class__"):
            return object.__getattribute__(self, name)
        try:
            return getattr(self._given, name)
        except Exception:  # a property of the application's own may fail in any way
            return object.__getattribute__(self, name)


class Layers:
    """A handler, the Powertools decorators that stand outermost on it, and what they decorate."""

    def __init__(self, handler: Function) -> None:
        self._found: list[FunctionType] = []
        self._quiet = False
        self._restoring: dict[int, Function] = {}
        while _is_layer(handler) and _cell(handler) is not None:
            self._found.append(handler)
            self._quiet = self._quiet or _is_quiet(handler)
            _told_once(handler)
            handler = handler.__wrapped__  # type: ignore[attr-defined]
        self.original = handler

    def called_by(self, outer: Layers) -> int:
        """How many of the layers a call from inside of `outer` can do without, because it stands in the same ones."""
        theirs = outer.keys()
        mine = self.keys()
        return next((at for at, key in enumerate(mine) if key is None or key not in theirs), len(mine))

    def keys(self) -> list[tuple[Any, ...] | None]:
        """What each layer does for whom; None for one that was given options of its own."""
        return [_key(layer) for layer in self._found]

    def call(self, args: tuple[Any, ...], kwargs: Mapping[str, Any], event: Any, context: Any, skip: int = 0) -> Any:  # noqa: ANN401
        """What the handler answers to exactly these arguments; the layers but the first few see event and context."""
        if skip >= len(self._found):
            return self.original(*args, **kwargs)
        if not kwargs and len(args) == 2 and args[1] is context and not self._quiet and _is_complete(context):
            return self._found[skip](event, context)
        return self._restored(skip)(event, StandIn(context, args, kwargs))

    def _restored(self, skip: int) -> Function:
        """The layers with a way back to the given arguments innermost."""
        if skip not in self._restoring:
            original = self.original

            def function(event: Any, context: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
                if type(context) is StandIn:
                    given, named = context._call
                    return original(*given, **named)
                return original(event, context, *args, **kwargs)

            made: Function = function
            for layer in reversed(self._found[skip:]):
                made = _counting(made, layer) if _is_quiet(layer) else _around(made, layer)
            self._restoring[skip] = made
        return self._restoring[skip]


def _is_layer(handler: object) -> TypeGuard[FunctionType]:
    if not isinstance(handler, FunctionType) or not hasattr(handler, "__wrapped__"):
        return False
    name = str(handler.__globals__.get("__name__", ""))
    if name == TRACED:
        return True
    parts = name.split(".")
    return parts[0] == PACKAGE and parts[1:2] != [] and parts[1] in KINDS


def _cell(layer: Any) -> int | None:  # noqa: ANN401
    """The place of what the layer calls among the cells of its closure."""
    inner = layer.__wrapped__
    return next((at for at, cell in enumerate(layer.__closure__ or ()) if _content(cell) is inner), None)


def _content(cell: CellType) -> Any:  # noqa: ANN401
    try:
        return cell.cell_contents
    except ValueError:  # empty
        return None


def _around(inner: Function, layer: FunctionType) -> FunctionType:
    """The same layer around something else; the one that others hold stays as it is."""
    at = _cell(layer)
    cells = tuple(CellType(inner) if place == at else cell for place, cell in enumerate(layer.__closure__ or ()))
    made = FunctionType(layer.__code__, layer.__globals__, layer.__name__, layer.__defaults__, cells)
    made.__kwdefaults__ = layer.__kwdefaults__
    return made


def _is_quiet(layer: FunctionType) -> bool:
    """True for the metrics of the codemods where no Lambda runs them: a test that reads stdout finds its own lines."""
    closure = _closure(layer)
    counts = bool(closure.get("capture_cold_start_metric")) and not closure.get("raise_on_empty_metrics")
    return counts and not switches.in_lambda() and getattr(closure.get("self"), "namespace", "") == INVENTED


def _told_once(layer: FunctionType) -> None:
    """The codemods' tracer writes no line about an exception that it passes on: whoever calls the handler tells it, and
    what the exception says may not be meant for the log."""
    closure = _closure(layer)
    if closure.get("capture_response") is False and CAPTURES not in os.environ:
        _told.add(f"Exception received from {closure.get('lambda_handler_name')}")
        logger: Any = layer.__globals__["logger"]
        logger.addFilter(_is_news)


def _is_news(record: Any) -> bool:  # noqa: ANN401 - logging is not loaded for it
    return record.msg not in _told


def _counting(inner: Function, layer: FunctionType) -> Function:
    """The layer for what the application itself counts, without cold starts and without a warning about nothing."""
    metrics: Any = _closure(layer)["self"]

    def function(event: Any, context: Any) -> Any:  # noqa: ANN401
        try:
            return inner(event, context)
        finally:
            if metrics.metric_set:
                metrics.flush_metrics()

    return function


def _closure(layer: FunctionType) -> dict[str, Any]:
    return dict(zip(layer.__code__.co_freevars, map(_content, layer.__closure__ or ()), strict=True))


def _key(layer: FunctionType) -> tuple[Any, ...] | None:
    closure = _closure(layer)
    if any(closure.get(option) for option in OPTIONS):
        return None
    kind, of = str(layer.__globals__["__name__"]).split(".")[1], closure.get("self")
    told = {"metrics": ("namespace", "service"), "logging": ("name",)}.get(kind, ())
    return (kind, *(getattr(of, name, None) for name in told))


def _is_complete(context: Any) -> bool:  # noqa: ANN401
    try:
        context.function_name  # noqa: B018
        context.memory_limit_in_mb  # noqa: B018
        context.invoked_function_arn  # noqa: B018
        context.aws_request_id  # noqa: B018
    except Exception:  # whatever the application's context does
        return False
    return True
