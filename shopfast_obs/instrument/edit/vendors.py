"""Who else wraps the handlers of a source: two that trace and flush the same invocation get in each other's way."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from shopfast_obs.instrument.application import sources

VENDORS = {
    "datadog_lambda": "Datadog",
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
    "opentelemetry.instrumentation.aws_lambda": "OpenTelemetry",
    "honeycomb": "Honeycomb",
    "rollbar": "Rollbar",
    "autodynatrace": "Dynatrace",
    "dash0": "Dash0",
}


def vendor(tree: ast.Module) -> str:
    """The name of the vendor that the source imports, or empty."""
    for module in _imported(tree):
        for prefix, name in VENDORS.items():
            if module == prefix or module.startswith(f"{prefix}."):
                return name
    return ""


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in sources.nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
