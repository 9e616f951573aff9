"""Who else traces the handlers of a source: two that trace and flush the same invocation get in each other's way."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from shopfast_obs.instrument.application import sources

VENDORS = {
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


def vendor(tree: ast.Module) -> str:
    """The name of the tracer that the source imports, or empty."""
    for module in imported(tree):
        for prefix, name in VENDORS.items():
            if module == prefix or module.startswith(f"{prefix}."):
                return name
    return ""


def imported(tree: ast.Module) -> Iterator[str]:
    """The modules that the source imports, and `module.name` for what it takes from one."""
    for node in sources.nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
