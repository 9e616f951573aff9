"""The Powertools objects of the function, found wherever they were made; nothing is imported for it."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from typing import Any

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
    """Put the id into every structured log line from now on."""
    for logger in loggers():
        for formatter in _formatters(logger):
            formatter.append_keys(correlation_id=value)


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
