"""Functions that X-Ray does not see."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.callers import only_deployments_call
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.property import Property
from shopfast_obs.diagnose.property_values import at
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION, Resource

# How the tracers of OpenTelemetry and of vendors get into a function, from their own installation guides.
WRAPPER = ("/otel", "/datadog", "/newrelic", "/dynatrace", "/elasticapm", "/lumigo", "/instana", "/coralogix")
HANDLER = (
    "datadog_lambda.",
    "/opt/nodejs/node_modules/datadog-lambda-js/",
    "newrelic_lambda_wrapper.",
    "newrelic-lambda-wrapper.",
    "lumigo_tracer.",
    "/opt/nodejs/node_modules/@lumigo/",
    "instana.",
)


def no_matter(function: Resource, context: Context) -> str:
    """Why nobody misses traces of X-Ray: another tracer runs in the function, or only deployments call it."""
    if only_deployments_call(function, context):
        return "only deployments call it"
    return another_tracer(function, context)


def another_tracer(function: Resource, _: Context) -> str:
    """What shows that another tracer than the X-Ray SDK runs in the function; empty when nothing does."""
    wrapper, handler = at(function, "Environment.Variables.AWS_LAMBDA_EXEC_WRAPPER"), at(function, "Handler")
    if isinstance(wrapper, str) and any(mark in wrapper.lower() for mark in WRAPPER):
        return f"AWS_LAMBDA_EXEC_WRAPPER {wrapper} traces it"
    if isinstance(handler, str) and handler.startswith(HANDLER):
        return f"its handler {handler} is a tracer's"
    return ""


RULE = Rule(
    "lambda-not-traced",
    "The function is not traced",
    Severity.MEDIUM,
    (FUNCTION,),
    Property(
        "TracingConfig.Mode",
        lambda mode: mode == "Active",
        "{name} is not traced (TracingConfig {value})",
        usual="PassThrough",
        after="Active",
        because="requests become visible",
        command="shopfast-obs instrument --apply",
    ),
    spared=no_matter,
    when="TracingConfig is not Active, no wrapper or handler of another tracer runs in the function, and not only "
    "custom resources call it.",
    why="Without traces nobody can say in which part of a request the time passes.",
    remedy="`TracingConfig: {Mode: Active}`, the right to send segments, and an instrumented handler.",
    limits="Another tracer is known by AWS_LAMBDA_EXEC_WRAPPER or the handler; one that the code starts is not seen.",
    misleads="PassThrough looks like tracing when a caller sends a sampled header; on its own it records nothing.",
    runbook="02-make-it-visible",
)
