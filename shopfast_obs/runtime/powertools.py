"""The Powertools objects of the function, found wherever they were made; nothing is imported for it."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from shopfast_obs.runtime import correlation
from shopfast_obs.runtime.correlation import ALL, ATTRIBUTE

EXECUTION = "executionArn"
REPLAYED = "replaying"
_MARK = "_shopfast_obs_told"  # of a formatter: the id that it was given last

# What a line has of its own, but for what it says.
STANDARD = frozenset(vars(logging.LogRecord("", 0, "", 0, "", None, None))) - {"msg", "args"}

_known: list[logging.Logger] = []
_looked_at = -1


def loggers() -> list[logging.Logger]:
    """The standard loggers behind every Powertools Logger."""
    global _looked_at  # noqa: PLW0603 - looked up again only when loggers were added
    everyone = logging.Logger.manager.loggerDict
    if len(everyone) != _looked_at:
        found = [item for item in list(everyone.values()) if isinstance(item, logging.Logger) and _formatters(item)]
        _known[:] = found
        _looked_at = len(everyone) if found else -1
    return _known


def set_correlation_id(value: str) -> None:
    """Put the request's id into every structured line from now on; a record's is put in as the line is written."""
    for logger in loggers():
        for formatter in _formatters(logger):
            formatter.append_keys(correlation_id=value)
            with suppress(Exception):
                setattr(formatter, _MARK, value)
    install()


def install() -> None:
    """Look at each line that Powertools writes from now on; nothing is imported for it."""
    module = sys.modules.get("aws_lambda_powertools.logging.formatter")
    kind: Any = getattr(module, "LambdaPowertoolsFormatter", None)
    if kind is None or hasattr(kind, _MARK):
        return
    written = kind.format

    def told(formatter: Any, line: logging.LogRecord) -> Any:  # noqa: ANN401
        with suppress(Exception):
            _tell(formatter, line)
        return written(formatter, line)

    kind.format = told
    setattr(kind, _MARK, "")


def _tell(formatter: Any, line: logging.LogRecord) -> None:  # noqa: ANN401
    """Give the line the id of the work at hand, and of a batch as such those of its records; an id that the application
    has set itself stays."""
    request = correlation.request()
    if request.execution is not None:
        _tell_execution(request.execution, line)
    known = formatter.log_format.get(ATTRIBUTE)
    if request.batch is None and known == request.value:
        return
    if known not in (None, "", request.value, getattr(formatter, _MARK, "")) or hasattr(line, ATTRIBUTE):
        return
    own = correlation.record_id(request, _said(line)) if request.batch is not None else ""
    if own or request.value:
        setattr(line, ATTRIBUTE, own or request.value)
    if request.batch is not None and not own and not hasattr(line, ALL):
        setattr(line, ALL, request.batch.all())


def _tell_execution(execution: correlation.Execution, line: logging.LogRecord) -> None:
    """The name that the SDK's own logger has for it, and whether an earlier invocation has written the same line."""
    if not hasattr(line, EXECUTION):
        setattr(line, EXECUTION, execution.arn)
    if execution.replaying():
        setattr(line, REPLAYED, True)


def _said(line: logging.LogRecord) -> dict[str, Any]:
    """What the application gave the line, with names."""
    return {name: value for name, value in vars(line).items() if name not in STANDARD}


def metrics() -> Iterator[Any]:
    """The function's Metrics objects: those that its own modules hold."""
    module = sys.modules.get("aws_lambda_powertools.metrics.metrics")
    if module is None:
        return
    root = os.environ.get("LAMBDA_TASK_ROOT") or str(sys.path[0])
    seen: set[int] = set()
    for candidate in list(sys.modules.values()):
        if str(getattr(candidate, "__file__", None) or "").startswith(root):
            for value in list(vars(candidate).values()):
                if isinstance(value, module.Metrics) and id(value) not in seen:
                    seen.add(id(value))
                    yield value


def _formatters(logger: logging.Logger) -> list[Any]:
    found = (handler.formatter for handler in logger.handlers)
    return [formatter for formatter in found if hasattr(formatter, "append_keys")]
