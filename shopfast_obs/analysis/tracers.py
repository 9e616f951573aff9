"""Tracers of others in a function, OpenTelemetry's layers and those of vendors, by what its settings and source say.

A function that one of them traces needs no second tracer, and misses none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from shopfast_obs.facts import fact
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import Resource

WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER"
# What the paths of start-up scripts contain, from the installation guides of each.
SCRIPTS: Mapping[str, str] = {
    "/otel": "OpenTelemetry",
    "/datadog": "Datadog",
    "/newrelic": "New Relic",
    "/dynatrace": "Dynatrace",
    "/elasticapm": "Elastic APM",
    "/lumigo": "Lumigo",
    "/instana": "Instana",
    "/coralogix": "Coralogix",
    "/dash0": "Dash0",
    "/splunk": "Splunk",
}
HANDLERS: Mapping[str, str] = {
    "datadog_lambda.": "Datadog",
    "/opt/nodejs/node_modules/datadog-lambda-js/": "Datadog",
    "newrelic_lambda_wrapper.": "New Relic",
    "newrelic-lambda-wrapper.": "New Relic",
    "lumigo_tracer.": "Lumigo",
    "/opt/nodejs/node_modules/@lumigo/": "Lumigo",
    "instana.": "Instana",
    "sentry_sdk.": "Sentry",
    "otel_wrapper.": "OpenTelemetry",
    "epsagon.": "Epsagon",
}
# The variables from which their wrappers take the application's handler.
WRAPPED = ("DD_LAMBDA_HANDLER", "NEW_RELIC_LAMBDA_HANDLER", "LUMIGO_ORIGINAL_HANDLER", "ORIG_HANDLER")
ACCOUNTS: Mapping[str, str] = fact("layer-vendors").value
# How layers of tracers are called, also in an account of one's own.
LAYERS: Mapping[str, str] = {
    "awsopentelemetrydistro": "OpenTelemetry",
    "aws-otel-": "OpenTelemetry",
    "opentelemetry-": "OpenTelemetry",
    "datadog-": "Datadog",
    "dd-trace": "Datadog",
    "newrelic": "New Relic",
    "lumigo": "Lumigo",
    "sentry": "Sentry",
    "dynatrace": "Dynatrace",
    "elastic-apm": "Elastic APM",
    "instana": "Instana",
    "coralogix": "Coralogix",
    "dash0": "Dash0",
    "splunk-apm": "Splunk",
}
ARN = re.compile(r":(?P<account>\d{12}):layer:(?P<name>[\w-]+)")
IMPORTS: Mapping[str, str] = {
    "datadog_lambda": "Datadog",
    "ddtrace": "Datadog",
    "newrelic": "New Relic",
    "newrelic_lambda": "New Relic",
    "lumigo_tracer": "Lumigo",
    "sentry_sdk.integrations.aws_lambda": "Sentry",
    "epsagon": "Epsagon",
    "thundra": "Thundra",
    "catchpoint": "Thundra",
    "elasticapm": "Elastic APM",
    "instana": "Instana",
    "iopipe": "IOpipe",
    # The API alone (`from opentelemetry import trace`) traces nothing: it uses the provider that somebody sets up.
    "opentelemetry.sdk.trace": "OpenTelemetry",
    "opentelemetry.instrumentation.aws_lambda": "OpenTelemetry",
    "opentelemetry.instrumentation.auto_instrumentation": "OpenTelemetry",
    "amazon.opentelemetry": "OpenTelemetry",
    "honeycomb": "Honeycomb",
    "autodynatrace": "Dynatrace",
    "dash0": "Dash0",
}


@record
class Tracer:
    """Whose tracer it is, and what shows that it is there (`its handler datadog_lambda.handler.handler`)."""

    name: str
    sign: str


def of_settings(function: Resource) -> Tracer | None:
    """The tracer that the function's start-up script, handler or layers bring; None where they bring none."""
    script, handler = wrapper_script(function), str(function.effective("Handler") or "")
    for mark, name in SCRIPTS.items():
        if mark in script.lower():
            return Tracer(name, f"its {WRAPPER} {script}")
    for prefix, name in HANDLERS.items():
        if handler.startswith(prefix):
            return Tracer(name, f"its handler {handler}")
    for match in ARN.finditer(str(function.effective("Layers") or "")):
        layer = match["name"].lower()
        named = (name for mark, name in LAYERS.items() if layer.startswith(mark))
        if name := ACCOUNTS.get(match["account"]) or next(named, ""):
            return Tracer(name, f"its layer {match['name']}")
    return None


def of_imports(names: Iterable[str]) -> Tracer | None:
    """The tracer that a source starts, by the modules that it imports (`ddtrace`, `ddtrace.tracer`); None for none."""
    for module in names:
        for prefix, name in IMPORTS.items():
            if module == prefix or module.startswith(f"{prefix}."):
                return Tracer(name, f"its import of {prefix}")
    return None


def wrapper_script(function: Resource) -> str:
    """The start-up script that runs before the function's runtime; empty without one, and where a parameter says it."""
    environment: Any = function.effective("Environment")
    variables = environment.get("Variables") if isinstance(environment, Mapping) else None
    script = variables.get(WRAPPER) if isinstance(variables, Mapping) else None
    return script if isinstance(script, str) else ""
