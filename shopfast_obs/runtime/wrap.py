"""The handler of a function that was instrumented without its source: the original, decorated as the codemods would.

`SHOPFAST_OBS_HANDLER` names the original, `SHOPFAST_OBS_ROOT_LEVEL` the level of the root logger before that is loaded,
`SHOPFAST_OBS_TRACING` how it is traced: `xray` by Powertools' Tracer (default), `otel` by OpenTelemetry, `none` by
neither, because another tracer does it.
What fails while it is loaded fails as it would have without us.
"""

from __future__ import annotations

import importlib
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from shopfast_obs.runtime.decorator import observed

VARIABLE = "SHOPFAST_OBS_HANDLER"
LEVEL = "SHOPFAST_OBS_ROOT_LEVEL"
TRACING = "SHOPFAST_OBS_TRACING"


def load(name: str) -> Callable[..., Any]:
    """The function that a Lambda handler setting (`folder/module.function`) names."""
    module, _, function = name.rpartition(".")
    found: Callable[..., Any] = getattr(importlib.import_module(module.replace("/", ".")), function)
    return found


def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with logs, traces, metrics and correlation; without the layers, with correlation alone."""
    tracing = os.environ.get(TRACING, "xray")
    with suppress(ImportError):
        from aws_lambda_powertools import Logger

        function = Logger().inject_lambda_context(function)
    with suppress(ImportError):
        function = _traced(function, tracing)
    with suppress(ImportError):
        from aws_lambda_powertools import Metrics

        namespace = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "service_undefined")
        function = Metrics(namespace=namespace).log_metrics(function, capture_cold_start_metric=True)
    return observed(function)


def _traced(function: Callable[..., Any], tracing: str) -> Callable[..., Any]:
    if tracing == "otel":
        from shopfast_obs.runtime import traced

        spanned: Callable[..., Any] = traced(function)
        return spanned
    if tracing != "xray":
        return function
    from aws_lambda_powertools import Tracer

    return Tracer().capture_lambda_handler(function, capture_response=False)


if level := os.environ.get(LEVEL):
    with suppress(ValueError):
        logging.getLogger().setLevel(level)
if VARIABLE in os.environ:
    handler = wrapped(load(os.environ[VARIABLE]))
