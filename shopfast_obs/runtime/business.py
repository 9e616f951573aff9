"""`@counted`: a metric of the business from what a function returns or raises, with dimensions that cannot grow."""

from __future__ import annotations

import functools
import inspect
import json
import math
import os
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any, TypeVar

from shopfast_obs.runtime import correlation

OTHER = "other"
NAMESPACE = "POWERTOOLS_METRICS_NAMESPACE"
Function = TypeVar("Function", bound=Callable[..., Any])
Values = Mapping[str, Collection[Any]]


class Metric:
    """What is counted, when, and by what. Paths (`total`, `0`, `body.items`) lead into the result; of an error they
    are `type` and `message`."""

    def __init__(self, name: str, value: float | str, unit: str, when: Values, dimensions: Values) -> None:
        self.name, self.unit = name, unit
        self._value, self._when, self._dimensions = value, when, dimensions

    def count(self, result: Any) -> None:  # noqa: ANN401 - a function's own type
        """Write one EMF line, unless the result is another one or has no such number; nothing is raised from here."""
        with suppress(Exception):
            if correlation.replaying():  # it was counted when the execution came here first
                return
            if NAMESPACE in os.environ and all(reached(result, path) in among for path, among in self._when.items()):
                value = _number(reached(result, self._value) if isinstance(self._value, str) else self._value)
                if value is not None:
                    self._write(value, {path: self._bounded(result, path) for path in self._dimensions})

    def _bounded(self, result: Any, path: str) -> str:  # noqa: ANN401
        found = reached(result, path)
        return str(found) if found in self._dimensions[path] else OTHER

    def _write(self, value: float, dimensions: Mapping[str, str]) -> None:
        names = {"service": os.environ.get("POWERTOOLS_SERVICE_NAME", "service_undefined")}
        names |= {path.rpartition(".")[2]: found for path, found in dimensions.items()}
        directive = {
            "Namespace": os.environ[NAMESPACE],
            "Dimensions": [list(names)],
            "Metrics": [{"Name": self.name, "Unit": self.unit}],
        }
        aws = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
        sys.stdout.write(json.dumps({"_aws": aws, **names, self.name: value}) + "\n")
        sys.stdout.flush()


def counted(
    metric: str,
    *,
    outcome: str = "return",
    value: float | str = 1,
    unit: str = "Count",
    when: Values | None = None,
    dimensions: Values | None = None,
) -> Callable[[Function], Function]:
    """The function, with the metric written each time it returns (`outcome="error"`: raises) a result that fits."""
    made = Metric(metric, value, unit, when or {}, dimensions or {})
    failed = outcome == "error"

    def decorate(function: Function) -> Function:
        if inspect.iscoroutinefunction(function):
            return _awaited(function, made, failed=failed)

        @functools.wraps(function)
        def around(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            try:
                result = function(*args, **kwargs)
            except Exception as problem:
                if failed:
                    made.count(_told(problem))
                raise
            if not failed:
                made.count(result)
            return result

        return around  # type: ignore[return-value]

    return decorate


def _awaited(function: Function, metric: Metric, *, failed: bool) -> Function:
    @functools.wraps(function)
    async def around(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        try:
            result = await function(*args, **kwargs)
        except Exception as problem:
            if failed:
                metric.count(_told(problem))
            raise
        if not failed:
            metric.count(result)
        return result

    return around  # type: ignore[return-value]


def reached(result: Any, path: str) -> Any:  # noqa: ANN401
    """What lies at the path: keys, attributes and places in lists; a JSON text on the way is read. Else None."""
    for part in path.split("."):
        if isinstance(result, str | bytes):
            try:
                result = json.loads(result)
            except ValueError:
                return None
        if isinstance(result, Mapping):
            result = result.get(part)
        elif isinstance(result, Sequence) and part.isdigit():
            result = result[int(part)] if int(part) < len(result) else None
        else:
            result = getattr(result, part, None)
    return result


def _told(problem: Exception) -> dict[str, str]:
    return {"type": type(problem).__name__, "message": str(problem)}


def _number(value: Any) -> float | None:  # noqa: ANN401
    """A number that CloudWatch takes; a collection counts its items."""
    if isinstance(value, list | tuple | set | frozenset | dict):
        return len(value)
    if not isinstance(value, int | float | Decimal) or not math.isfinite(value):
        return None
    return value if isinstance(value, int | float) else float(value)
